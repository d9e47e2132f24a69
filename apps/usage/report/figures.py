"""The figures of a month: all, and split by whatever a sheet tells of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from apps.catalog.models import Endpoint
from apps.usage.grouping import NOBODY, Name, names_of
from apps.usage.reach import Reach
from apps.usage.report.month import Month
from apps.usage.sums import Asked, Sum, sums

BY = ("project", "person", "key", "app", "model", "endpoint")
ENDPOINT = BY.index("endpoint")
SHOWN = 12  # lines of a split
Names = Mapping[str, Mapping[str, Name]]


@dataclass
class Figures:
    requests: int = 0
    spend: Decimal = Decimal(0)
    prompt_tokens: int = 0
    completion_tokens: int = 0

    def add(self, one: "Sum | Figures") -> None:
        self.requests += one.requests
        self.spend += one.spend
        self.prompt_tokens += one.prompt_tokens
        self.completion_tokens += one.completion_tokens

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens

    @property
    def average(self) -> Decimal:
        return self.spend / self.requests if self.requests else Decimal(0)


class Row(NamedTuple):
    name: str
    sub: str
    figures: Figures


class Split(NamedTuple):
    """Dearest first; what is beyond the first ones stands in one line."""

    title: str
    rows: list[Row]
    rest: Row | None


@dataclass(frozen=True)
class Part:
    """One line of the sums, with its dimensions as texts."""

    value: Mapping[str, str]
    figures: Sum


def parts_of(reach: Reach, month: Month) -> list[Part]:
    asked = Asked(month.start, month.end, month.zone, by=BY)
    found = sums(reach, asked)
    providers = providers_of(found)
    return [Part({**_texts(one), "provider": provider_of(one, providers)}, one) for one in found]


def providers_of(found: Iterable[Sum]) -> dict[int, str]:
    """By endpoint; for a query."""
    numbers = {int(one.group[ENDPOINT]) for one in found}
    rows = Endpoint.objects.filter(pk__in=numbers)
    return dict(rows.values_list("pk", "provider__slug"))


def provider_of(one: Sum, providers: Mapping[int, str]) -> str:
    return providers.get(int(one.group[ENDPOINT]), "")


def names_in(parts: Sequence[Part]) -> Names:
    """Of everything that occurs, for a query each."""
    kinds = ("project", "person", "key", "app", "model", "provider")
    return {by: names_of(by, {part.value[by] for part in parts}) for by in kinds}


def days_of(reach: Reach, month: Month) -> list[tuple[date, Figures]]:
    """Each day of the month, whether anything happened or not."""
    found: dict[date, Figures] = {}
    for one in sums(reach, Asked(month.start, month.end, month.zone, each="day")):
        assert isinstance(one.at, date)
        found.setdefault(one.at, Figures()).add(one)
    days = (month.first.replace(day=number + 1) for number in range(month.days))
    return [(day, found.get(day, Figures())) for day in days]


def total_of(reach: Reach, month: Month) -> Figures:
    return together(sums(reach, Asked(month.start, month.end, month.zone)))


def together(found: Iterable[Sum]) -> Figures:
    total = Figures()
    for one in found:
        total.add(one)
    return total


def split_by(
    by: str, title: str, parts: Sequence[Part], names: Names, *, most: int = SHOWN
) -> Split:
    found: dict[str, Figures] = {}
    for part in parts:
        found.setdefault(part.value[by], Figures()).add(part.figures)
    ordered = sorted(found.items(), key=lambda one: (-one[1].spend, -one[1].requests, one[0]))
    rows = [Row(names[by][value].words, names[by][value].sub, one) for value, one in ordered]
    rest = None
    if len(rows) > most + 1:
        rest = Row(f"{len(rows) - most} others", "", Figures())
        for row in rows[most:]:
            rest.figures.add(row.figures)
        rows = rows[:most]
    return Split(title, rows, rest)


def _texts(one: Sum) -> dict[str, str]:
    """A number that names nothing reads as the other pages have it."""
    return {
        by: (NOBODY if value == 0 else str(value)) for by, value in zip(BY, one.group, strict=True)
    }
