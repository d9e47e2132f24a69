"""What is done with what a model is sent: the one judgement, for calls and pages alike. Facts of an
endpoint go before those of its provider. What is not known counts as the stricter reading: it
trains, and it keeps; nothing is promised that no source says."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from apps.catalog.models import Endpoint, Provider

FREE = "free"
# Nothing is kept only where the account asks for it: the house's own word counts, not the table's.
BY_ACCOUNT = frozenset({"on_request", "configurable", "no"})
AT_HOME, ATTESTED = "at home", "this house"


class Account(Protocol):
    """What counts of a connection, which stands above."""

    @property
    def stays_home(self) -> bool: ...
    @property
    def attested_on(self) -> date | None: ...
    @property
    def attested_note(self) -> str: ...


class Handling(NamedTuple):
    """`source` is who says so, `as_of` when, `confidence` how sure that is. `stays_home`: it leaves
    the house for nobody else."""

    keeps_nothing: bool
    may_train: bool
    stays_home: bool
    badges: "list[Badge]"
    source: str = ""
    as_of: str = ""
    confidence: str = "none"
    note: str = ""


class Badge(NamedTuple):
    """`kind` is a look of .badge, `icon` a name of the sprite or nothing."""

    words: str
    kind: str = ""
    icon: str = ""


NOTHING_KEPT = Badge("Keeps nothing", "ok", "check")
NO_TRAINING = Badge("No training")
HOME = (Badge("At home", "ok", "home"), NOTHING_KEPT, NO_TRAINING)
AGREED = (Badge("Zero retention agreed", "ok", "check"), NO_TRAINING)


def handling(endpoint: Endpoint, account: Account | None = None) -> Handling:
    """Of what is sent to this endpoint, through this account where one is meant."""
    if account is not None and _is_own_place(endpoint.provider, account):
        return Handling(True, False, True, list(HOME), AT_HOME, confidence="high")
    if account is not None and (agreed := _agreed(endpoint, account)):
        return agreed
    facts, is_free = facts_of(endpoint), endpoint.variant == FREE
    return Handling(
        keeps_nothing=_keeps_nothing(facts, is_free=is_free),
        may_train=_trains(facts, is_free=is_free) != "no",
        stays_home=False,
        badges=badges(facts, variant=endpoint.variant),
        source=facts.get("source") or "",
        as_of=facts.get("as_of") or "",
        confidence=facts.get("confidence") or "none",
        note=facts.get("note") or "",
    )


def facts_of(endpoint: Endpoint) -> dict[str, Any]:
    """The provider's, with what is known of this endpoint in their place."""
    facts: dict[str, Any] = dict(endpoint.provider.fact("data_policy"))
    own = dict(endpoint.fact("data_policy"))
    if "trains" in own:
        own.setdefault("trains_free_tier", own["trains"])
    return {**facts, **own}


def badges(policy: Mapping[str, Any], *, variant: str | None = None) -> list[Badge]:
    """The worst first: may it train, then how long it keeps."""
    is_free = variant == FREE
    trains, days = _trains(policy, is_free=is_free), policy.get("retention_days")
    found = [] if trains == "no" else [_training(trains)]
    if _keeps_nothing(policy, is_free=is_free):
        found.append(NOTHING_KEPT)
    elif isinstance(days, int) and days > 0:
        found.append(Badge(f"Keeps {days} day{'' if days == 1 else 's'}", "on", "clock"))
    elif days == 0 and not is_free and policy.get("zdr") != "no":
        found.append(Badge("Keeps nothing if your account says so", "on", "clock"))
    elif trains == "no":
        found.append(Badge("Keeps, no end stated"))
    if trains == "no":
        found.append(NO_TRAINING)
    return found


def _is_own_place(provider: Provider, account: Account) -> bool:
    """A company's model stays a company's wherever its address leads: its facts go on counting."""
    is_custom_at_home = provider.slug == Provider.CUSTOM and account.stays_home
    return provider.slug == Provider.DEMO or is_custom_at_home


def _agreed(endpoint: Endpoint, account: Account) -> Handling | None:
    """What the household says of its account. It does not speak for a free tier, nor for a model
    that stands outside of any agreement."""
    is_outside = endpoint.fact("data_policy").get("zdr") == "no"
    if account.attested_on is None or endpoint.variant == FREE or is_outside:
        return None
    day = account.attested_on.isoformat()
    return Handling(
        True, False, False, list(AGREED), ATTESTED, day, "attested", account.attested_note
    )


def _trains(facts: Mapping[str, Any], *, is_free: bool) -> str:
    """A free tier has a word of its own, and none unless somebody says so."""
    return facts.get("trains_free_tier" if is_free else "trains") or "unknown"


def _keeps_nothing(facts: Mapping[str, Any], *, is_free: bool) -> bool:
    """What a free tier may learn from, it has kept."""
    if is_free and _trains(facts, is_free=True) != "no":
        return False
    return facts.get("retention_days") == 0 and facts.get("zdr") not in BY_ACCOUNT


def _training(trains: str) -> Badge:
    words = "Trains on chats" if trains == "yes" else "May train"
    return Badge(words, "care", "alert")
