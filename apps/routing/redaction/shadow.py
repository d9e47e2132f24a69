"""A text as the finders read it: compatibility forms folded, invisible characters gone, every
decimal digit an ASCII one, and the way back to the text as it came. Attackers and copied tables
spell `4111…` fullwidth, in Arabic-Indic digits or with zero-width characters between.

`bytes` has one byte per character of `text`, for patterns on Latin-1: what Latin-1 lacks is there
as FOREIGN when it is a letter, else as OTHER."""

import re
import unicodedata
from bisect import bisect_right
from codecs import register_error
from collections.abc import Iterator
from functools import cached_property, lru_cache
from threading import local

from apps.routing.redaction.rules import Span

FOREIGN, OTHER = "\xff", "\xac"
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
# Not compatibility forms to Unicode, and yet one character to whoever types them.
_ALIKE = {
    **dict.fromkeys("\u058a\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\u30fb", "-"),
    **dict.fromkeys("\u2018\u2019\u201b\u02b9\u02bb\u02bc\u02bd\u05f3\u00b4", "'"),
    **dict.fromkeys("\u00b7\u2024\u3002\uff61\u06d4", "."),
    **dict.fromkeys("\u1680\u2028\u2029\u2800", " "),
}
# So many marks on one letter at most, as Unicode's own stream-safe form: sorting more is slow.
_LONGEST_CLUSTER = 30


class Shadow:
    """Read it by `shadow_of`, which keeps the last: all rules of a policy ask about one text."""

    __slots__ = ("__dict__", "_came", "_came_to", "_stands", "_stands_to", "text")

    def __init__(self, text: str) -> None:
        self._stands: list[int] = []  # where each changed cluster stands in the shadow,
        self._stands_to: list[int] = []  # where it ends there,
        self._came: list[int] = []  # and the same of the text as it came
        self._came_to: list[int] = []
        self.text = text if text.isascii() else self._folded(text)

    def span(self, start: int, end: int) -> Span:
        """The characters of the text as it came that are [start, end) here."""
        if not self._stands or end <= start:
            return Span(start, end)
        return Span(self._origin(start)[0], self._origin(end - 1)[1])

    @cached_property
    def bytes(self) -> bytes:
        return self.text.encode("latin-1", "one-byte-each")

    @cached_property
    def has_digit(self) -> bool:
        return _DIGIT.search(self.text) is not None

    def _origin(self, at: int) -> tuple[int, int]:
        cluster = bisect_right(self._stands, at) - 1
        if cluster < 0:
            return at, at + 1
        if at < self._stands_to[cluster]:
            return self._came[cluster], self._came_to[cluster]
        start = self._came_to[cluster] + at - self._stands_to[cluster]
        return start, start + 1

    def _folded(self, text: str) -> str:
        letters = set(text)
        changed = {one: fold for one in letters if one > "\x7f" and (fold := _fold(one)) != one}
        marks = [one for one in letters if one > "\x7f" and _joins(one)]
        if not marks and all(len(fold) == 1 for fold in changed.values()):
            return text.translate({ord(one): fold for one, fold in changed.items()})
        pieces: list[str] = []
        last = length = 0
        for start, end, fold in _clusters(text, changed, marks):
            pieces += (text[last:start], fold)
            length += start - last
            self._stands.append(length)
            length += len(fold)
            self._stands_to.append(length)
            self._came.append(start)
            self._came_to.append(end)
            last = end
        return "".join((*pieces, text[last:]))


_DIGIT = re.compile("[0-9]")
_kept = local()


def shadow_of(text: str) -> Shadow:
    """The shadow of this text, made once for all who ask one after another."""
    last: tuple[str, Shadow] | None = getattr(_kept, "last", None)
    if last is not None and last[0] == text:
        return last[1]
    shadow = Shadow(text)
    _kept.last = (text, shadow)
    return shadow


def fold(text: str) -> str:
    """How a value reads when spellings do not count."""
    return text if text.isascii() else Shadow(text).text


def _clusters(
    text: str, changed: dict[str, str], marks: list[str]
) -> Iterator[tuple[int, int, str]]:
    """What changes, in order: single characters, and letters together with marks upon them."""
    single, upon = "".join(changed), "".join(marks)  # none of them is ASCII: nothing to escape
    parts = [f"[^{upon}][{upon}]{{1,{_LONGEST_CLUSTER}}}+"] if marks else []
    parts += [f"[{single}]"] if changed else []
    for hit in re.finditer("|".join(parts), text, re.DOTALL):
        found = hit.group()
        fold = changed[found] if found in changed else _fold_cluster(found)
        if fold != found:
            yield hit.start(), hit.end(), fold


@lru_cache(maxsize=20_000)
def _fold(letter: str) -> str:
    if _INVISIBLE.match(letter):
        return ""
    if letter in _ALIKE:
        return _ALIKE[letter]
    return "".join(map(_digit, unicodedata.normalize("NFKC", letter)))


def _fold_cluster(cluster: str) -> str:
    seen = _INVISIBLE.sub("", cluster)
    return "".join(map(_digit, unicodedata.normalize("NFKC", seen)))


def _digit(letter: str) -> str:
    value = unicodedata.decimal(letter, None) if letter > "\x7f" else None
    return letter if value is None else str(value)


@lru_cache(maxsize=20_000)
def _joins(letter: str) -> bool:
    """Does it melt into the letter before it: an accent, a Hangul vowel or final?"""
    return unicodedata.combining(letter) > 0 or "\u1160" <= letter <= "\u11ff"


def _one_byte_each(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    lost = error.object[error.start : error.end]
    return "".join([FOREIGN if one.isalnum() else OTHER for one in lost]), error.end


register_error("one-byte-each", _one_byte_each)
