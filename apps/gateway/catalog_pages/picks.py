"""Six good choices for who does not know where to begin. Each is what a rule finds, and the rule is
told; where it finds nothing, nothing is shown."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, NamedTuple

from apps.catalog.filters import Around
from apps.catalog.fitting import days_old
from apps.catalog.listing import Entry, Offer
from apps.catalog.models import Provider
from apps.catalog.orders import by_age
from apps.catalog.use_cases import LONG

RECENT = 365  # days: older ones are no advice for a beginning
FEWEST = 2  # choices that make it worth a look


class Pick(NamedTuple):
    title: str
    entry: Entry
    rule: str


class _Rule(NamedTuple):
    """Of the models that fit, the first in `order`."""

    title: str
    rule: str
    fits: Callable[[Entry, Around], bool]
    order: Callable[[Entry], Any]


def _by_price(entry: Entry) -> Any:
    return entry.typical, by_age(entry), entry.slug


def _by_day(entry: Entry) -> Any:
    return by_age(entry), entry.typical or 0, entry.slug


def _can(entry: Entry, *abilities: str) -> bool:
    return entry.abilities.issuperset(abilities)


def _is_recent(entry: Entry, today: date) -> bool:
    days = days_old(entry, today)
    return days is not None and days <= RECENT


def _costs(entry: Entry, around: Around) -> bool:
    """Has a price, and is not too old to be advised."""
    return bool(entry.typical) and not entry.is_free and _is_recent(entry, around.today)


def _is_private(entry: Entry, around: Around) -> bool:
    return any(_keeps_nothing(one, around) for one in entry.offers)


def _keeps_nothing(offer: Offer, around: Around) -> bool:
    here = offer.endpoint_id
    is_silent = offer.keeps_nothing or here in around.keep_nothing
    return is_silent and (offer.never_trains or here in around.never_train)


RULES = (
    _Rule(
        "To begin with",
        "The newest in the cheapest quarter that reads pictures and can use tools.",
        lambda one, a: _costs(one, a) and "low-cost" in one.use_cases and _is_able(one),
        _by_day,
    ),
    _Rule(
        "Thinks, and costs little",
        "The cheapest of the last twelve months that thinks before it answers.",
        lambda one, a: _costs(one, a) and _can(one, "reasoning"),
        _by_price,
    ),
    _Rule(
        "Reads pictures",
        "The cheapest of the last twelve months that takes pictures.",
        lambda one, a: _costs(one, a) and "image" in one.takes,
        _by_price,
    ),
    _Rule(
        "Long documents",
        "The cheapest of the last twelve months that reads 200,000 tokens at once.",
        lambda one, a: _costs(one, a) and one.context >= LONG,
        _by_price,
    ),
    _Rule(
        "Keeps nothing",
        "The newest with a price and a provider that keeps nothing and does not train.",
        lambda one, a: _costs(one, a) and _is_private(one, a),
        _by_day,
    ),
    _Rule(
        "Free",
        "The newest that costs nothing.",
        lambda one, a: one.is_free and Provider.DEMO not in one.providers,
        _by_day,
    ),
)


def _is_able(entry: Entry) -> bool:
    return _can(entry, "tools") and "image" in entry.takes


def picks(entries: Iterable[Entry], around: Around) -> list[Pick]:
    """No model twice: what was named already gives way to the next."""
    known = [one for one in entries if "text" in one.makes]
    found: list[Pick] = []
    for title, rule, fits, order in RULES:
        named = {pick.entry.slug for pick in found}
        fitting = [one for one in known if one.slug not in named and fits(one, around)]
        if fitting:
            found.append(Pick(title, min(fitting, key=order), rule))
    return found if len(found) >= FEWEST else []
