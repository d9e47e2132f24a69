"""Ranks, shares, changes and what is rising, from counts. Pure."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from apps.catalog.measured import FEW
from apps.core.money import count
from apps.usage.rankings.counting import Tally, Use

ORDERS = {"tokens": "Tokens", "requests": "Calls", "people": "People"}
UNITS = {
    "tokens": ("token", "tokens"),
    "requests": ("call", "calls"),
    "people": ("person", "people"),
}
NEW, SAME = "new", "the same"
NONE = Use()


class Ranked(NamedTuple):
    """`change` is in words, empty where nothing is known of before. `share` of the whole, in
    percent, as long as its bar; `shown_share` in words, empty where counts say more."""

    rank: int
    name: str
    use: Use
    share: int
    shown_share: str
    change: str


class Rising(NamedTuple):
    name: str
    tokens: int
    growth: int


def ranked(
    now: Tally, before: Tally, order: str, *, rest: Use = NONE, is_partial: bool = False
) -> list[Ranked]:
    """The most used first; `rest` is what stands in no row. With `is_partial` what is missing
    before may have been used all the same, so nothing is told of its change."""
    whole = sum(one.figure(order) for one in (*now.values(), rest))
    calls = sum(one.requests for one in (*now.values(), rest))
    rows = sorted(now.items(), key=lambda pair: (-pair[1].figure(order), -pair[1].tokens, pair[0]))
    found = []
    for rank, (name, use) in enumerate(rows, 1):
        is_known = name in before or not is_partial
        change = changed(use, before.get(name, NONE), order) if is_known else ""
        part = use.figure(order)
        share = 100 * part // whole if whole else 0
        shown = in_percent(part, whole) if says_share(calls) and order != "people" else ""
        found.append(Ranked(rank, name, use, share, shown, change))
    return found


def changed(now: Use, before: Use, order: str) -> str:
    """`+18 %`, or counts where either side rests on few calls: `3 calls more`. People are few."""
    new, old = now.figure(order), before.figure(order)
    if not before.requests:
        return NEW
    if new == old:
        return SAME
    if order == "people" or not old or min(now.requests, before.requests) < FEW:
        size = abs(new - old)
        return f"{count(size)} {UNITS[order][size != 1]} {'more' if new > old else 'fewer'}"
    return _difference(new, old)


def tokens_changed(new: int, old: int) -> str:
    """Of many, wherever they were counted."""
    if not old:
        return NEW
    return SAME if new == old else _difference(new, old)


def says_share(calls: int) -> bool:
    """Of fewer the counts are told, since shares would sound surer than they are."""
    return calls >= FEW


def rising(windows: Sequence[Tally]) -> list[Rising]:
    """The window's volume less the mean of the three before it; what did not grow is left out."""
    now, *before = windows
    found = []
    for name, use in now.items():
        earlier = sum(one.get(name, NONE).tokens for one in before)
        growth = (
            len(before) * use.tokens - earlier
        )  # in whole numbers: so often as there are before
        if growth > 0:
            found.append((growth, Rising(name, use.tokens, max(growth // len(before), 1))))
    return [one for _, one in sorted(found, key=lambda pair: (-pair[0], pair[1].name))]


def grouped(tally: Tally, group_of: Callable[[str], str]) -> dict[str, Use]:
    found: dict[str, Use] = {}
    for name, use in tally.items():
        group = group_of(name)
        found[group] = found.get(group, NONE).plus(use)
    return found


def without_nobody(tally: Mapping[str, Use]) -> dict[str, Use]:
    """Less the calls that no model answered, or that named no app."""
    return {name: use for name, use in tally.items() if name}


def _difference(new: int, old: int) -> str:
    percent = round(100 * (new - old) / old)
    shown = f"{abs(percent):,}" if percent else "under 1"
    return f"{shown} % {'more' if new > old else 'less'}"


def in_percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    if 0 < share < 1:
        return "under 1 %"
    return f"{share:.0f} %"
