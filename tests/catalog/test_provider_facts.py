"""What is known of a provider, in words: what it does with what it is sent, who says so, how old
that is."""

import json
from datetime import date
from typing import Any

import pytest

from apps.catalog.countries import NAMES, country_of
from apps.catalog.models import Provider
from apps.catalog.provider_facts import CONFIDENCE, TRAINS, ZERO_RETENTION, about, told
from apps.catalog.seed import SEED

TODAY = date(2026, 11, 23)
PROVIDERS: list[dict[str, Any]] = json.loads(SEED.read_text())["providers"]


def policy(**facts: Any) -> Any:
    return told(Provider(slug="acme", name="Acme"), facts, today=TODAY)


@pytest.mark.parametrize(
    ("as_of", "shown", "age", "is_old"),
    [
        ("2026-11-20", "20 Nov 2026", "less than a month old", False),
        ("2026-09-24", "24 Sep 2026", "2 months old", False),
        ("2026-08/09", "Aug to Sep 2026", "1 month old", False),
        ("2026-08", "Aug 2026", "2 months old", False),
        ("2026-13", "2026-13", "", False),
        ("2025-autumn", "autumn 2025", "12 months old", True),
        ("2023-01-01", "1 Jan 2023", "3 years old", True),
        ("lately", "lately", "", False),
        (None, "", "", False),
    ],
)
def test_a_fact_says_how_old_it_is(as_of: str | None, shown: str, age: str, is_old: bool) -> None:
    found = policy(as_of=as_of)
    assert (found.as_of, found.age, found.is_old) == (shown, age, is_old)


def test_what_nobody_says_counts_as_the_stricter_reading() -> None:
    facts = dict(policy().facts)
    assert facts == {
        "Learns from it": "Nobody says, which counts as yes",
        "Keeps it": "Nobody says for how long",
        "Zero retention": "Nobody says",
    }
    assert policy().confidence == "no source found"


def test_every_word_of_a_policy_is_told() -> None:
    facts = dict(policy(trains="no", trains_free_tier="yes", retention_days=1, zdr="no").facts)
    assert list(facts.values()) == ["No", "Yes", "1 day", "Not offered"]
    assert dict(policy(retention_days=0).facts)["Keeps it"] == "Nothing"


def test_the_catalogue_uses_no_word_that_has_no_sentence() -> None:
    policies = [one["data_policy"] for one in PROVIDERS]
    assert {one["confidence"] for one in policies} <= set(CONFIDENCE)
    assert {one["trains"] for one in policies} <= set(TRAINS)
    assert {one["zdr"] for one in policies} <= set(ZERO_RETENTION)
    assert {one["headquarters"] for one in PROVIDERS} - {None} <= set(NAMES)
    assert (country_of("DE"), country_of("XX"), country_of(None)) == ("Germany", "XX", "")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "http://acme.example/", "//acme.example", "https://", "https://[", ""],
)
def test_only_https_is_linked(url: str) -> None:
    provider = Provider(slug="acme", name="Acme", privacy_url=url, terms_url=None, status_url=url)
    assert about(provider).links == []
    assert told(provider, {}, today=TODAY).privacy_url == ""
    provider.privacy_url = "https://acme.example/privacy"
    assert [link.words for link in about(provider).links] == ["Privacy policy"]
