"""What a list from outside may look like at all. Whoever writes it is a stranger: its size, depth
and every value are checked here, and text is only ever text."""

import json
import re
import time
import unicodedata
from datetime import date
from decimal import Decimal, DecimalException
from typing import Any, NoReturn

MOST_BYTES = 16 * 1024 * 1024
MOST_ROWS = 20_000
MOST_DIGITS = 40
LONGEST_ID, LONGEST_NAME, LONGEST_SLUG = 250, 200, 200
DEAREST_TOKENS = Decimal(10_000)  # USD per million; the dearest model asked 600 so far
DEAREST_ONE = Decimal(1_000)  # USD per request, search or image
LONGEST_CONTEXT = 1_000_000_000
MOST_TIERS = 24

ID = re.compile(r"[\x21-\x7e]+")
SLUG = re.compile(r"[a-z0-9][a-z0-9._-]{0,58}/[a-z0-9][a-z0-9._-]*")
CUTOFF = re.compile(r"20\d\d(-\d\d){0,2}")


class PayloadError(Exception):
    """A sentence for people: why nothing of this list is taken."""


class BadRow(Exception):
    """One entry makes no sense; what stands of it stays as it is."""


class Clock:
    """Ends what takes too long, wherever it is."""

    def __init__(self, seconds: float) -> None:
        self._stop = time.monotonic() + seconds

    @property
    def left(self) -> float:
        return max(self._stop - time.monotonic(), 0.0)

    def check(self) -> None:
        if time.monotonic() > self._stop:
            raise PayloadError("Reading the list took too long, so nothing of it was taken.")


def parse(content: bytes) -> Any:
    """JSON with exact numbers."""
    if len(content) > MOST_BYTES:
        raise PayloadError(
            f"The list is larger than {MOST_BYTES // 1024 // 1024} MB, which no such list is; "
            "nothing of it was taken."
        )
    try:
        return json.loads(content, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, DecimalException):
        raise PayloadError(
            "What came is not the list that was expected (no JSON, or numbers and nesting nobody "
            "writes); nothing of it was taken."
        ) from None


def fits(rows: int, *, most: int = MOST_ROWS) -> None:
    if rows > most:
        raise PayloadError(
            f"The list has more than {most:,} entries, which no such list has; "
            "nothing of it was taken."
        )


def identifier(value: Any) -> str:
    """An id as providers write them: visible ASCII, no space."""
    if isinstance(value, str) and len(value) <= LONGEST_ID and ID.fullmatch(value):
        return value
    raise BadRow


def words(value: Any) -> str | None:
    """A name as plain text on one line; None where there is none. It is escaped where it is shown,
    like every text; here only what no eye can see goes."""
    if not isinstance(value, str):
        return None
    seen = "".join(sign if _is_visible(sign) else " " for sign in value[: 4 * LONGEST_NAME])
    return " ".join(seen.split())[:LONGEST_NAME].rstrip() or None


def number(value: Any) -> Decimal:
    """Exact and finite, from a JSON number or a text."""
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise BadRow
    if isinstance(value, str) and len(value) > MOST_DIGITS:
        raise BadRow
    try:
        found = Decimal(value)
    except (DecimalException, ValueError):
        raise BadRow from None
    if not found.is_finite() or abs(found.adjusted()) > MOST_DIGITS:
        raise BadRow
    return found


def price(value: Any, *, factor: int = 1, most: Decimal = DEAREST_TOKENS) -> Decimal:
    """USD per million tokens (or per one, with `most` as it fits), float noise rounded away."""
    found = number(value)
    if found < 0 or found * factor > most:
        raise BadRow
    return round(found * factor, 9)


def count(value: Any) -> int | None:
    """A number of tokens; zero and nothing are “not known”."""
    if value is None:
        return None
    found = number(value)
    if found != found.to_integral_value() or not 0 <= found <= LONGEST_CONTEXT:
        raise BadRow
    return int(found) or None


def day(value: Any) -> date | None:
    """A whole date; one that lacks its day or month is none."""
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def cutoff(value: Any) -> str | None:
    return value if isinstance(value, str) and CUTOFF.fullmatch(value) else None


def flag(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def texts(value: Any) -> list[str]:
    """The words of a list of words; whatever else is among them is no word."""
    if not isinstance(value, list) or len(value) > 200:
        raise BadRow
    return [one for one in value if isinstance(one, str) and len(one) <= 60]


def mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadRow
    return value


def is_slug(text: str) -> bool:
    return len(text) <= LONGEST_SLUG and SLUG.fullmatch(text) is not None


def _is_visible(sign: str) -> bool:
    """Not a control character, nor one that turns the direction or joins unseen."""
    return unicodedata.category(sign)[0] not in "CZ" or sign == " "


def _no_number(text: str) -> NoReturn:
    raise ValueError(text)
