"""Payment cards: a known issuer's prefix and length, Luhn's check digit, in the groups cards are
written in."""

import re
from collections.abc import Iterator

from apps.routing.redaction.ibans import is_in_iban
from apps.routing.redaction.scan import ALNUM, Scanner, before
from apps.routing.redaction.shadow import Shadow

_BETWEEN = r"[ \t]?[\-._/\r\n]{0,2}[ \t]?"
_CANDIDATE = Scanner(
    # In fours, the last group as long as it comes; Amex and Diners; any other even spacing.
    rf"[0-689][0-9]{{3}}(?:{_BETWEEN}[0-9]{{4}}){{2,3}}(?:{_BETWEEN}[0-9]{{1,3}})?"
    rf"|[1-3][0-9]{{3}}{_BETWEEN}[0-9]{{6}}{_BETWEEN}[0-9]{{4,5}}"
    r"|[0-689][0-9]{11,18}"
    r"|[0-689](?:[ .\-][0-9]){11,18}"
    r"|[0-689][0-9](?:[ .\-][0-9]{2}){5,8}"
)
_GROUP = re.compile(rb"[0-9]+")
_ABOUT_CARDS = Scanner(
    r"card|visa|amex|mastercard|maestro|kredit|carte|tarjeta|carta|cart[aã]o|credit|debit|\bcc\b",
    ignore_case=True,
)
_ABOUT_OTHERS = Scanner(
    r"order|invoice|track|parcel|shipment|serial|imei|isbn|\bean\b|barcode|gtin|\bupc\b|ticket"
    r"|booking|reference|\bref\b|\bid\b|_id|timestamp|bestell|rechnung|sendung|paket|commande"
    r"|facture|colis|pedido|factura|ordine|fattura|account|konto|kunden|customer|member|mitglied",
    ignore_case=True,
)
_NEAR = 32
_UNEVEN = frozenset({(4, 6, 5), (4, 6, 4), (4, 3, 3, 3)})
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


def cards(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text, at = shadow.bytes, 0
    while (hit := _CANDIDATE.next(text, at)) is not None:
        start, end = hit
        found = _card_end(text, start, end)
        if found is None or is_in_iban(shadow, start, found):
            group = _GROUP.match(
                text, start
            )  # no card begins with this group; one may with the next
            at = start + 1 if group is None else group.end()
        else:
            yield start, found
            at = found


def passes_luhn(digits: bytes) -> bool:
    total = sum(digits[-1::-2]) + sum(digits[-2::-2].translate(_DOUBLED)) - 48 * len(digits)
    return total % 10 == 0


def is_card(digits: bytes) -> bool:
    lengths = _LENGTHS.get(int(digits[:4]))
    return lengths is not None and len(digits) in lengths and passes_luhn(digits)


def _card_end(text: bytes, start: int, end: int) -> int | None:
    """Where the card ends that begins here; groups that follow it may be none of it."""
    if _is_inside(text, start):
        return None
    groups = [hit.span() for hit in _GROUP.finditer(text, start, end)]
    while groups:
        last = groups[-1][1]
        digits = b"".join(text[first:to] for first, to in groups)
        if len(digits) < 12:
            return None
        if _ends(text, last) and is_card(digits) and _is_told(text, start, groups):
            return last
        groups.pop()
    return None


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


def _is_told(text: bytes, start: int, groups: list[tuple[int, int]]) -> bool:
    """Groups are even, or as issuers print them. Digits in one piece may be anything; what stands
    before them may say so."""
    sizes = tuple(to - first for first, to in groups)
    if len(sizes) > 1:
        return sizes in _UNEVEN or (len(set(sizes[:-1])) == 1 and sizes[-1] <= sizes[0])
    near = before(text, start, _NEAR)
    return _ABOUT_CARDS.meets(near) or not _ABOUT_OTHERS.meets(near)
