"""How much each model and each app was used in a span, and by whom: of the whole house, whoever
asks. Who may be told what is decided above."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.usage.rankings.windows import Span
from apps.usage.reach import Reach
from apps.usage.sums import Asked, Sum, sums


class Use(NamedTuple):
    requests: int = 0
    tokens: int = 0
    people: frozenset[int] = frozenset()

    def figure(self, order: str) -> int:
        """`order` is tokens, requests or people."""
        found = getattr(self, order)
        return len(found) if order == "people" else int(found)

    def plus(self, other: "Use") -> "Use":
        people = self.people | other.people
        return Use(self.requests + other.requests, self.tokens + other.tokens, people)


Tally = Mapping[str, Use]  # by the name of a model, an app, an author; the empty one is none


class Bill(NamedTuple):
    """What cost nothing, and what was paid for."""

    free: Use = Use()
    paid: Use = Use()


def models_used(span: Span, zone: ZoneInfo) -> tuple[Tally, Bill]:
    rows = _rows(span, zone, "model", "endpoint")
    spent: dict[tuple[str | int, ...], Decimal] = {}
    for row in rows:
        spent[row.group[:2]] = spent.get(row.group[:2], Decimal(0)) + row.spend
    bill = {True: Use(), False: Use()}
    for row in rows:
        if row.group[0]:
            is_paid = spent[row.group[:2]] > 0
            bill[is_paid] = bill[is_paid].plus(_use(row))
    return _tally(rows), Bill(free=bill[False], paid=bill[True])


def used(by: str, span: Span, zone: ZoneInfo) -> Tally:
    """`by` is model or app."""
    return _tally(_rows(span, zone, by))


def sum_of(uses: Mapping[str, Use]) -> Use:
    people = frozenset[int]().union(*(one.people for one in uses.values()))
    requests = sum(one.requests for one in uses.values())
    return Use(requests, sum(one.tokens for one in uses.values()), people)


def _rows(span: Span, zone: ZoneInfo, *by: str) -> list[Sum]:
    return sums(Reach.everything(), Asked(span.start, span.end, zone, by=(*by, "person")))


def _tally(rows: list[Sum]) -> Tally:
    counts: dict[str, tuple[int, int]] = {}
    people: dict[str, set[int]] = {}
    for row in rows:
        name = str(row.group[0])
        requests, tokens = counts.get(name, (0, 0))
        counts[name] = requests + row.requests, tokens + row.tokens
        people.setdefault(name, set()).add(int(row.group[-1]))
    return {name: Use(*both, frozenset(people[name])) for name, both in counts.items()}


def _use(row: Sum) -> Use:
    return Use(row.requests, row.tokens, frozenset({int(row.group[-1])}))
