"""How the prices of a model's endpoints went, in words and as a small line. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from apps.catalog.history import PricePoint
from apps.core import money
from apps.routing.pricing import Pricing

WIDTH, HEIGHT, EDGE = 240, 40, 3
NAMES = {"prompt": "prompt", "completion": "completion", "input_cache_read": "cached"}
MOST_STEPS = 8


class Step(NamedTuple):
    """`since` is None for what was so before anything was recorded; `way` is “cheaper” or
    “dearer” for a typical chat, or empty."""

    since: datetime | None
    words: str
    way: str


class Story(NamedTuple):
    """Of one endpoint, the newest step first. `line` is path data in a box of 240 by 40."""

    place: str
    steps: list[Step]
    line: str


def stories(
    points: Mapping[str, Sequence[PricePoint]], names: Mapping[str, str], *, now: datetime
) -> list[Story]:
    """`points` by endpoint, of which only those tell something that had more than one price."""
    told = [
        Story(names[key], _steps(each)[::-1][:MOST_STEPS], _line(each, now))
        for key, each in points.items()
        if key in names and len(each) > 1
    ]
    return sorted(told, key=lambda one: one.steps[0].since or now, reverse=True)


def _steps(points: Sequence[PricePoint]) -> list[Step]:
    steps, before = [], None
    for point in points:
        pricing = Pricing.parse(point.pricing)
        steps.append(Step(point.since, _words(pricing, before), _way(pricing, before)))
        before = pricing
    return steps


def _words(now: Pricing | None, before: Pricing | None) -> str:
    if now is None:
        return "price not known"
    parts = [
        f"{words} {money.usd_exact(now.base[name])}"
        for name, words in NAMES.items()
        if name in now.base and (before is None or before.base.get(name) != now.base[name])
    ]
    if before is not None and before.overrides != now.overrides:
        parts.append("other prices for long prompts or certain hours")
    return ", ".join(parts) or "other prices beside these"


def _way(now: Pricing | None, before: Pricing | None) -> str:
    if now is None or before is None or now.typical == before.typical:
        return ""
    return "cheaper" if now.typical < before.typical else "dearer"


def _line(points: Sequence[PricePoint], now: datetime) -> str:
    """A staircase of what a typical chat cost; what is not known is a gap."""
    costs = [pricing.typical if (pricing := Pricing.parse(p.pricing)) else None for p in points]
    most = max((cost for cost in costs if cost is not None), default=Decimal(0)) or Decimal(1)
    edges = [*_places([point.since for point in points], now), WIDTH]
    path, is_drawn = "", False
    for at, cost in enumerate(costs):
        if cost is None:
            is_drawn = False
            continue
        y = HEIGHT - EDGE - round(float(cost / most) * (HEIGHT - 2 * EDGE), 1)
        path += f"V{y}" if is_drawn else f"M{edges[at]} {y}"
        path += f"H{edges[at + 1]}"
        is_drawn = True
    return path


def _places(moments: Iterable[datetime | None], now: datetime) -> list[float]:
    """The first begins at the left edge, whenever it was; now is at the right."""
    known = list(moments)
    dated = [moment for moment in known if moment is not None]
    first = dated[0] if dated else now
    if known and known[0] is None and dated:
        first -= max((now - first) / 4, timedelta(days=1))  # so that what was before is seen
    whole = (now - first).total_seconds() or 1.0
    return [0 if at is None else _share((at - first).total_seconds() / whole) for at in known]


def _share(part: float) -> float:
    return round(WIDTH * min(max(part, 0.0), 1.0), 1)
