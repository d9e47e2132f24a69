"""What a provider does with what it is sent, as badges and as a line with its source. What is not
known counts as the stricter reading; nothing is promised that no source says."""

from collections.abc import Mapping
from typing import Any, NamedTuple

FREE = "free"


class Badge(NamedTuple):
    """`kind` is a look of .badge, `icon` a name of the sprite or nothing."""

    words: str
    kind: str = ""
    icon: str = ""


class Told(NamedTuple):
    """Where the badges of one provider come from."""

    provider: str
    badges: list[Badge]
    note: str
    source: str
    as_of: str
    privacy_url: str


def badges(policy: Mapping[str, Any], *, variant: str | None = None) -> list[Badge]:
    """The worst first: may it train, then how long it keeps."""
    trains = policy.get("trains_free_tier" if variant == FREE else "trains") or "unknown"
    days = policy.get("retention_days")
    found = [] if trains == "no" else [_training(trains)]
    if days == 0:
        found.append(Badge("Keeps nothing", "ok", "check"))
    elif isinstance(days, int):
        found.append(Badge(f"Keeps {days} day{'' if days == 1 else 's'}", "on", "clock"))
    elif trains == "no":
        found.append(Badge("Keeps, no end stated"))
    if trains == "no":
        found.append(Badge("No training"))
    return found


def told(name: str, policy: Mapping[str, Any], *, privacy_url: str | None) -> Told:
    return Told(
        provider=name,
        badges=badges(policy),
        note=policy.get("note") or "",
        source=policy.get("source") or "",
        as_of=policy.get("as_of") or "",
        privacy_url=privacy_url if (privacy_url or "").startswith("https://") else "",  # type: ignore[arg-type]
    )


def _training(trains: str) -> Badge:
    words = "Trains on chats" if trains == "yes" else "May train"
    return Badge(words, "care", "alert")
