"""Takes out of a call what may not leave the house, before anything else sees it. Whatever cannot
be told for sure stops the call: a text is sent scanned, or not at all."""

import re
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import NamedTuple

from apps.routing.redaction import arguments, hint, placeholders, tree, walk
from apps.routing.redaction.bounds import TooMany
from apps.routing.redaction.clean import clean_texts
from apps.routing.redaction.private import Private
from apps.routing.redaction.rules import Action, Rule, Scrubbing, Span
from apps.routing.redaction.walk import Kind, Text
from apps.routing.splice import Document

MEDIA = "Pictures, sound and files"
# Of one rule with one text, and with each megabyte of it: on RE2 a megabyte takes a fortieth of it.
SLOWEST_SECONDS = 2.0
_HALF = re.compile("[\ud800-\udfff]")
Clock = Callable[[], float]


class Blocked(Exception):
    """A rule stops the call. It knows the rule's name, and nothing of the text. `too_many`: more
    may be a hit than the rule judges at once."""

    def __init__(self, rule: str, *, too_many: bool = False) -> None:
        super().__init__(rule)
        self.rule = rule
        self.too_many = too_many


@dataclass(frozen=True, slots=True)
class Hit:
    """How often a rule acted in one call."""

    rule: str
    action: Action
    count: int


@dataclass(frozen=True, slots=True)
class Scrubbed:
    """What may leave, and what is needed to read the answer."""

    document: Document
    private: Private
    hits: tuple[Hit, ...]


class Taken(NamedTuple):
    """A piece of a text and the rule that acts on it."""

    start: int
    end: int
    rule: Rule


def scrub(
    document: Document,
    scrubbing: Scrubbing,
    key: bytes,
    *,
    known: Mapping[str, str] | None = None,
    clock: Clock = time.perf_counter,
) -> Scrubbed:
    """Raises Blocked. `known` are placeholders of earlier turns whose values are kept elsewhere:
    they may stand in the texts, and are put back again. A body without messages brings no answer
    to put a value back into: what would be put back is replaced for good."""
    body = document.text
    root = tree.read(body)
    if scrubbing.blocks_media and walk.has_media(body, root):
        raise Blocked(MEDIA)
    if not scrubbing.rules and not known:
        return Scrubbed(document, Private(), ())
    texts = [_Opened.of(text) for text in walk.texts(body, root)]
    placing = _Placing(key, known or {}, texts)
    scan = _Scan(_for_good_without_messages(scrubbing.rules, document), placing, clock)
    edits = [
        (one.text.start, one.text.end, new)
        for one in texts
        if (new := scan.rewritten(one)) is not None
    ]
    private = Private(placing.values, frozenset(placing.typed), is_json=_asks_for_json(document))
    if private:
        edits = hint.added(body, root, edits)
    changed = Document(tree.replaced(body, edits)) if edits else document
    return Scrubbed(changed, private, scan.hits())


def _for_good_without_messages(rules: tuple[Rule, ...], document: Document) -> tuple[Rule, ...]:
    if "messages" in document.value:
        return rules
    return tuple(
        replace(rule, action=Action.REDACT) if rule.action is Action.RESTORE else rule
        for rule in rules
    )


def taken(
    text: str, rules: Sequence[Rule], *, clock: Clock = time.perf_counter
) -> tuple[list[Taken], list[Taken]]:
    """What is replaced in a text, in order and none overlapping, and what is only counted. Raises
    Blocked only where a rule fails; a hit that blocks is among the first."""
    read = _as_read(text)
    found = [Taken(start, end, rule) for rule in rules for start, end in _spans(rule, read, clock)]
    found.sort(key=itemgetter(0, 1))
    acting = _without_overlaps([one for one in found if one.rule.action is not Action.FLAG])
    pieces = [(one.start, one.end) for one in acting]
    flagged = [one for one in found if one.rule.action is Action.FLAG]
    return acting, [one for one in flagged if not _meets(pieces, one)]


def _as_read(text: str) -> str:
    """Character for character as a rule gets it: no rule reads a placeholder, and what UTF-8 cannot
    say is another sign."""
    pieces: list[str] = []
    at = 0
    for match in placeholders.shapes(text):
        start, end = match.span()
        if start >= at and placeholders.is_placeholder(placeholders.plain(match.group())):
            pieces += text[at:start], "\0" * (end - start)
            at = end
    return _HALF.sub("\ufffd", "".join([*pieces, text[at:]]))


def _spans(rule: Rule, text: str, clock: Clock) -> list[Span]:
    """Fails closed: a rule that fails, dawdles or talks nonsense stops the call. What went wrong in
    it is not told: it could quote the text."""
    begun = clock()
    spans: list[Span] | None
    too_many = False
    try:
        spans = [Span(start, end) for start, end in rule.find(text)]
        if not all(0 <= start <= end <= len(text) for start, end in spans):
            spans = None
    except TooMany:
        spans, too_many = None, True
    except Exception:
        spans = None
    allowed = SLOWEST_SECONDS * (1 + len(text) / 1_000_000)
    if spans is None or clock() - begun > allowed:
        raise Blocked(rule.name, too_many=too_many)
    return [span for span in spans if span.start < span.end]


def _without_overlaps(found: list[Taken]) -> list[Taken]:
    """Pieces that overlap go as one, by the strictest rule among them, the longest hit of those,
    the first of those: so no end of a hit is left behind by another."""
    merged: list[Taken] = []
    end, best = 0, None
    for one in found:
        if best is not None and one.start < end:
            end = max(end, one.end)
            best = max(best, one, key=_weight)
            merged[-1] = Taken(merged[-1].start, end, best.rule)
        else:
            end, best = one.end, one
            merged.append(one)
    return merged


def _weight(one: Taken) -> tuple[int, int, int]:
    return one.rule.action, one.end - one.start, -one.start


def _meets(pieces: list[tuple[int, int]], one: Taken) -> bool:
    """Overlaps one of these, which stand in order and apart."""
    at = bisect_left(pieces, one.end, key=itemgetter(0))
    return at > 0 and one.start < pieces[at - 1][1]


@dataclass(frozen=True, slots=True)
class _Opened:
    """A text of the body; a function's arguments with the strings inside them."""

    text: Text
    inside: tuple[bytes, list[arguments.Piece]] | None

    @classmethod
    def of(cls, text: Text) -> "_Opened":
        is_json = text.kind is Kind.ARGUMENTS
        return cls(text, arguments.pieces(text.text) if is_json else None)

    def said(self) -> Iterator[str]:
        if self.inside is None:
            yield self.text.text
        else:
            yield from (piece.text for piece in self.inside[1])


class _Placing:
    """The placeholders of one call."""

    def __init__(self, key: bytes, known: Mapping[str, str], texts: list[_Opened]) -> None:
        self._key = key
        self._known = known
        self._placed: dict[tuple[str, str], str] = {}
        self.values: dict[str, str] = {}
        self.typed: set[str] = set()
        for opened in texts:
            for said in opened.said():
                self._note(said)

    def _note(self, said: str) -> None:
        """Words that look like placeholders stay as they are; only a known one gets its value."""
        for match in placeholders.shapes(said):
            word = placeholders.plain(match.group())
            if word in self._known:
                self.values[word] = self._known[word]
            else:
                self.typed.add(word)

    def word_for(self, rule: Rule, value: str) -> str:
        same = rule.same(value)
        word = self._placed.get((rule.label, same))
        counter = 0
        while word is None:
            word = placeholders.placeholder(self._key, rule.label, same, counter)
            counter += 1
            if not self._is_free(word, rule, same):
                word = None
        self._placed[rule.label, same] = word
        self.values.setdefault(word, self._known.get(word, value))
        return word

    def _is_free(self, word: str, rule: Rule, same: str) -> bool:
        """Nobody's yet, or this value's own from an earlier turn. One that stands in the text of a
        call that holds its value as well is no stranger's: an answer was sent back unrestored."""
        if word in self._known:
            return rule.same(self._known[word]) == same
        return word not in self.values


class _Scan:
    """All texts of one call under all its rules."""

    def __init__(self, rules: tuple[Rule, ...], placing: _Placing, clock: Clock) -> None:
        self._rules = {True: rules, False: tuple(rule for rule in rules if rule.everywhere)}
        self._placing = placing
        self._clock = clock
        self._counts: Counter[tuple[str, Action]] = Counter()
        self._clean = clean_texts(rules)

    def hits(self) -> tuple[Hit, ...]:
        return tuple(Hit(*rule, count) for rule, count in self._counts.items())

    def rewritten(self, opened: _Opened) -> bytes | None:
        """The string as JSON; None where it stays as it is."""
        if opened.inside is None:
            new = self._replaced(opened.text.text, opened.text)
            return None if new is None else tree.write_string(new)
        raw, pieces = opened.inside
        edits = [
            (piece.start, piece.end, tree.write_string(new))
            for piece in pieces
            if (new := self._replaced(piece.text, opened.text)) is not None
        ]
        if not edits:
            return None
        return tree.write_string(tree.replaced(raw, edits).decode("utf-8", "surrogatepass"))

    def _replaced(self, text: str, place: Text) -> str | None:
        acting, flagged = self._taken(text, place.is_users)
        for one in (*acting, *flagged):
            self._counts[one.rule.name, one.rule.action] += 1
            if one.rule.action is Action.BLOCK or (
                place.kind is Kind.NAME and one.rule.action is not Action.FLAG
            ):
                raise Blocked(one.rule.name)
        if not acting:
            return None
        parts, at = [], 0
        for one in acting:
            parts += [text[at : one.start], self._instead(text[one.start : one.end], one.rule)]
            at = one.end
        return "".join((*parts, text[at:]))

    def _taken(self, text: str, is_users: bool) -> tuple[list[Taken], list[Taken]]:
        """Nothing, where these rules found nothing in the very same text before."""
        digest = self._clean.digest(text, is_users=is_users)
        if digest in self._clean:
            return [], []
        found = taken(text, self._rules[is_users], clock=self._clock)
        if found == ([], []):
            self._clean.add(digest)
        return found

    def _instead(self, value: str, rule: Rule) -> str:
        if rule.action is Action.REDACT:
            return f"[{rule.label}]"
        try:
            word = self._placing.word_for(rule, value)
        except Exception:
            word = ""
        if not word:
            raise Blocked(rule.name)
        return word


def _asks_for_json(document: Document) -> bool:
    wanted = document.value.get("response_format")
    return type(wanted) is dict and wanted.get("type") in ("json_object", "json_schema")
