"""What the page of activity shows: figures, the chart with its table, and the split."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.core.money import count, usd
from apps.projects.models import Project
from apps.usage import activity, chart
from apps.usage.activity import MEASURES, SERIES, Column, Figures, Group
from apps.usage.filters import CallWish, address_of
from apps.usage.grouping import Name, grouped, groupings_for, names_of
from apps.usage.models import UsageQuarter
from apps.usage.periods import DEFAULT, Period

SHOWN_GROUPS = 50
NARROW_DAYS = 10
BEGIN = {"period": DEFAULT, "by": "model", "show": "spend"}


@dataclass(frozen=True)
class Wish:
    """What the address asks for; what means nothing is left out."""

    period: str
    by: str
    show: str
    project: str = ""
    everywhere: bool = False

    @classmethod
    def read(cls, params: Mapping[str, Any], user: User, periods: Mapping[str, Period]) -> "Wish":
        """All but the place, which is asked elsewhere."""
        offered = {"period": periods, "by": groupings_for(user), "show": MEASURES}
        found: dict[str, Any] = {
            name: wanted if (wanted := params.get(name, "")) in choices else BEGIN[name]
            for name, choices in offered.items()
        }
        return cls(**found)

    def address(self, **changed: Any) -> str:
        wanted = vars(replace(self, **changed))
        return address_of(
            {name: value for name, value in wanted.items() if value != BEGIN.get(name)}
        )

    @property
    def calls(self) -> CallWish:
        return CallWish(period=self.period, project=self.project, everywhere=self.everywhere)


class Row(NamedTuple):
    """One line of the split. `kind` is its colour in the chart; `address` leads to its calls."""

    kind: str
    name: Name
    group: Group
    share: int
    address: str

    @property
    def shown_share(self) -> str:
        return "under 1 %" if self.share == 0 and self.group.requests else f"{self.share} %"


class Picture(NamedTuple):
    """The chart for pages of three widths, and as a table."""

    drawings: dict[str, chart.Drawing]
    legend: list[tuple[str, str]]
    lines: list[tuple[str, list[str], str]]
    finding: str
    words: str


def activity_of(
    user: User, wish: Wish, periods: Mapping[str, Period], project: Project | None
) -> dict[str, Any]:
    period = periods[wish.period]
    rows = UsageQuarter.objects.for_user(user)
    if project:
        rows = rows.filter(project_id=project.pk)
    now, before = activity.figures(rows, period.span)
    split = grouped(rows, wish.by)
    groups = activity.groups(split, period.span)
    top = [group.value for group in groups[:SERIES]]
    columns = activity.columns(split, period, top)
    names = names_of(wish.by, [group.value for group in groups[:SHOWN_GROUPS]])
    legend = [(f"c{number}", names[value].words) for number, value in enumerate(top, 1)]
    if len(groups) > SERIES:
        legend.append(("c6", _others(len(groups) - SERIES)))
    return {
        "now": now,
        "cards": [
            (card, wish.address(show=card.measure), _spark(columns, card.measure))
            for card in activity.cards(now, before, than=period.than)
        ],
        "picture": _picture(wish, period, columns, legend) if now.requests else None,
        "rows": _rows(wish, groups, names, now),
        "rest": _rest(groups[SHOWN_GROUPS:]),
    }


def _spark(columns: list[Column], measure: str) -> str:
    return chart.spark([getattr(column.total, measure) for column in columns])


def _picture(
    wish: Wish, period: Period, columns: list[Column], legend: list[tuple[str, str]]
) -> Picture:
    parts = [[getattr(part, wish.show) for part in column.parts] for column in columns]
    names, is_money = [_at(column.at) for column in columns], wish.show == "spend"
    narrow = slice(None)
    if not period.is_day and len(columns) > NARROW_DAYS:
        last = max(i for i, column in enumerate(columns) if column.total.requests) + 1
        narrow = slice(max(last - NARROW_DAYS, 0), max(last, NARROW_DAYS))
    lines = [
        (
            name,
            [_shown(one, is_money) for one in values[: len(legend)]],
            _shown(sum(values), is_money),
        )
        for name, values in zip(names, parts, strict=True)
    ]
    most = max(range(len(columns)), key=lambda number: sum(parts[number]))
    each = "hour" if period.is_day else "day"
    when = f"from {names[most]}" if period.is_day else f"on {names[most]}"
    return Picture(
        drawings={
            "wide": chart.draw(parts, names, chart.WIDE, is_money=is_money),
            "middle": chart.draw(parts, names, chart.MIDDLE, is_money=is_money),
            "narrow": chart.draw(parts[narrow], names[narrow], chart.NARROW, is_money=is_money),
        },
        legend=legend,
        lines=lines,
        finding=f"Most {when}: {lines[most][2]}{'' if is_money else _unit(wish.show)}.",
        words=f"{MEASURES[wish.show]} per {each}. The table below holds the same figures.",
    )


def _rows(wish: Wish, groups: list[Group], names: Mapping[str, Name], now: Figures) -> list[Row]:
    rows = []
    for number, group in enumerate(groups[:SHOWN_GROUPS], 1):
        name = names[group.value]
        changed: dict[str, Any] = {wish.by: name.param}
        address = replace(wish.calls, **changed).address() if name.param else ""
        whole, part = getattr(now, wish.show), getattr(group, wish.show)
        share = int(100 * part / whole) if whole else 0
        rows.append(Row(f"c{min(number, SERIES + 1)}", name, group, share, address))
    return rows


def _rest(groups: list[Group]) -> Group | None:
    """What does not stand in the table line by line."""
    if not groups:
        return None
    return Group(
        value=_others(len(groups)),
        requests=sum(one.requests for one in groups),
        prompt_tokens=sum(one.prompt_tokens for one in groups),
        completion_tokens=sum(one.completion_tokens for one in groups),
        spend=sum((one.spend for one in groups), Decimal(0)),
    )


def _others(number: int) -> str:
    return f"{number} other{'' if number == 1 else 's'}"


def _at(at: date | int) -> str:
    return f"{at}:00" if isinstance(at, int) else f"{at.day} {at:%b}"


def _shown(value: Decimal | int, is_money: bool) -> str:
    return usd(Decimal(value)) if is_money else count(int(value))


def _unit(measure: str) -> str:
    return f" {MEASURES[measure].lower()}"
