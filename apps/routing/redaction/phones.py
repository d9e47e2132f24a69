"""Phone numbers, as people write them anywhere: with a country's code, with a leading zero, in the
groups of a country, or in any spelling beside a word that says what it is."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.cards import cards, is_card
from apps.routing.redaction.ibans import ibans
from apps.routing.redaction.scan import ALNUM, Scanner, before, meets_one
from apps.routing.redaction.shadow import Shadow, fold

_CANDIDATE = Scanner(
    r"(?:^|[^A-Za-z0-9_])[+(]{0,2}[0-9](?:(?:[ .\-/]| - | ?[()]{1,2} ?|\)[.\-/])?[0-9]){6,18}"
)
_RUN = re.compile(rb"[0-9 .\-/()]*+")
_LONGEST_RUN, _MOST = 80, 4_000
# All that a number, or several in a row, can be made of.
_DIGIT = re.compile(rb"[0-9]")
_IN_STRETCH = b"0123456789 .-/()+"
_STRETCH = re.compile(rb"[0-9 .\-/()+]*+")
_BEGINS = frozenset(b"+(0123456789")
_EXTENSION = Scanner(
    r"(?:[ ,]{0,2}(?:x|ext\.?|extension|durchwahl|dw)[ .:]{0,2})[0-9]{1,6}", ignore_case=True
)
_GROUP = re.compile(rb"[0-9]+")
_SAYS_PHONE = (
    r"phone|\btel\b|tel[.:]|telef|t[\xe9e]l[\xe9e]ph|\bcell|cellulare|mobil|m[\xf3o]vil|handy|gsm"
    r"|\bfax|\bcall|\bdial|\bring\b|\btext(?:ed)? (?:me|her|him|us|them)|\bsms\b|whats ?app"
    r"|signal|hotline|landline|desk:|voicemail|contact|reach|telex|natel|rufnummer|\banruf"
    r"|\brufe?\b|erreich|portable|appel|joindre|llama|chiam|\bbel\b|\bbellen"
    r"|my (?:new |work |home |old )?number|number is|meine (?:neue )?nummer|mon num\xe9ro"
    r"|mi n[u\xfa]mero|mio numero"
)
_SAYS_OTHER = (
    r"order|invoice|isbn|\bissn|\bean\b|\bref\b|reference|track|account|iban|\bssn\b|social sec"
    r"|passport|\bcard\b|serial|version|ticket|\bid\b|_id\b|\bid:|imei|sku|\bvat\b|\btax|part n"
    r"|booking|customer|kunden|bestell|rechnung|sendung|konto|commande|facture|pedido|factura"
    r"|ordine|fattura|commit|coord|lat\b|lon\b|latitude|longitude|population|timestamp|epoch|unix"
    r"|zip|postal|plz|price|total|amount|\$|\xa3|license|licence|steuer|nhs|bsn|\bip\b"
)
_PHONE_CUE = Scanner(_SAYS_PHONE, ignore_case=True)
_LIKE_A_CUE = Scanner(_SAYS_PHONE.replace(r"\b", ""), ignore_case=True)
_OTHER_CUE = Scanner(_SAYS_OTHER, ignore_case=True)
_DATE_FIRST = Scanner(
    r"(?:[0-3]?[0-9][./\-][0-3]?[0-9][./\-](?:[0-9]{4}|[0-9]{2})"
    r"|[12][0-9]{3}[./\-][01][0-9][./\-][0-3][0-9])(?:[^0-9./\-]|[^0-9][^0-9]|$)"
)
_SAYS_SO_AFTER = Scanner(
    r"^[ ,]{0,2}(?:\((?:cell|mobile|home|work|mobil|tel|fax|office)"
    r"|is my (?:phone|number|cell|mobile))",
    ignore_case=True,
)
_JOINS_NUMBERS, _JOINS_PATHS = Scanner(r"[0-9][.,\-:/]"), Scanner(r"[A-Za-z][,/]")
_NEAR, _BESIDE = 44, 20
# How a country groups its numbers when no zero leads and no word says so.
_SHAPES = frozenset(
    {
        (3, 3, 4),
        (1, 3, 3, 4),
        (3, 2, 2, 2),
        (2, 3, 2, 2),
        (3, 2, 3),
        (2, 4, 4),
        (1, 4, 4),
        (4, 3, 3),
        (2, 3, 4),
        (3, 3, 2, 2),
        (1, 3, 2, 2),
        (3, 7),
        (5, 5),
        (5, 6),
        (3, 4, 4),
        (2, 2, 3, 3),
    }
)


_MARK = r"(?:[ .\-/]| - | ?[()]{1,2} ?|\)[.\-/])"
_NO_DOT = r"(?:[ \-/]| - | ?[()]{1,2} ?|\)[.\-/])"


def _behind_zero() -> str:
    """An area of two to five digits, and nine or more in all."""
    return "|".join(
        f"0[0-9]{{{size - 1}}}{_MARK}[0-9](?:{_MARK}?[0-9]){{{8 - size},}}" for size in (2, 3, 4, 5)
    )


def _as_countries_group() -> str:
    return "|".join(
        mark.join(f"[0-9]{{{size}}}" for size in sizes)
        for sizes in sorted(_SHAPES)
        for mark in (" ", "(?: - |-)", "[.]")
    )


# What may be a number though no word before says so: with a plus, an area in brackets, a leading
# zero, in a country's groups, or with a word behind it. Decimals are none.
_MAY_STAND_ALONE = Scanner(
    r"\+[+(]?[0-9]"
    r"|[0-9] ?(?:\)[()]?|\(\)) ?[.\-/]?[0-9]"
    r"|[0-9][ ,]{0,2}(?:\((?:[cC][eE][lL][lL]|[mM][oO][bB][iI]|[hH][oO][mM][eE]|[wW][oO][rR][kK]"
    r"|[tT][eE][lL]|[fF][aA][xX]|[oO][fF][fF][iI])|[iI][sS] [mM][yY] [pPnNcCmM])"
    r"|(?:^|[^A-Za-z0-9_.,:/\-]|(?:^|[^0-9])[.,:/\-])(?:"
    rf"0[0-9]{{9,10}}(?:[^0-9]|$)|{_behind_zero()}"
    rf"|0{_NO_DOT}0(?:{_MARK}?[0-9]){{8,}}|0\.0[0-9]{{0,9}}{_MARK}[0-9]|00[0-9]{{4,16}}{_MARK}[0-9]"
    rf"|(?:{_as_countries_group()}|[2-9][0-9] [0-9]{{2}} [0-9]{{2}} [0-9]{{2}})(?:[^0-9]|$))"
)
_SEVEN = Scanner(rf"[0-9](?:{_MARK}?[0-9]){{6}}")


class _Number(NamedTuple):
    text: bytes
    start: int
    end: int
    groups: tuple[bytes, ...]
    marks: tuple[bytes, ...]  # between the groups

    @property
    def digits(self) -> bytes:
        return b"".join(self.groups)

    @property
    def first(self) -> bytes:
        return self.text[self.start : self.start + 1]


def phones(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text, at = shadow.bytes, 0
    bound = Bound(text, _MOST)
    for start, end in _stretches(text, bound):
        at = max(at, start - 1)
        while at < end and (hit := _CANDIDATE.next(text, at)) is not None and hit[0] < end:
            bound.spend()
            found, at = _at_candidate(shadow, text, *hit)
            if found is not None:
                yield found


def _at_candidate(
    shadow: Shadow, text: bytes, start: int, end: int
) -> tuple[tuple[int, int] | None, int]:
    """The number, if it is one, and where to go on."""
    start += text[start] not in _BEGINS
    date = _DATE_FIRST.at(text[start : end + 2], 0)
    if date is not None:
        return None, max(start + 1, min(start + date, end) - 1)  # a number may follow a date
    number = _number(text, start, end)
    if number is not None and _is_phone(number) and not _is_taken(shadow, start, end):
        extended = _EXTENSION.at(text, end)
        end = end if extended is None else extended
        return (start, end), end
    return None, _next_start(text, start, end)


def _stretches(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    """Where digits, and what may stand between them, go on and may be a number. Other numbers are
    passed over, and nothing is found in them."""
    last = 0
    alone, beside = _alone(text, 0), _beside_words(text, 0, bound)
    while alone is not None or beside is not None:
        at = min(one for one in (alone, beside) if one is not None)
        begin, last = _stretch(text, last, at)
        yield begin, last
        if alone is not None and alone < last:
            alone = _alone(text, last)
        if beside is not None and beside < last:
            beside = _beside_words(text, last, bound)


def _stretch(text: bytes, after: int, at: int) -> tuple[int, int]:
    whole = _STRETCH.match(text, at)
    assert whole is not None
    return after + len(text[after:at].rstrip(_IN_STRETCH)), whole.end()


def _alone(text: bytes, start: int) -> int | None:
    hit = _MAY_STAND_ALONE.next(text, start)
    first = None if hit is None else _DIGIT.search(text, hit[0])
    return None if first is None else first.start()


def _beside_words(text: bytes, start: int, bound: Bound) -> int | None:
    """The next number of seven digits near behind what may be a word that says so."""
    while (hit := _SEVEN.next(text, start)) is not None:
        bound.spend()
        begin, end = _stretch(text, start, hit[0])
        if _LIKE_A_CUE.meets(text[max(0, begin - _NEAR) : begin + 2]):
            return hit[0]
        if (cue := _LIKE_A_CUE.next(text, begin)) is None:
            return None
        start = max(end, cue[0])
    return None


def same_phone(value: str) -> str:
    seen = fold(value)
    digits = "".join(filter(str.isdigit, seen))
    if seen.lstrip("( ").startswith("+"):
        return f"+{digits}"
    return f"+{digits[2:]}" if digits.startswith("00") else digits


def _number(text: bytes, start: int, end: int) -> _Number | None:
    """The candidate taken apart; None where it is a piece of something else."""
    last, after = before(text, start, 2), text[end : end + 2]
    if last and (last[-1] in ALNUM or last[-1] in b"_#$&@\\"):
        return None
    if len(last) == 2 and (_JOINS_NUMBERS.fills(last) or _JOINS_PATHS.fills(last)):
        return None
    if after and (after[0] in ALNUM and not _EXTENSION.at(text, end) or after[0] in b"_%@"):
        return None
    if after[:1] in (b".", b",", b":", b"-", b"/") and after[1:].isdigit():
        return None
    if after[:1] == b"-" and after[1:].isalpha():
        return None
    spans = [hit.span() for hit in _GROUP.finditer(text, start, end)]
    groups = tuple(text[first:to] for first, to in spans)
    marks = tuple(text[one[1] : two[0]] for one, two in zip(spans, spans[1:], strict=False))
    return _Number(text, start, end, groups, marks)


def _is_phone(number: _Number) -> bool:
    digits, marks = number.digits, number.marks
    if not 7 <= len(digits) <= 15 or len(set(digits)) == 1 or _is_something_else(number):
        return False
    if b"+" in number.text[number.start : number.start + 2]:
        return digits[0] != 48 and len(digits) >= 8
    said = _said(number)
    if said is not None:
        return said
    if b")" in b"".join(marks):
        return 8 <= len(digits) <= 13 and len(number.groups[0]) <= 5
    if digits.startswith(b"00"):
        return digits[2:3] != b"0" and bool(marks) and len(digits) >= 10
    if digits.startswith(b"0"):
        if not marks:
            return len(digits) in (10, 11)
        return 9 <= len(digits) <= 12 and 2 <= len(number.groups[0]) <= 5 and not _is_ssn(number)
    return _is_grouped_like_one(number)


def _is_something_else(number: _Number) -> bool:
    """A decimal number, an IP address, two years, a price, an ISBN, a card."""
    groups, marks, digits = number.groups, number.marks, number.digits
    sizes = tuple(map(len, groups))
    if marks == (b".",):
        return number.first != b"+" or len(digits) < 10
    if (
        set(marks) == {b"."}
        and len(groups) == 4
        and max(sizes) <= 3
        and not digits.startswith(b"0")
    ):
        return True
    if sizes == (4, 4) and all(one[:2] in (b"19", b"20") for one in groups):
        return True
    if digits.startswith((b"978", b"979")) and len(digits) == 13 and number.first != b"+":
        return True
    if len(groups) > 2 and sizes[0] < 4 and set(sizes[1:]) == {3} and set(marks) <= {b".", b","}:
        return not digits.startswith(b"0") and number.first != b"+"
    return number.first != b"+" and len(digits) > 12 and is_card(digits)


def _said(number: _Number) -> bool | None:
    """What the nearest word before says, or one just after."""
    near = before(number.text, number.start, _NEAR)
    line = near[near.rfind(b"\n\n") + 1 :]
    phone = max((start for start, _end in _PHONE_CUE.spans(line)), default=-1)
    other = max((start for start, _end in _OTHER_CUE.spans(line)), default=-1)
    if other > phone and len(line) - other > _BESIDE and not _is_weak(number):
        return None
    if phone == other == -1:
        after = number.text[number.end : number.end + 20]
        return True if _SAYS_SO_AFTER.meets(after) else None
    return phone > other


def _is_weak(number: _Number) -> bool:
    """Without a leading zero or brackets, and not as North America writes them, it may be much."""
    sizes = tuple(map(len, number.groups))
    leads = number.first in b"0(" and len(sizes) > 1
    return not leads and sizes not in ((3, 3, 4), (1, 3, 3, 4))


def _next_start(text: bytes, start: int, end: int) -> int:
    """A number may begin with a later group, if that looks like a beginning; in a whole table of
    figures none is looked for."""
    run = _RUN.match(text, end)
    last = end if run is None else run.end()
    if last - start <= _LONGEST_RUN:
        for group in _GROUP.finditer(text, start + 1, end):
            at = group.start() - 1
            if at > start and (
                text[at] in b"+(" or (text[at + 1] == 0x30 and text[at] not in _BEGINS)
            ):
                return at
    return last


def _is_taken(shadow: Shadow, start: int, end: int) -> bool:
    return meets_one(ibans(shadow), start, end) or meets_one(cards(shadow), start, end)


def _is_ssn(number: _Number) -> bool:
    return tuple(map(len, number.groups)) == (3, 2, 4)


def _is_grouped_like_one(number: _Number) -> bool:
    sizes = tuple(map(len, number.groups))
    if sizes == (2, 2, 2, 2):
        return set(number.marks) == {b" "} and number.first >= b"2" and not _is_row(number.groups)
    if sizes not in _SHAPES:
        return False
    kinds = {mark.strip(b" ") or b" " for mark in number.marks}
    return (
        len(kinds) == 1
        and kinds <= {b" ", b"-", b"."}
        and not (len(sizes) == 2 and kinds != {b"-"} and kinds != {b" "})
    )


def _is_row(groups: tuple[bytes, ...]) -> bool:
    """10 20 30 40"""
    numbers = [int(group) for group in groups]
    return len({after - one for one, after in pairwise(numbers)}) == 1
