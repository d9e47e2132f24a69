"""Sums of money and counts as files write them. Pure."""

import re
from decimal import Decimal, InvalidOperation

from apps.usage.bills.text import BadBill

MOST_USD = Decimal(10_000_000)
MOST_TOKENS = 10**15
FORMULA = ("=", "+", "@", "\t=", "-=")
AROUND = re.compile(r"^(?:usd|us\$|\$|¢|€|eur|£)\s*|\s*(?:usd|us\$|\$|¢|€|eur|£)$", re.I)
GROUPED = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$")
NUMBER = re.compile(r"-?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d{1,2})?$", re.I)
COUNT = re.compile(r"\d{1,18}(?:\.0+)?$")


class Amounts:
    """`rate`: what one unit of the column is in USD. `has_comma`: cents stand behind a comma."""

    def __init__(self, rate: Decimal, *, has_comma: bool) -> None:
        self._rate, self._has_comma = rate, has_comma
        self.finest = Decimal(1)  # of the digits written, in USD

    def money(self, cell: str, line: int) -> Decimal:
        """In USD; below zero for a credit. An empty cell is no sum."""
        text = cell.strip()
        if text.startswith(FORMULA):
            raise formula(line, "a sum")
        bare = AROUND.sub("", text)
        if bare.startswith("(") and bare.endswith(")"):
            bare = f"-{AROUND.sub('', bare[1:-1])}"
        if bare.startswith("-"):
            bare = f"-{AROUND.sub('', bare[1:])}"
        value = _decimal(self._plain(bare))
        if value is None:
            raise BadBill(f"Line {line:,}: “{text[:40]}” is no sum of money.")
        usd = value * self._rate
        if abs(usd) > MOST_USD:
            raise BadBill(f"Line {line:,}: “{text[:40]}” is more than one line can cost.")
        exponent = value.as_tuple().exponent
        if isinstance(exponent, int):
            self.finest = min(self.finest, self._rate * Decimal(1).scaleb(min(exponent, 0)))
        return usd

    def count(self, cell: str, line: int) -> int:
        """An empty cell is none."""
        text = cell.strip()
        if not text:
            return 0
        if text.startswith(FORMULA):
            raise formula(line, "a number")
        bare = text.replace("," if not self._has_comma else ".", "").replace(" ", "")
        if not COUNT.match(bare) or int(Decimal(bare)) > MOST_TOKENS:
            raise BadBill(f"Line {line:,}: “{text[:40]}” is no count of calls or tokens.")
        return int(Decimal(bare))

    def _plain(self, text: str) -> str:
        if self._has_comma and "," in text:
            return text.replace(".", "").replace(" ", "").replace(",", ".", 1)
        return text.replace(",", "") if GROUPED.match(text) else text


def formula(line: int, wanted: str) -> BadBill:
    return BadBill(
        f"Line {line:,} holds a formula where {wanted} should stand. Export the file as plain "
        "values."
    )


def _decimal(text: str) -> Decimal | None:
    """Only plain figures: no NaN, no infinity, no other alphabet's digits."""
    if not text.isascii() or not NUMBER.match(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
