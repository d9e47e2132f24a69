"""One change of the catalogue in words: what was, what is. Pure."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from apps.catalog.history import What
from apps.catalog.listing import ABILITIES, short_count
from apps.catalog.models import CatalogChange
from apps.catalog.price_rows import OTHERS
from apps.catalog.refresh.sources import SOURCES
from apps.core import money
from apps.routing.pricing import Pricing

PRICES = {
    "prompt": "Prompt",
    "completion": "Completion",
    "input_cache_read": "From the cache",
    "input_cache_write": "Into the cache",
    **{name: words.capitalize() for name, words in OTHERS.items()},
}
TIERS = "Long prompts or hours of the day have other prices now"
NAMES = {**ABILITIES, "temperature": "Temperature"}


SEED = "catalogue "


class Step(NamedTuple):
    """`before` is empty where only the new value says something."""

    name: str
    before: str
    after: str


def steps(change: CatalogChange) -> list[Step]:
    """What differs, line by line; of a price, only the parts that changed."""
    if change.what == What.REPRICED:
        return list(_prices(change.before or {}, change.after or {}))
    if change.what == What.EDITED:
        return [_edit(change.field, change.before, change.after)]
    told = change.after if change.what == What.NEW else None
    return list(_prices({}, told)) if isinstance(told, dict) else []


def said_by(source: str) -> str:
    """A source as the end of a line."""
    if source in SOURCES:
        return f"says {SOURCES[source].title}"
    if source.startswith(SEED):
        return f"came with this version, as of {source.removeprefix(SEED)}"
    return f"changed {source}"


def provider_of(endpoint_key: str) -> str:
    """The slug inside `author/model@provider/tag`."""
    return endpoint_key.rpartition("@")[2].partition("/")[0]


def _prices(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Step]:
    old, new = Pricing.parse(before), Pricing.parse(after)
    was, now = (one.base if one else {} for one in (old, new))
    found = False
    for name, words in PRICES.items():
        if was.get(name) != now.get(name):
            found = True
            yield Step(words, _price(was.get(name)) if was else "", _price(now.get(name)))
    if not found and old != new:
        yield Step(TIERS, "", "")


def _price(value: Decimal | None) -> str:
    return "none of its own" if value is None else money.usd_exact(value)


def _edit(field: str, before: Any, after: Any) -> Step:
    match field:
        case "context_length":
            return Step("Context", _tokens(before), _tokens(after))
        case "max_completion_tokens":
            return Step("Longest answer", _tokens(before), _tokens(after))
        case "abilities":
            return Step("Abilities", "", _abilities(before, after))
        case "data_policy":
            return Step("What is done with what you send is told otherwise now", "", "")
        case "expires_on":
            return Step("Ends", str(before or "not known"), str(after or "not known"))
        case "is_deprecated":
            return Step("Its provider ends it soon" if after else "Its provider keeps it", "", "")
        case "open_weights":
            return Step("Weights", _weights(before), _weights(after))
        case "name":
            return Step("Name", str(before), str(after))
    return Step("Another fact changed", "", "")


def _tokens(value: Any) -> str:
    return short_count(value) if isinstance(value, int) and value else "not known"


def _abilities(before: Any, after: Any) -> str:
    old, new = (set(one) if isinstance(one, list) else set() for one in (before, after))
    gained, lost = (_named(one) for one in (new - old, old - new))
    parts = (f"now also {gained}" if gained else "", f"no longer {lost}" if lost else "")
    return "; ".join(part for part in parts if part) or "as before"


def _named(names: Iterable[str]) -> str:
    told = (NAMES.get(name, name.replace("_", " ")) for name in sorted(names))
    return ", ".join(name if name.isupper() else name.lower() for name in told)


def _weights(value: Any) -> str:
    return (
        {True: "open", False: "closed"}.get(value, "not known")
        if value is not None
        else ("not known")
    )
