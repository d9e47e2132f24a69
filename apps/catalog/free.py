"""What a free endpoint costs besides money: its caveats in words, the terms somebody accepts before
the first use, and the limits its provider is known to set. Pure."""

import hashlib
import json
from datetime import date
from typing import NamedTuple

from apps.catalog.data_policy import FREE, Account, facts_of, handling
from apps.catalog.models import Endpoint
from apps.catalog.provider_facts import dated

BOARD = "Do not type what you would not pin to a public notice board."


class KnownLimits(NamedTuple):
    """Free calls one account of a provider may make. `bought`: a day's, for accounts that once paid
    for credit. `zone` is where its day begins; empty where nobody knows, then the household's."""

    per_minute: int | None = None
    per_day: int | None = None
    bought: int | None = None
    zone: str = ""
    source: str = ""
    as_of: str = ""


NO_LIMITS = KnownLimits()
# By provider. Each names who says so: what nobody says is not guessed.
KNOWN = {
    "openrouter": KnownLimits(
        per_minute=20,
        per_day=50,
        bought=1000,
        zone="UTC",
        source="OpenRouter’s documentation of its limits",
        as_of="2026-08",
    ),
}


class Caveat(NamedTuple):
    """`icon` is a name of the sprite."""

    title: str
    words: str
    icon: str


def is_free_variant(endpoint: Endpoint) -> bool:
    """By the catalogue's own list: a price of zero alone says nothing."""
    return endpoint.variant == FREE


def has_ended(endpoint: Endpoint, today: date) -> bool:
    """A free endpoint that is only deprecated is gone for us: it may start to cost at any time."""
    ends = endpoint.fact("expires_on")
    is_over = ends is not None and ends < today
    return is_over or (is_free_variant(endpoint) and bool(endpoint.fact("is_deprecated")))


def terms_of(endpoint: Endpoint, account: Account | None = None) -> str:
    """The digest of what is accepted before the first use; empty where nothing has to be. It
    changes with what the provider does, not with who says so or when."""
    if not is_free_variant(endpoint) or not handling(endpoint, account).may_train:
        return ""
    facts = facts_of(endpoint)
    found = (facts.get(name) for name in ("trains_free_tier", "retention_days", "zdr"))
    counted = ["unknown" if one is None else str(one) for one in found]
    told = json.dumps([endpoint.provider.slug, *counted])
    return hashlib.blake2b(told.encode(), digest_size=12).hexdigest()


def known_limits(provider: str) -> KnownLimits:
    return KNOWN.get(provider, NO_LIMITS)


def caveats(endpoint: Endpoint, account: Account | None = None) -> list[Caveat]:
    """The worst first; none for what is not a free endpoint."""
    if not is_free_variant(endpoint):
        return []
    found = [_training(endpoint)] if handling(endpoint, account).may_train else []
    ends = endpoint.fact("expires_on")
    words = f"It ends on {ends.day} {ends:%b %Y}." if ends else "Its provider may end it any day."
    return [
        *found,
        Caveat("It is rationed", limits_in_words(endpoint.provider.slug), "clock"),
        Caveat("It may vanish", f"{words} Calls then say what to use instead.", "x"),
    ]


def limits_in_words(provider: str) -> str:
    known = known_limits(provider)
    if known.per_day is None:
        return "Its provider allows only so many calls, and does not say how many."
    bought = f" ({known.bought:,} once it has paid for credit)" if known.bought else ""
    minute = f"{known.per_minute} calls a minute and " if known.per_minute else ""
    return (
        f"An account gets {minute}{known.per_day:,} a day{bought}, shared by everybody in this "
        f"house. Source: {known.source}, {dated(known.as_of)[0]}."
    )


def _training(endpoint: Endpoint) -> Caveat:
    """A free tier has a word of its own in the facts, and counts as training without one."""
    is_told = facts_of(endpoint).get("trains_free_tier") == "yes"
    who = endpoint.provider.name
    verb = "learns" if is_told else "may learn"
    words = f"{who} {verb} from what is typed, and so may whoever it hands it on to."
    return Caveat("It may be read", f"{words} {BOARD}", "alert")
