"""What strangers are told where the household made its rankings public, and how nobody is found in
it. Pure; the only way from counts to a page without an account.

Who looks from outside may come back every minute, knows how many live here, and compares all that
was ever told. So:

- **One row of whole months.** They do not overlap and are told once they are settled, so that no
  two of them can be held against each other to find a day, an hour, or somebody on holiday.
- **Names of many alone.** A name stands there if at least three people used it, in a month in which
  at least five used the house: of three, three would be everybody. All else is among *others*.
- **Nothing is left over.** A sum of others, and so of all, is told only if in each table at least
  three people stand behind what was folded, or nobody: what one table hides is else the rest of
  another.
- **All else follows from that.** Shares, authors, free and paid, changes and what is rising are
  worked out from what was told of this month and of those before, never from what was counted.
- **Two digits.** Sums are rounded; how many people there were is never said.
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from apps.usage.rankings.counting import Tally, Use, sum_of

ENOUGH_PEOPLE = 3
ENOUGH_IN_HOUSE = 5
DIGITS = 2
# What an app is called may say where something stands, or whose it is: an address not every house
# knows, a machine, somebody's mail.
SAYS_TOO_MUCH = re.compile(r"[@:/\\]|\.\w*[a-z]|\d+\.\d+\.\d+\.\d+|localhost", re.IGNORECASE)


class Told(NamedTuple):
    """`others`: the rest in one sum; None where there is none or it is not told, which is what
    `has_others` is for."""

    named: Mapping[str, Use] = {}
    others: Use | None = None
    has_others: bool = False


class Month(NamedTuple):
    models: Told = Told()
    apps: Told = Told()


def month_told(
    models: Tally, apps: Tally, *, known_models: Collection[str], known_apps: Collection[str]
) -> Month:
    """`known_models` are those of the catalogue that strangers see; `known_apps` are known to every
    house. What one call can change, the name an app told last, is no name for strangers."""
    if len(sum_of(models).people | sum_of(apps).people) < ENOUGH_IN_HOUSE:
        return Month()
    parts = [
        _parted(models, known_models.__contains__),
        _parted(apps, lambda name: name in known_apps or not SAYS_TOO_MUCH.search(name)),
    ]
    is_safe = all(not rest or len(sum_of(rest).people) >= ENOUGH_PEOPLE for _, rest in parts)
    return Month(*(_told(named, rest, is_safe=is_safe) for named, rest in parts))


def coarse(number: int) -> int:
    """Its first two digits."""
    step = int(10 ** max(len(str(number)) - DIGITS, 0))
    return (number + step // 2) // step * step


def _parted(tally: Tally, may_name: Callable[[str], bool]) -> tuple[Tally, Tally]:
    named = {
        name: use
        for name, use in tally.items()
        if name and len(use.people) >= ENOUGH_PEOPLE and may_name(name)
    }
    return named, {name: use for name, use in tally.items() if name not in named}


def _told(named: Tally, rest: Tally, *, is_safe: bool) -> Told:
    others = blurred(sum_of(rest)) if rest and is_safe else None
    shown = {name: blurred(use) for name, use in named.items()}
    return Told(shown, others, has_others=bool(rest) or not is_safe)


def blurred(use: Use) -> Use:
    return Use(coarse(use.requests), coarse(use.tokens))
