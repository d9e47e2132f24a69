"""Payment cards: a known issuer's prefix and length, Luhn's check digit, in the groups cards are
written in."""

import re
from collections.abc import Iterator

from apps.routing.redaction.ibans import ibans
from apps.routing.redaction.scan import ALNUM, Scanner, before, meets_one
from apps.routing.redaction.shadow import Shadow

# Digits in one piece, or in groups with a little between them: as far as they go.
_RUN = Scanner(r"[0-9](?:[ \t\r\n\-._/]{0,3}[0-9]){11,}")
_GROUP = re.compile(rb"[0-9]+")
_SHORTEST, _LONGEST = 12, 19
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


def cards(shadow: Shadow) -> list[tuple[int, int]]:
    """Kept beside the shadow, as IBANs are."""
    kept: list[tuple[int, int]] | None = shadow.__dict__.get("cards")
    if kept is None:
        kept = shadow.__dict__["cards"] = list(_find(shadow)) if shadow.has_digit else []
    return kept


def _find(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    for start, end in _RUN.spans(text):
        for found in _in_run(text, [hit.span() for hit in _GROUP.finditer(text, start, end)]):
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


def _in_run(text: bytes, groups: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    sizes = [end - start for start, end in groups]
    at = 0
    while at < len(groups):
        size = sizes[at]
        many = 1 if size >= _SHORTEST else 0
        if not many and (size != 4 or int(text[groups[at][0] : groups[at][1]]) in _LENGTHS):
            many = _many(text, groups, sizes, at)
        if many and _is_card_here(text, groups[at : at + many]):
            yield groups[at][0], groups[at + many - 1][1]
            at += many
        elif size < 4:  # spelled digit by digit: no card begins in the middle of that
            at += 1
            while at < len(groups) and sizes[at] == size:
                at += 1
        else:
            at += 1


def _many(text: bytes, groups: list[tuple[int, int]], sizes: list[int], at: int) -> int:
    """How many groups from here make a card; 0 when none do."""
    size = sizes[at]
    if size == 4:
        here = tuple(sizes[at : at + 6])
        for printed in _PRINTED:
            many = len(printed)
            if here[:many] == printed and is_card(_digits(text, groups[at : at + many])):
                return many
        return 0
    many = 1
    while at + many < len(groups) and sizes[at + many] == size and many * size <= _LONGEST:
        many += 1
    if many * size < _SHORTEST - size:
        return 0
    if at + many < len(groups) and sizes[at + many] < size:
        more = is_card(_digits(text, groups[at : at + many + 1]))
        return many + 1 if more else many
    return many


def _is_card_here(text: bytes, groups: list[tuple[int, int]]) -> bool:
    start, end = groups[0][0], groups[-1][1]
    return (
        is_card(_digits(text, groups))
        and not _is_inside(text, start)
        and _ends(text, end)
        and _is_told(text, start, len(groups))
    )


def _digits(text: bytes, groups: list[tuple[int, int]]) -> bytes:
    return b"".join([text[start:end] for start, end in groups])


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
