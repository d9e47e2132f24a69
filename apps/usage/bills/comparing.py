"""A bill beside our receipts, by day and by model, and how far they are apart. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.core.money import usd, usd_exact
from apps.usage.bills.bill import Bill, Billed
from apps.usage.bills.ours import Day, Told

SMALLEST = Decimal("0.0001")  # a hundredth of a cent: less than one call's rounding
NOTHING = Decimal(0)
MOST_APART = 50


class Words(NamedTuple):
    """What a line is about, for people, and below it."""

    name: str
    sub: str


class Line(NamedTuple):
    """One day, or one model, or all. `billed` and `ours` are None where that side has nothing;
    `slack` is what rounding alone can make of it."""

    name: str
    sub: str
    billed: Billed | None
    ours: Told | None
    slack: Decimal

    @property
    def bill_usd(self) -> Decimal:
        return self.billed.cost if self.billed else NOTHING

    @property
    def our_usd(self) -> Decimal:
        return self.ours.cost if self.ours else NOTHING

    @property
    def drift(self) -> Decimal:
        """Above zero where the bill says more."""
        return self.bill_usd - self.our_usd

    @property
    def agrees(self) -> bool:
        return abs(self.drift) <= self.slack

    @property
    def percent(self) -> str:
        """Of what our receipts say; nothing of small sums."""
        if self.agrees or self.billed is None or not self.our_usd or self.our_usd < Decimal("0.01"):
            return ""
        share = 100 * abs(self.drift) / self.our_usd
        return "under 1 %" if share < 1 else "over 1,000 %" if share > 1000 else f"{share:.0f} %"

    @property
    def words(self) -> str:
        if self.billed is None:
            return "not on the bill"
        if self.agrees:
            return "equal" if not self.drift else "equal but for rounding"
        if self.ours is None:
            return "not among our calls"
        side = "more" if self.drift > 0 else "less"
        return f"{usd(abs(self.drift))} {side} on the bill"

    @property
    def exact(self) -> str:
        return usd_exact(self.drift)

    @property
    def bill_requests(self) -> int | None:
        return self.billed.requests if self.billed else None

    @property
    def our_requests(self) -> int | None:
        return self.ours.requests if self.ours else None


@dataclass(frozen=True)
class Comparison:
    total: Line
    days: list[Line]
    models: list[Line]
    cells: list[Line]
    """Each model of each day."""
    foreign: list[Line]
    """Models of the bill that no call of ours in these days names."""

    @property
    def apart(self) -> list[Line]:
        """Days and models that do not agree, the widest apart first."""
        found = [one for one in self.cells if not one.agrees]
        return sorted(found, key=lambda one: (-abs(one.drift), one.name, one.sub))[:MOST_APART]

    @property
    def day_drift(self) -> Decimal:
        """What the days are apart, each by itself."""
        return sum((abs(one.drift) for one in self.days), NOTHING)


def compare(
    bill: Bill,
    ours: Mapping[Day, Told],
    our_name: Callable[[str], str],
    shown: Callable[[str], str],
) -> Comparison:
    """`our_name` of the bill's name of a model, or nothing; `shown`: a model's name for people."""
    names = {name: our_name(name) or name for _, name in bill.lines}
    theirs: dict[Day, list[Billed]] = {}
    for (day, name), one in bill.lines.items():
        theirs.setdefault((day, names[name]), []).append(one)

    def model(slug: str) -> Words:
        name = shown(slug)
        return Words(name, slug if slug != name else "")

    def lines(about: Callable[[Day], Any], words: Callable[[Any], Words]) -> list[Line]:
        return _lines(
            bill.finest,
            ((about(at), one) for at, found in theirs.items() for one in found),
            ((about(at), one) for at, one in ours.items()),
            words,
        )

    models = lines(lambda at: at[1], model)
    models.sort(key=lambda line: (-max(line.bill_usd, line.our_usd), line.name))
    return Comparison(
        total=lines(lambda _: "", lambda _: Words("All", ""))[0],
        days=lines(lambda at: at[0], lambda day: Words(_day(day), "")),
        models=models,
        cells=lines(lambda at: at, lambda at: Words(_day(at[0]), shown(at[1]))),
        foreign=[one for one in models if one.ours is None],
    )


def _lines(
    finest: Decimal,
    theirs: Iterable[tuple[Any, Billed]],
    ours: Iterable[tuple[Any, Told]],
    words: Callable[[Any], Words],
) -> list[Line]:
    """In the order of what they are about."""
    billed: dict[Any, Billed] = {}
    told: dict[Any, Told] = {}
    for about, one in theirs:
        billed.setdefault(about, Billed()).add(one.cost, one.requests, one.tokens, one.lines)
    for about, mine in ours:
        total = told.setdefault(about, Told())
        total.cost += mine.cost
        total.requests += mine.requests
        total.tokens += mine.tokens
    found = []
    for about in sorted({*billed, *told}):
        theirs_here = billed.get(about)
        slack = finest * (theirs_here.lines if theirs_here else 0) / 2
        found.append(Line(*words(about), theirs_here, told.get(about), max(slack, SMALLEST)))
    return found


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
