"""What the page of activity shows: figures, the chart with its table, and the split."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.projects.models import Project
from apps.usage import activity, chart
from apps.usage.activity import SERIES, Column, Figures, Group, Where
from apps.usage.axis import axis, unit_for, units_for
from apps.usage.budget_line import limit_for
from apps.usage.filters import Chip
from apps.usage.grouping import (
    GROUPINGS,
    NOBODY,
    NONE,
    Name,
    Part,
    groupings_for,
    in_address,
    names_of,
    parts_of,
)
from apps.usage.periods import Period
from apps.usage.picture import OTHERS, Series, Shown, picture_of
from apps.usage.reach import Reach
from apps.usage.sums import Each
from apps.usage.wish import Wish

FEW_ROWS, MOST_ROWS = 10, 200


@dataclass(frozen=True)
class Question:
    """What is asked, made out: who asks, whose figures, of which days, narrowed to what."""

    user: User
    reach: Reach
    wish: Wish
    period: Period
    project: Project | None
    week_starts_on: int
    now: datetime

    @property
    def where(self) -> Where:
        only_project: Where = {"project": [self.project.pk]} if self.project else {}
        return {**self.wish.where, **only_project}

    @property
    def each(self) -> Each:
        return unit_for(self.period, self.wish.each)

    def parts(self) -> list[Part]:
        asked = activity.asked(
            self.period, self.where, each=self.each, week_starts_on=self.week_starts_on
        )
        return list(parts_of(self.reach, self.wish.by, asked))


class Row(NamedTuple):
    """One line of the split. `kind` is its colour in the chart; `into` narrows the page to it,
    `calls` leads to what it is the sum of."""

    kind: str
    name: Name
    group: Group
    share: int
    into: str
    calls: str

    @property
    def shown_share(self) -> str:
        return "under 1 %" if self.share == 0 and self.group.requests else f"{self.share} %"


def activity_of(asked: Question) -> dict[str, Any]:
    wish, period = asked.wish, asked.period
    parts = asked.parts()
    before = activity.figures_before(asked.reach, period, asked.where)
    groups = activity.groups_of(parts, wish.show)
    now = activity.total(groups)
    top = [group.value for group in groups[:SERIES]]
    ticks = axis(period, asked.each, asked.week_starts_on)
    columns = activity.columns_of(parts, ticks, top)
    shown = groups[: MOST_ROWS if wish.rows else FEW_ROWS]
    names = names_of(wish.by, [group.value for group in shown])
    return {
        "now": now,
        "cards": [
            (card, wish.address(show=card.measure), _spark(columns, card.measure))
            for card in activity.cards(now, before, than=period.than)
        ],
        "picture": picture_of(_shown(asked, columns, groups, names)) if now.requests else None,
        "steps": _steps(asked),
        "chips": chips_of(asked, is_seen=bool(now.requests or before.requests)),
        "rows": _rows(asked, shown, names, now),
        "rest": _rest(groups[len(shown) :]),
        "other_rows": wish.address(rows="" if wish.rows else "all"),
        "may_fold": len(groups) > FEW_ROWS,
        "calls_address": wish.calls.address(),
    }


def _spark(columns: list[Column], measure: str) -> str:
    return chart.spark([getattr(column.total, measure) for column in columns])


def _shown(
    asked: Question, columns: list[Column], groups: list[Group], names: dict[str, Name]
) -> Shown:
    wish = asked.wish
    legend = [
        Series(f"c{number}", names[group.value].words)
        for number, group in enumerate(groups[:SERIES], 1)
    ]
    if len(groups) > SERIES:
        legend.append(Series(OTHERS, _others(len(groups) - SERIES)))
    limit = None
    if wish.show == "spend":
        limit = limit_for(
            asked.user,
            asked.reach,
            dict(wish.filters),
            asked.project,
            each=asked.each,
            period=asked.period.name,
            is_sum=bool(wish.sum),
        )
    return Shown(columns, legend, wish.show, asked.each, bool(wish.sum), limit, asked.now)


def _steps(asked: Question) -> list[tuple[str, str, bool]]:
    """What the columns may stand for: words, address, chosen."""
    return [
        (words, asked.wish.address(each=name), name == asked.each)
        for name, words in units_for(asked.period).items()
    ]


def chips_of(asked: Question, *, is_seen: bool) -> list[Chip]:
    """A name is told where there is something to be seen under it: an address may be made up."""
    found = []
    for by, value in asked.wish.filters:
        words = value
        if asked.project and by == "project":
            words = str(asked.project)
        elif is_seen or asked.reach.is_everything or value in {NONE, NOBODY}:
            plain = "" if value == NONE else value
            words = names_of(by, [plain])[plain].words or value
        away = {by: "", "everywhere": asked.wish.everywhere or by == "project"}
        found.append(Chip(f"{GROUPINGS[by].title}: {words}", asked.wish.address(**away)))
    return found


def _rows(asked: Question, groups: list[Group], names: dict[str, Name], now: Figures) -> list[Row]:
    wish, whole, rows = asked.wish, getattr(now, asked.wish.show), []
    for number, group in enumerate(groups, 1):
        name = names[group.value]
        value = name.param if wish.by == "project" else in_address(wish.by, group.value)
        only_this: dict[str, Any] = {wish.by: value}
        narrowed = replace(wish, **only_this)
        is_listed = bool(value and (name.param or value in {NONE, NOBODY}))
        is_new = value and getattr(wish, wish.by) != value
        rows.append(
            Row(
                kind=f"c{min(number, SERIES + 1)}",
                name=name,
                group=group,
                share=int(100 * getattr(group, wish.show) / whole) if whole else 0,
                into=narrowed.address(by=_then(asked, narrowed)) if is_new else "",
                calls=narrowed.calls.address() if is_listed else "",
            )
        )
    return rows


def _then(asked: Question, narrowed: Wish) -> str:
    """What is worth a split where this is one thing alone: the first that is not narrowed yet."""
    taken = {name for name, _ in narrowed.filters}
    offered = groupings_for(asked.reach)
    return next((name for name in offered if name not in taken), narrowed.by)


def _rest(groups: list[Group]) -> Group | None:
    """What does not stand in the table line by line."""
    if not groups:
        return None
    rest = Group(_others(len(groups)))
    for one in groups:
        rest = rest.plus(one)
    return rest


def _others(number: int) -> str:
    return f"{number} other{'' if number == 1 else 's'}"
