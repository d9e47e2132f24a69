"""What is known of a provider in words: where it sits, what it does with what it is sent, who says
so, how sure that is and how old. Pure."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from apps.catalog.countries import country_of
from apps.catalog.data_policy import FREE, Badge, badges
from apps.catalog.models import Provider

OLD_DAYS = 183
CONFIDENCE = {
    "high": "well supported",
    "medium": "supported",
    "low": "weakly supported",
    "none": "no source found",
}
IN_HOUSE = "it runs in this house"
TRAINS = {
    "no": "No",
    "yes": "Yes",
    "opt_out": "Unless the account says no",
    "opt_in": "Only where the account agreed",
    "unknown": "Nobody says, which counts as yes",
}
ZERO_RETENTION = {
    "yes": "Offered",
    "on_request": "On request: it depends on the account",
    "configurable": "By a setting of the account",
    "no": "Not offered",
    "unknown": "Nobody says",
}
LINKS = (("privacy_url", "Privacy policy"), ("terms_url", "Terms"), ("status_url", "Status page"))
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()  # noqa: SIM905
SPAN = re.compile(r"(\d{4})-(\d\d)/(\d\d)")
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
SEASONS = {"spring": 5, "summer": 8, "autumn": 11, "winter": 2}  # the month one ends in


class Link(NamedTuple):
    words: str
    url: str


class Told(NamedTuple):
    """One data policy with where it comes from. `facts` are name and words, `age` is empty where
    nobody knows it. What stays in this house needs nobody's word."""

    provider: str
    slug: str
    badges: list[Badge]
    facts: list[tuple[str, str]]
    note: str
    source: str
    as_of: str
    age: str
    is_old: bool
    confidence: str
    privacy_url: str
    stays_home: bool = False


class About(NamedTuple):
    name: str
    slug: str
    country: str
    host: str
    links: list[Link]
    has_page: bool


def about(provider: Provider) -> About:
    links = [Link(words, _https(provider.fact(field))) for field, words in LINKS]
    return About(
        name=provider.fact("name"),
        slug=provider.slug,
        country=country_of(provider.fact("headquarters")),
        host=provider.host,
        links=[link for link in links if link.url],
        has_page=has_page(provider),
    )


def has_page(provider: Provider) -> bool:
    """A place that a household names itself is told of at its connection."""
    return provider.slug != Provider.CUSTOM


def told(
    provider: Provider, facts: Mapping[str, Any], *, today: date, variant: str | None = None
) -> Told:
    """`facts` are the provider's, or an endpoint's on top of them; `variant` is the tier that the
    badges speak of."""
    as_of, day = dated(facts.get("as_of") or "")
    days, is_demo = (today - day).days if day else 0, provider.slug == Provider.DEMO
    return Told(
        provider=provider.fact("name"),
        slug=provider.slug if has_page(provider) else "",
        badges=badges(facts, variant=variant),
        facts=_facts(facts),
        note=facts.get("note") or "",
        source=facts.get("source") or "",
        as_of=as_of,
        age=_age(days) if day else "",
        is_old=days > OLD_DAYS,
        confidence=IN_HOUSE if is_demo else CONFIDENCE.get(facts.get("confidence") or "none", ""),
        privacy_url=_https(provider.fact("privacy_url")),
        stays_home=is_demo,
    )


def free_badges(facts: Mapping[str, Any]) -> list[Badge]:
    return badges(facts, variant=FREE)


def _facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    days, free = facts.get("retention_days"), facts.get("trains_free_tier") or "unknown"
    keeps = "Nobody says for how long"
    if isinstance(days, int):
        keeps = f"{days} day{'' if days == 1 else 's'}" if days else "Nothing"
    found = [
        ("Learns from it", TRAINS.get(facts.get("trains") or "unknown", TRAINS["unknown"])),
        ("Keeps it", keeps),
        ("Zero retention", ZERO_RETENTION.get(facts.get("zdr") or "unknown", "Nobody says")),
    ]
    if free != "unknown":
        found.insert(1, ("Learns from free calls", TRAINS.get(free, TRAINS["unknown"])))
    return found


def dated(text: str) -> tuple[str, date | None]:
    """A day, a month, two months of one year, or a season, as sources date themselves: in words,
    and as the last day that can be meant."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return _dated_loosely(text)
    return f"{day.day} {day:%b %Y}", day


def _dated_loosely(text: str) -> tuple[str, date | None]:
    if found := SPAN.fullmatch(text):
        year, first, last = map(int, found.groups())
        if 1 <= first <= last <= 12:
            return f"{MONTHS[first - 1]} to {MONTHS[last - 1]} {year}", date(year, last, 28)
    year_text, _, season = text.partition("-")
    if found := MONTH.fullmatch(text):
        day = date(int(found[1]), int(found[2]), 28)
        return f"{day:%b %Y}", day
    if season in SEASONS and year_text.isdigit() and len(year_text) == 4:
        return f"{season} {year_text}", date(int(year_text), SEASONS[season], 28)
    return text, None


def _age(days: int) -> str:
    if days < 31:
        return "less than a month old"
    months = days // 30
    if months < 24:
        return f"{months} month{'' if months == 1 else 's'} old"
    return f"{months // 12} years old"


def _https(url: str | None) -> str:
    """Anything else stays unlinked."""
    try:
        place = urlsplit(url or "")
    except ValueError:
        return ""
    return url or "" if place.scheme == "https" and place.hostname else ""
