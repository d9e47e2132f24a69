"""What a cell says of a day or a moment, in the many ways files write them. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import NamedTuple

from apps.usage.bills.text import BadBill

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan januar january enero", "feb februar february febrero", "mar mär märz march marzo",
            "apr april abril", "may mai mayo", "jun june juni junio", "jul july juli julio",
            "aug august agosto", "sep sept september septiembre", "oct okt october oktober octubre",
            "nov november noviembre", "dec dez december dezember diciembre",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$")
COMPACT = re.compile(r"(20\d\d)(\d\d)(\d\d)$")
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})[-/.](\d{4})$")
NAMED = re.compile(r"(?:(\d{1,2})\.? )?([a-zä]{3,10})\.? (?:(\d{1,2}) )?(\d{4})$")
CLOCK = re.compile(
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(am|pm)?\s*(z|utc|gmt|[+-]\d\d:?\d\d|[+-]\d\d)?$"
)
TIMED = re.compile(r"(?P<day>.*?\d)(?:[t ])(?P<clock>\d{1,2}:\d\d.*)$")
SECONDS = re.compile(r"(\d{10})(?:\.\d+)?$|(\d{13})$")
EARLIEST = date(2020, 1, 1)


class Ambiguous(BadBill):
    """Days such as 03/04/2026, which nothing in the file decides."""


class Told(NamedTuple):
    """`moment` is None where the cell names a day alone."""

    day: date
    moment: datetime | None = None


class Days:
    """Reads the cells of one file. `order` is "dmy", "mdy" or nothing where it must show by itself;
    times without a zone are those of `zone`, whose days are counted as well."""

    def __init__(self, zone: tzinfo, *, today: date, order: str = "") -> None:
        self._zone, self._order = zone, order
        self._latest = today + timedelta(days=1)
        self._known: dict[str, Told] = {}
        self.has_times = False

    def read(self, cell: str, line: int) -> date:
        text = cell.strip()
        told = self._known.get(text)
        if told is None:
            told = self._told(text, line)
            if len(self._known) < 50_000:
                self._known[text] = told
        return told.day

    def _told(self, text: str, line: int) -> Told:
        found = self._parsed(" ".join(text.lower().replace(",", " ").split()))
        if found is None:
            raise BadBill(
                f"Line {line:,}: “{text[:40]}” is no day that can be read. Days such as 2026-11-03 "
                "are understood everywhere."
            )
        if not EARLIEST <= found.day <= self._latest:
            raise BadBill(
                f"Line {line:,}: {found.day.isoformat()} is no day this house was there, or it is "
                "yet to come."
            )
        self.has_times |= found.moment is not None
        return found

    def _parsed(self, text: str) -> Told | None:
        try:
            if match := SECONDS.match(text):
                seconds = int(match[1]) if match[1] else int(match[2]) // 1000
                return self._at(datetime.fromtimestamp(seconds, UTC))
            match = TIMED.match(text)
            if match is None:
                day = self._day(text)
                return Told(day) if day else None
            day = self._day(match["day"])
            return self._with_clock(day, match["clock"]) if day else None
        except (ValueError, OverflowError):  # 31 February, or 25 o'clock
            return None

    def _day(self, text: str) -> date | None:
        if match := YEAR_FIRST.match(text) or COMPACT.match(text):
            return date(int(match[1]), int(match[2]), int(match[3]))
        if match := YEAR_LAST.match(text):
            first, second, year = int(match[1]), int(match[3]), int(match[4])
            is_month_first = self._order == "mdy" and match[2] != "."
            return date(year, *((first, second) if is_month_first else (second, first)))
        if match := NAMED.match(text):
            day, month = match[1] or match[3], MONTHS.get(match[2])
            return date(int(match[4]), month, int(day)) if day and month else None
        return None

    def _with_clock(self, day: date, clock: str) -> Told | None:
        match = CLOCK.match(clock)
        if match is None:
            return None
        hour = int(match[1])
        if match[4]:
            hour = hour % 12 + (12 if match[4] == "pm" else 0)
        local = datetime.combine(day, time(hour, int(match[2]), int(match[3] or 0)))
        return self._at(local.replace(tzinfo=_zone_of(match[5]) or self._zone))

    def _at(self, moment: datetime) -> Told:
        return Told(moment.astimezone(self._zone).date(), moment)


def order_of(cells: Iterable[str]) -> str:
    """Whether days such as 13/04/2026 begin with the day or with the month. Raises Ambiguous where
    no line decides."""
    begins, is_open = set(), False
    for cell in cells:
        match = YEAR_LAST.match(cell.strip().partition(" ")[0])
        if match is None or match[2] == ".":
            continue
        first, second = int(match[1]), int(match[3])
        begins |= {"dmy"} if first > 12 else {"mdy"} if second > 12 else set()
        is_open |= first != second
    if len(begins) > 1:
        raise BadBill("Some days of this file begin with the day and some with the month.")
    if is_open and not begins:
        raise Ambiguous("Days such as 03/04/2026 can mean two days; choose below which.")
    return begins.pop() if begins else ""


def _zone_of(text: str | None) -> tzinfo | None:
    if text is None:
        return None
    if text in {"z", "utc", "gmt"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)
