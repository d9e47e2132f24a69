"""Values out of a receipt's details, of whatever shape they are: an older version of the house may
have written them, and a page must stand all the same."""

from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any


def dicts_of(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def text_of(value: Any) -> str:
    return value if isinstance(value, str) else ""


def whole_of(value: Any) -> int | None:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and value >= 0 else None


def decimal_of(value: Any) -> Decimal | None:
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def day_of(value: Any) -> date | None:
    try:
        return date.fromisoformat(text_of(value))
    except ValueError:
        return None
