"""How sums and counts are written for people. Formats only; it never rounds what is stored."""

from decimal import ROUND_HALF_UP, Decimal

NOTHING = "–"
CENT = Decimal("0.01")
SMALLEST_SHOWN = Decimal("0.0001")


def usd(value: Decimal | None) -> str:
    """`$4.20`; under one cent four digits; zero `$0.00`; nothing an en dash."""
    if not value or abs(value) < CENT:
        return usd_each(value)
    return _signed(value, f"{abs(value).quantize(CENT, ROUND_HALF_UP):,}")


def usd_each(value: Decimal | None) -> str:
    """What one call costs: four digits always, so that a column of them stands in line."""
    if value is None:
        return NOTHING
    size = abs(value)
    if size == 0:
        return "$0.00"
    if size < SMALLEST_SHOWN / 2:
        return "under $0.0001" if value > 0 else "-$0.0001"
    return _signed(value, f"{size.quantize(SMALLEST_SHOWN, ROUND_HALF_UP):,}")


def usd_exact(value: Decimal | None) -> str:
    """All digits, at least two, never in scientific notation: for receipts."""
    if value is None:
        return NOTHING
    whole, _, part = f"{abs(value):f}".partition(".")
    return _signed(value, f"{int(whole):,}.{part.rstrip('0').ljust(2, '0')}")


def count(value: int | None) -> str:
    """`12,345`; nothing an en dash."""
    return NOTHING if value is None else f"{value:,}"


def _signed(value: Decimal, digits: str) -> str:
    return f"-${digits}" if value < 0 else f"${digits}"
