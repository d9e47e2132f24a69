"""How much each model and each app was used in a span, and by whom: of the whole house, whoever
asks. Who may be told what is decided above."""

import time
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from apps.usage.rankings.windows import Span
from apps.usage.reach import Reach
from apps.usage.sums import Asked, Sum, sums

KEPT_SECONDS = 900.0
MOST_KEPT = 40
BY = ("model", "app", "endpoint", "person")


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


class Counted(NamedTuple):
    models: Tally
    apps: Tally
    bill: Bill


def counted(span: Span, zone: ZoneInfo) -> Counted:
    rows = sums(Reach.everything(), Asked(span.start, span.end, zone, by=BY))
    spent: dict[tuple[str | int, str | int], Decimal] = {}
    for row in rows:
        place = row.group[0], row.group[2]
        spent[place] = spent.get(place, Decimal(0)) + row.spend
    answered = [row for row in rows if row.group[0]]
    free = [row for row in answered if not spent[row.group[0], row.group[2]]]
    paid = [row for row in answered if spent[row.group[0], row.group[2]]]
    bill = Bill(sum_of(_tally(free, 0)), sum_of(_tally(paid, 0)))
    return Counted(_tally(rows, 0), _tally(rows, 1), bill)


def counted_before(span: Span, zone: ZoneInfo) -> Counted:
    """Of a span that is over, of which each process asks again every quarter of an hour."""
    asked, now = (span, zone.key), time.monotonic()
    held = _kept.get(asked)
    if held is None or now - held[0] > KEPT_SECONDS:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        held = _kept[asked] = (now, counted(span, zone))
    return held[1]


_kept: dict[tuple[Span, str], tuple[float, Counted]] = {}


def apps_used(span: Span, zone: ZoneInfo) -> Tally:
    asked = Asked(span.start, span.end, zone, by=("app", "person"))
    return _tally(sums(Reach.everything(), asked), 0)


def sum_of(uses: Mapping[str, Use]) -> Use:
    people = frozenset[int]().union(*(one.people for one in uses.values()))
    requests = sum(one.requests for one in uses.values())
    return Use(requests, sum(one.tokens for one in uses.values()), people)


def _tally(rows: Iterable[Sum], place: int) -> Tally:
    """By what stands at that place of the groups; people stand at their end."""
    counts: dict[str, tuple[int, int]] = {}
    people: dict[str, set[int]] = {}
    for row in rows:
        name = str(row.group[place])
        requests, tokens = counts.get(name, (0, 0))
        counts[name] = requests + row.requests, tokens + row.tokens
        people.setdefault(name, set()).add(int(row.group[-1]))
    return {name: Use(*both, frozenset(people[name])) for name, both in counts.items()}
