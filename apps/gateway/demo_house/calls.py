"""Draws the demonstration's calls, one after the other in the order of their births: who asks which
model for how much, how it ends, and what it costs. Nothing is sent anywhere."""

import math
from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import accumulate
from random import Random
from typing import NamedTuple

from apps.gateway.demo_house.cast import USES
from apps.gateway.demo_house.shelf import LONGEST_PROMPT, Place
from apps.gateway.demo_house.tastes import TASTES, Taste
from apps.gateway.demo_house.timetable import Quarter
from apps.gateway.demo_house.wallet import Wallet

LENGTHS = 4096  # so many of a kind are drawn; calls choose among them
LONGEST_ANSWER = 24_000
MOST_TRIES = 30
FRESH_DAYS, HALF_LIFE = 21.0, 150.0


class Ending(NamedTuple):
    """`paid`: how much of an answer that came through was produced and charged."""

    finish: str
    status: int | None = 200
    error: str = ""
    was_cancelled: bool = False
    is_estimated: bool = False
    paid: float = 1.0
    is_released: bool = False


STOP, TOOLS = Ending("stop"), Ending("tool_calls")
OTHERWISE = (
    (0.012, Ending("length")),
    (0.012, Ending("", 200, "", was_cancelled=True, paid=0.4)),
    (0.006, Ending("error", 200, "provider_unavailable", is_estimated=True, paid=0.6)),
    (0.010, Ending("", 429, "rate_limit_exceeded", paid=0.0)),
    (0.006, Ending("", 502, "provider_unavailable", paid=0.0)),
    (0.003, Ending("", 504, "timeout", is_estimated=True)),
    (0.003, Ending("", None, was_cancelled=True, paid=0.0, is_released=True)),
)
USUAL = 1 - sum(share for share, _ in OTHERWISE)
BOUNDS = list(accumulate((share for share, _ in OTHERWISE), initial=USUAL))
ENDINGS = [ending for _, ending in OTHERWISE]


class Drawn(NamedTuple):
    """One call. `use` is its place in USES, `cost` and `hold` are whole millionths of a millionth
    of a dollar, `at_ms` is counted from the beginning of its quarter."""

    use: int
    place: Place
    at_ms: int
    ending: Ending
    prompt: int
    completion: int
    reasoning: int
    cached: int
    cost: int
    hold: int
    latency_ms: int
    duration_ms: int


class Menu(NamedTuple):
    """What one taste has to choose from on one day."""

    places: list[Place]
    shares: list[float]


class Drawing:
    """`shelf` holds the places of each model, `wallet` says who can still afford what."""

    def __init__(self, shelf: Mapping[str, Sequence[Place]], wallet: Wallet, seed: int) -> None:
        self._shelf = shelf
        self._wallet = wallet
        self._luck = Random(f"{seed} calls")
        self._lengths = {name: _lengths(taste, seed, name) for name, taste in TASTES.items()}
        self._tastes = [TASTES[use.taste] for use in USES]
        self._day = -1
        self._menus: dict[str, Menu] = {}

    def quarter(self, quarter: Quarter) -> Iterator[Drawn]:
        self._look_up(quarter.starts_at)
        self._wallet.turn_to(quarter.starts_at)
        luck, last = self._luck, quarter.shares[-1]
        moments = sorted(int(luck.random() * 900_000) for _ in range(quarter.calls))
        for at_ms in moments:
            for tries in range(MOST_TRIES):
                use = bisect(quarter.shares, luck.random() * last)
                call = self._call(use, at_ms, for_nothing=tries == MOST_TRIES - 1)
                if self._wallet.pays(use, call.cost):
                    yield call
                    break

    def _look_up(self, moment: datetime) -> None:
        day = moment.toordinal()
        if day != self._day:
            self._day = day
            self._menus = {name: self._menu(taste, day) for name, taste in TASTES.items()}

    def _menu(self, taste: Taste, day: int) -> Menu:
        places, weights = [], []
        for model, liking in taste.models.items():
            found = self._shelf.get(model, ())
            whole = sum(place.liking for place in found)
            for place in found:
                places.append(place)
                weights.append(liking * place.liking / whole * _freshness(place, day) + 1e-6)
        return Menu(places, list(accumulate(weights)))

    def _call(self, use: int, at_ms: int, *, for_nothing: bool) -> Drawn:
        luck, name, taste = self._luck, USES[use].taste, self._tastes[use]
        menu = self._menus[name]
        place = menu.places[bisect(menu.shares, luck.random() * menu.shares[-1])]
        prompts, completions, thoughts = self._lengths[name]
        dice = luck.getrandbits(40)
        prompt, completion = prompts[dice & 4095], completions[dice >> 12 & 4095]
        reasoning = int(completion * thoughts[dice >> 24 & 4095]) if place.reasons else 0
        cached = int(prompt * taste.cached) if dice >> 36 > 6 else 0
        chance = luck.random()
        if for_nothing:
            ending = ENDINGS[-1]
        elif chance < USUAL:
            ending = TOOLS if chance < USUAL * taste.tools else STOP
        else:
            ending = ENDINGS[min(bisect(BOUNDS, chance) - 1, len(ENDINGS) - 1)]
        hold = 2 * place.cost(prompt, 4 * completion, 0, 0)
        latency = place.wait_ms + (prompt >> 5) + (dice >> 28 & 255)
        if ending.paid != 1.0:
            completion, reasoning = int(completion * ending.paid), int(reasoning * ending.paid)
        if ending.paid == 0.0:
            return Drawn(use, place, at_ms, ending, 0, 0, 0, 0, 0, hold, 0, latency)
        cost = place.cost(prompt, completion, reasoning, cached)
        took = latency + completion * 1000 // place.tokens_per_second
        tokens = (prompt, completion, reasoning, cached)
        return Drawn(use, place, at_ms, ending, *tokens, cost, hold, latency, took)


def _freshness(place: Place, day: int) -> float:
    """A model is tried by more and more people in its first weeks, and left for newer ones."""
    if place.released_on is None:
        return 0.3
    age = day - place.released_on.toordinal()
    if age < 0:
        return 0.0
    return min(1.0, 0.1 + age / FRESH_DAYS) * max(0.08, math.pow(0.5, age / HALF_LIFE))


def _lengths(taste: Taste, seed: int, name: str) -> tuple[list[int], list[int], list[float]]:
    luck = Random(f"{seed} {name}")

    def around(middle: int, most: int) -> list[int]:
        found = (luck.lognormvariate(math.log(middle), 0.85) for _ in range(LENGTHS))
        return [max(1, min(most, int(one))) for one in found]

    thoughts = [max(0.0, luck.uniform(-0.4, 0.75)) for _ in range(LENGTHS)]
    return around(taste.prompt, LONGEST_PROMPT), around(taste.completion, LONGEST_ANSWER), thoughts
