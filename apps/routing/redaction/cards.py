"""Payment cards: a known issuer's prefix and length, Luhn's check digit, in the groups cards are
written in."""

import re
from collections.abc import Iterator
from functools import lru_cache

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.ibans import ibans
from apps.routing.redaction.scan import ALNUM, Scanner, before, meets_one
from apps.routing.redaction.shadow import Shadow

_SHORTEST, _LONGEST = 12, 19
_BETWEEN = r"[ \t\r\n\-._/]{1,3}"
_GAP = r"[ \t\r\n\-._/]+"
_PIECE = re.compile(rb"[0-9]{1,20}+")  # what is longer is no card, however long it is
_CHAIN, _CHAIN_OF_FOURS = (
    re.compile(rf"[0-9]{{1,20}}+(?:{_BETWEEN}[0-9]{{1,20}}+){{0,{more}}}".encode())
    for more in (_LONGEST, 4)
)
_PIECE_BEFORE = re.compile(rf"([0-9]++){_BETWEEN}\Z".encode())
_DIGITS = b"0123456789"
_TO_BLANK = bytes.maketrans(b"-._/", b"    ")
_ABOUT_CARDS = Scanner(
    r"card|visa|amex|mastercard|maestro|kredit|carte|tarjeta|carta|cart[aã]o|credit|debit|\bcc\b",
    ignore_case=True,
)
_ABOUT_OTHERS = Scanner(
    r"order|invoice|track|parcel|shipment|serial|imei|isbn|\bean\b|barcode|gtin|\bupc\b|ticket"
    r"|booking|reference|\bref\b|\bid\b|_id|timestamp|tweet|snowflake|bestell|rechnung|sendung|paket|commande"
    r"|facture|colis|pedido|factura|ordine|fattura|kunden|customer|member|mitglied",
    ignore_case=True,
)
_NEAR = 32
# As issuers and people group them: in fours, and a rest; Amex and Diners; the old Visa.
_FOURS = tuple((*(4,) * many, rest) for many in (4, 3) for rest in (3, 2, 1))
_PRINTED = sorted(  # the longest first: a card of 19 may begin with what looks like one of 16
    ((4, 4, 4, 4), (4, 6, 5), (4, 6, 4), *_FOURS, (4, 4, 4), (4, 3, 3, 3)), key=sum, reverse=True
)
_DOUBLED = bytes.maketrans(b"0123456789", b"0246813579")
_ALL_LENGTHS = frozenset(range(12, 20))
_LONG = frozenset(range(16, 20))
# The first four digits, from and to, and how long such a card may be.
_ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (4000, 4999, frozenset({13, 16, 19})),  # Visa
    (5100, 5599, frozenset({16})),  # Mastercard
    (2221, 2720, frozenset({16})),
    (3400, 3499, frozenset({15})),  # American Express
    (3700, 3799, frozenset({15})),
    (3000, 3059, frozenset({14, 16, 19})),  # Diners Club
    (3090, 3099, frozenset({14, 16, 19})),
    (3600, 3699, frozenset({14, 16, 19})),
    (3800, 3999, frozenset({14, 16, 19})),
    (3500, 3599, _LONG),  # JCB
    (1800, 1800, frozenset({15})),
    (2131, 2131, frozenset({15})),
    (6011, 6011, _LONG),  # Discover
    (6440, 6599, _LONG),
    (6200, 6299, _LONG),  # UnionPay
    (8100, 8171, _LONG),
    (2200, 2204, _LONG),  # Mir
    (6000, 6010, frozenset({16})),  # RuPay
    (6012, 6099, frozenset({16})),
    (8200, 8299, frozenset({16})),
    (5000, 5099, frozenset({16, 18, 19})),  # Maestro and those beside it
    *((one, one, _ALL_LENGTHS) for one in (604, 5018, 5020, 5038, 6304, 6390, 6706, 6709, 6759)),
    (6761, 6763, _ALL_LENGTHS),
    (6771, 6771, _ALL_LENGTHS),
    (5600, 5899, _ALL_LENGTHS),
    (6333, 6334, frozenset({16, 18, 19})),
    (6767, 6767, frozenset({16, 18, 19})),
    (6370, 6399, frozenset({16})),  # InstaPayment
    (9792, 9792, frozenset({16})),  # Troy
    (8600, 8600, frozenset({16})),  # Uzcard, Humo
    (9860, 9860, frozenset({16})),
)
_LENGTHS: dict[int, frozenset[int]] = {}
for _low, _high, _lengths in _ISSUERS:
    for _prefix in range(_low, _high + 1):
        _LENGTHS[_prefix] = _LENGTHS.get(_prefix, frozenset()) | _lengths


def _like_a_card() -> str:
    """In one piece, as printed, or in like groups and a smaller rest: no card is missed by it."""
    heads = {f"{prefix:04}"[:2] for prefix in _LENGTHS}
    ways = [[f"[0-9]{{{_SHORTEST - 2},{_LONGEST - 2}}}"]]
    ways += [["[0-9]{2}", *(f"[0-9]{{{size}}}" for size in sizes[1:])] for sizes in _PRINTED]
    for size in (2, 3, 5, 6, 7, 8, 9, 10, 11):
        for many in range(1, _LONGEST // size + 1):
            like = (f"[0-9]{{{size}}}",) * (many - 1)
            least, most = _SHORTEST - many * size, min(size - 1, _LONGEST - many * size)
            if least <= 0:
                ways.append([f"[0-9]{{{size - 2}}}", *like])
            if max(least, 1) <= most:
                rest = f"[0-9]{{{max(least, 1)},{most}}}"
                ways.append([f"[0-9]{{{size - 2}}}", *like, rest])
    told = "|".join(_GAP.join(way) for way in ways)
    one_by_one = "|".join(f"{head[0]}{_GAP}{head[1]}" for head in sorted(heads))
    return (
        f"(?:{'|'.join(sorted(heads))})(?:{told})"
        f"|(?:{one_by_one})(?:{_GAP}[0-9]){{{_SHORTEST - 2},{_LONGEST - 2}}}"
    )


# Not after a letter, a digit or a plus.
_MAY_BE_CARD = Scanner(rf"(?:^|[^0-9A-Za-z+])(?:{_like_a_card()})(?:[^0-9A-Za-z]|$)")
_ROW = {size: Scanner(rf"(?:{_BETWEEN}[0-9]{{{size}}})+") for size in range(1, _SHORTEST)}


def cards(shadow: Shadow) -> list[tuple[int, int]]:
    """Kept beside the shadow, as IBANs are."""
    kept: list[tuple[int, int]] | None = shadow.__dict__.get("cards")
    if kept is None:
        kept = shadow.__dict__["cards"] = list(_find(shadow)) if shadow.has_digit else []
    return kept


def _find(shadow: Shadow) -> Iterator[tuple[int, int]]:
    for found in _in_text(shadow.bytes):
        if not meets_one(ibans(shadow), *found):
            yield found


def passes_luhn(digits: bytes) -> bool:
    total = sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)
    return total % 10 == 0


def is_card(digits: bytes) -> bool:
    if not _SHORTEST <= len(digits) <= _LONGEST:
        return False
    lengths = _LENGTHS.get(int(digits[:4]))
    return lengths is not None and len(digits) in lengths and passes_luhn(digits)


def _in_text(text: bytes) -> Iterator[tuple[int, int]]:
    at = taken = 0
    bound = Bound(text)
    while (hit := _MAY_BE_CARD.next(text, at)) is not None:
        bound.spend()
        start = hit[0] if text[hit[0]] in _DIGITS else hit[0] + 1
        piece = _PIECE.match(text, start)
        assert piece is not None
        size = piece.end() - start
        end = None if _is_in_row(text, start, size, taken) else _end_of_card(text, start, size)
        if end is not None:
            yield start, end
            at = taken = end
        else:
            at = _end_of_row(text, start + size, size)


def _is_in_row(text: bytes, start: int, size: int, taken: int) -> bool:
    """Spelled digit by digit: no card begins in the middle of that, unless another ends there."""
    if size >= 4:
        return False
    last = _PIECE_BEFORE.search(text, max(0, start - 8), start)
    return last is not None and len(last[1]) == size and last.end(1) != taken


def _end_of_row(text: bytes, end: int, size: int) -> int:
    """Where to go on behind a group that begins no card, in a row of like ones."""
    if size == 4 or size not in _ROW or (row := _ROW[size].at(text, end)) is None:
        return end
    if size < 4:  # the last may be the beginning of a longer one
        return row - size - 1 if text[row : row + 1].isdigit() else row
    # All like groups in a row count, so a card begins with one of the last, or with none.
    return max(end, row - (_LONGEST // size + 1) * (size + 3))


def _end_of_card(text: bytes, start: int, size: int) -> int | None:
    if size >= _SHORTEST:
        end = start + size
        return end if is_card(text[start:end]) and _is_card_here(text, start, end, 1) else None
    chain = (_CHAIN_OF_FOURS if size == 4 else _CHAIN).match(text, start)
    assert chain is not None
    groups = chain[0].translate(_TO_BLANK).split()
    digits = b"".join(groups)
    lengths = _LENGTHS.get(int(digits[:4]), ())
    for many, length in _ways(tuple(map(len, groups))):
        if length in lengths and passes_luhn(digits[:length]):
            end = _end_of_group(text, start, many)
            return end if _is_card_here(text, start, end, many) else None
    return None


@lru_cache(maxsize=4_096)
def _ways(sizes: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """How many of these groups may make a card and of how many digits, in the order of trying."""
    size, many = sizes[0], 1
    if size == 4:
        ways = [len(one) for one in _PRINTED if sizes[: len(one)] == one]
    else:
        while many < len(sizes) and sizes[many] == size and many * size <= _LONGEST:
            many += 1
        ways = [many + 1] if many < len(sizes) and sizes[many] < size else []
        ways.append(many)
    return tuple((many, sum(sizes[:many])) for many in ways)


def _end_of_group(text: bytes, start: int, many: int) -> int:
    pieces = _PIECE.finditer(text, start)
    return [next(pieces).end() for _ in range(many)][-1]


def _is_card_here(text: bytes, start: int, end: int, groups: int) -> bool:
    return not _is_inside(text, start) and _ends(text, end) and _is_told(text, start, groups)


def _is_inside(text: bytes, start: int) -> bool:
    """Does it begin within a word or a number: a digest, 0.4111…, +4111…?"""
    if not start:
        return False
    last = text[start - 1]
    if last in ALNUM or last == 0x2B:
        return True
    return last in b".," and start > 1 and text[start - 2] in b"0123456789"


def _ends(text: bytes, end: int) -> bool:
    return end == len(text) or text[end] not in ALNUM


def _is_told(text: bytes, start: int, groups: int) -> bool:
    """Digits in one piece may be anything; what stands before them may say so."""
    if groups > 1:
        return True
    near = before(text, start, _NEAR)
    return _ABOUT_CARDS.meets(near) or not _ABOUT_OTHERS.meets(near)
