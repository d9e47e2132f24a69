"""US social security numbers, and passports: by their number beside a word, or by the two lines at
the foot of the page, whose check digits tell."""

from collections.abc import Iterator
from itertools import cycle

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import Scanner, before, stands_alone
from apps.routing.redaction.shadow import Shadow

_SSN = Scanner(r"\b[0-9]{3}(?:-[0-9]{2}-|[ .][0-9]{2}[ .]|[0-9]{2})[0-9]{4}\b")
_SSN_BY_ITSELF = Scanner(r"\b[0-9]{3}(?:-[0-9]{2}-| [0-9]{2} )[0-9]{4}\b")
_SAYS_SSN = Scanner(r"\bs\.?s\.?n\b|social[ _\-]?sec|\bsoc\.? sec|\bitin\b", ignore_case=True)
_LIKE_SSN = Scanner(r"s\.?s\.?n|social[ _\-]?sec|soc\.? sec|itin", ignore_case=True)
_PLAIN, _NEAR, _MOST_SSNS = 9, 40, 12_000
_SAYS_PASSPORT = Scanner(
    r"passport|reise-?pass|pass-?(?:nr|nummer|no)\b|passeport|pasaporte|passaporto|paspoort"
    r"|passaporte|paszport|\bpasnummer|passnummer|\bpas nr",
    ignore_case=True,
)
_PASSPORT = Scanner(
    r"\b(?:[A-Z]{1,3}[ \-]?[0-9]{5,9}|[0-9]{2}[A-Z]{2}[0-9]{5}|[0-9]{2} ?[0-9]{7}|[0-9]{7,9}"
    r"|[A-Z][0-9A-Z]{7,9})\b"
)
_AFTER, _BEFORE = 48, 32
_TO_CHECK = 4  # three check digits take as long as four words
_FOOT = Scanner(
    r"[A-Z0-9<]{9}[0-9][A-Z<]{3}[0-9]{6}[0-9][MFX<][0-9]{6}[0-9][A-Z0-9<]{14}[0-9<][0-9]"
)
_HEAD = Scanner(r"P[A-Z<][A-Z<]{3}[A-Z<]{39}\r?\n?$")
_FOOT_CHECKS = ((0, 9), (13, 19), (21, 27))


def ssns(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text = shadow.bytes
    bound = Bound(text, _MOST_SSNS)
    scanner = _SSN if _LIKE_SSN.meets(text) else _SSN_BY_ITSELF
    for start, end in scanner.spans(text):
        bound.spend()
        value = text[start:end]
        if not stands_alone(text, start, end) or not _is_ssn(value):
            continue
        if _is_middle(text, start, end):
            continue
        says = end - start > _PLAIN and b"." not in value
        if says or _SAYS_SSN.meets(before(text, start, _NEAR)):
            yield start, end


def passports(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text, last = shadow.bytes, 0
    bound = Bound(text)
    found = sorted({*_beside_words(text, bound), *_feet(text, bound)})
    for start, end in found:
        if start >= last:
            yield start, end
            last = end


def _is_ssn(value: bytes) -> bool:
    digits = value.translate(None, b"- .")
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return area not in (b"000", b"666") and area < b"900" and group != b"00" and serial != b"0000"


def _is_middle(text: bytes, start: int, end: int) -> bool:
    """123-45-6789-0, 12-345-67-8901 and 1.123.45.6789 are other things."""
    around = before(text, start, 2), text[end : end + 2]
    return (around[0][-1:] in (b"-", b".", b",") and around[0][:1].isalnum()) or (
        around[1][:1] in (b"-", b".", b",") and around[1][1:].isdigit()
    )


def _beside_words(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    for cue, end in _SAYS_PASSPORT.spans(text):
        bound.spend()
        after = text[end : end + _AFTER]
        found = _first(after)
        if found is not None:
            yield end + found[0], end + found[1]
            continue
        near = before(text, cue, _BEFORE)
        if (found := _first(near)) is not None:
            yield cue - len(near) + found[0], cue - len(near) + found[1]


def _first(near: bytes) -> tuple[int, int] | None:
    for start, end in _PASSPORT.spans(near):
        if sum(one in b"0123456789" for one in near[start:end]) >= 4:
            return start, end
    return None


def _feet(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    """The machine-readable lines: the second is sure, the first bears the name."""
    if b"<" not in text:
        return
    for start, end in _FOOT.spans(text):
        bound.spend(_TO_CHECK)
        line = text[start:end]
        if all(_check(line[a:b]) == line[b : b + 1] for a, b in _FOOT_CHECKS):
            head = before(text, start, 46)
            first = _HEAD.next(head)
            yield (start if first is None else start - len(head) + first[0]), end


def _check(field: bytes) -> bytes:
    total = sum(
        weight * (0 if sign == 0x3C else int(chr(sign), 36))
        for weight, sign in zip(cycle((7, 3, 1)), field, strict=False)
    )
    return str(total % 10).encode()
