"""Six good choices for who does not know where to begin. Each is what a rule finds, and the rule is
told; where it finds nothing, nothing is shown."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from apps.catalog.filters import Around
from apps.catalog.fitting import days_old
from apps.catalog.listing import Entry, Offer
from apps.catalog.models import Provider
from apps.catalog.orders import by_age
from apps.catalog.use_cases import LONG

RECENT = 365  # days: older ones are no advice for a beginning
ESTABLISHED = 3  # providers that run it: what so many offer is no oddity
MOST_NAMED = 2
FEWEST = 2  # choices that make it worth a look


class Pick(NamedTuple):
    """`where` names the providers that are meant; empty where any will do."""

    title: str
    entry: Entry
    rule: str
    where: str = ""


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


def _is_handy(entry: Entry, around: Around) -> bool:
    can = "image" in entry.takes and "tools" in entry.abilities
    return can and "low-cost" in entry.use_cases


def _discreet_first(entry: Entry) -> Any:
    return not entry.offers[0].never_trains, *_by_day(entry)


def _silent(entry: Entry, around: Around) -> list[Offer]:
    """The endpoints that keep nothing and do not train either."""
    return [one for one in entry.offers if around.never_trains(one) and around.keeps_nothing(one)]


RULES = (
    _Rule(
        "To begin with",
        "Of the cheapest quarter, the newest that reads pictures and uses tools; one that does "
        "not train goes first.",
        _is_handy,
        _discreet_first,
    ),
    _Rule(
        "Thinks, and costs little",
        "The cheapest that thinks before it answers.",
        lambda one, _: "reasoning" in one.abilities,
        _by_price,
    ),
    _Rule(
        "Reads pictures",
        "The cheapest that takes pictures.",
        lambda one, _: "image" in one.takes,
        _by_price,
    ),
    _Rule(
        "Long documents",
        "The cheapest that reads 200,000 tokens at once.",
        lambda one, _: one.context >= LONG,
        _by_price,
    ),
)
HOME = _Rule(
    "At home",
    "The newest on a machine of this house; what you type stays here.",
    lambda one, around: (
        not around.at_home.isdisjoint(one.endpoints) and Provider.DEMO not in one.providers
    ),
    _by_day,
)
SILENT = _Rule(
    "Keeps nothing",
    "The newest at a provider that keeps nothing and does not train.",
    lambda one, around: bool(_silent(one, around)),
    _by_day,
)
FREE = _Rule(
    "Free",
    "The newest that costs nothing.",
    lambda one, _: one.is_free and Provider.DEMO not in one.providers,
    _by_day,
)


def picks(entries: Iterable[Entry], known: Mapping[str, Entry], around: Around) -> list[Pick]:
    """`known` is the whole catalogue. No model twice: what was named already gives way to the
    next."""
    given = [one for one in entries if "text" in one.makes]
    paid = [one for one in given if _is_advisable(one, known, around)]
    at_home = [one for one in given if HOME.fits(one, around)]
    private = (at_home, HOME) if at_home else (paid, SILENT)
    found: list[Pick] = []
    for among, rule in [*((paid, rule) for rule in RULES), private, (given, FREE)]:
        named = {pick.entry.slug for pick in found}
        fitting = [one for one in among if one.slug not in named and rule.fits(one, around)]
        if fitting:
            found.append(_picked(rule, min(fitting, key=rule.order), around))
    return found if len(found) >= FEWEST else []


def _picked(rule: _Rule, entry: Entry, around: Around) -> Pick:
    """What is promised of a provider is shown with its name and price, not the cheapest one's."""
    if rule is not SILENT:
        return Pick(rule.title, entry, rule.rule)
    meant = entry.narrowed(_silent(entry, around))
    names = sorted(meant.providers.values(), key=str.casefold)
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return Pick(rule.title, meant, rule.rule, f"At {', '.join(names[:MOST_NAMED])}{more}")


def _is_advisable(entry: Entry, known: Mapping[str, Entry], around: Around) -> bool:
    """Has a price, came out within a year, and runs at several providers."""
    days = days_old(entry, around.today)
    is_recent = days is not None and days <= RECENT
    whole = known.get(entry.slug, entry)
    is_established = len(whole.providers) >= ESTABLISHED
    return bool(entry.typical) and not entry.is_free and is_recent and is_established
