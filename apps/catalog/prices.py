"""Puts together what several sources say an endpoint costs, and spells prices as they are stored.

One source sets the base; others only add keys to a base they agree with. It never averages.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from statistics import median
from typing import Any

Pricing = dict[str, Any]
"""Price key -> Decimal, and "overrides" -> list of the same with their condition."""

FREE: Pricing = {"prompt": Decimal(0), "completion": Decimal(0)}
# Further apart than this, two sources speak of different things.
APART = 5
ENOUGH_TO_COMPARE, FAR_TOO_CHEAP = 3, 20


def agree(one: Pricing, other: Pricing) -> bool:
    return all(one.get(key) == other.get(key) for key in ("prompt", "completion"))


def far_apart(one: Pricing, other: Pricing) -> bool:
    for key in ("prompt", "completion"):
        low, high = sorted((one.get(key, Decimal(0)), other.get(key, Decimal(0))))
        if high > low * APART:
            return True
    return False


def is_far_too_cheap(pricing: Pricing, usual: Sequence[Decimal]) -> bool:
    """Beside what the model's answers usually cost: a price in another unit, most likely, and one
    too low would let a call cost more than was held for it."""
    completion: Decimal = pricing["completion"]
    return len(usual) >= ENOUGH_TO_COMPARE and completion * FAR_TOO_CHEAP < median(usual)


def complete(base: Pricing, *others: Pricing | None) -> Pricing:
    """`base` and, from those that charge the same for text, the keys and tiers it lacks."""
    whole = dict(base)
    for other in others:
        if other is not None and agree(base, other):
            whole = {**other, **whole}
    return whole


def as_json(pricing: Pricing) -> dict[str, Any]:
    base = {key: value for key, value in pricing.items() if key != "overrides"}
    written: dict[str, Any] = {key: spell(base[key]) for key in sorted(base)}
    # A separate price that is the usual one is no separate price.
    if written.get("reasoning") == written["completion"]:
        del written["reasoning"]
    if overrides := [o for o in pricing.get("overrides", []) if _differs(o, base)]:
        written["overrides"] = [_override(one) for one in sorted(overrides, key=_order)]
    return written


def spell(price: Decimal) -> str:
    """No exponent, no float noise, no trailing zeros."""
    text = f"{round(price, 9):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _differs(override: Pricing, base: Pricing) -> bool:
    return any(
        value != base.get(key) for key, value in override.items() if isinstance(value, Decimal)
    )


def _override(override: Pricing) -> dict[str, Any]:
    return {
        key: spell(value) if isinstance(value, Decimal) else value
        for key, value in sorted(override.items())
    }


def _order(override: Pricing) -> tuple[str, int]:
    return override.get("utc_start", ""), override.get("min_prompt_tokens", 0)
