"""What is done with what a model is sent: an endpoint's facts before its provider's, what nobody
knows read strictly, and what the household itself knows of its account."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from apps.catalog.data_policy import Handling, facts_of, handling
from apps.catalog.models import Endpoint, Provider
from apps.catalog.seed import SEED

KEEPS, NOTHING = False, True
GOOD = {"trains": "no", "retention_days": 0, "zdr": "yes"}
AGREED = date(2026, 5, 3)


@dataclass(frozen=True)
class An:
    """An account, as a connection tells of it."""

    stays_home: bool = False
    attested_on: date | None = None
    attested_note: str = ""


def endpoint(
    provider: dict[str, Any] | None = None,
    own: dict[str, Any] | None = None,
    *,
    slug: str = "acme",
    variant: str | None = None,
    overrides: dict[str, Any] | None = None,
) -> Endpoint:
    runs_at = Provider(slug=slug, name=slug.title(), data_policy=provider or {})
    return Endpoint(
        provider=runs_at,
        data_policy=own or {},
        variant=variant,
        overrides={"data_policy": overrides} if overrides else {},
    )


def told(one: Handling) -> tuple[bool, bool]:
    return one.keeps_nothing, one.may_train


@pytest.mark.parametrize(
    ("provider", "own", "variant", "expected"),
    [
        # unknown means that it trains and keeps
        ({}, {}, None, (KEEPS, True)),
        ({"trains": None, "retention_days": None}, {}, None, (KEEPS, True)),
        ({"trains": "unknown", "retention_days": 0}, {}, None, (NOTHING, True)),
        ({"trains": "opt_out", "retention_days": 0}, {}, None, (NOTHING, True)),
        ({"trains": "opt_in", "retention_days": 30}, {}, None, (KEEPS, True)),
        # not to train is not to keep
        ({"trains": "no"}, {}, None, (KEEPS, False)),
        ({"trains": "no", "retention_days": 30}, {}, None, (KEEPS, False)),
        (GOOD, {}, None, (NOTHING, False)),
        # what an account must ask for is not so by itself
        ({**GOOD, "zdr": "configurable"}, {}, None, (KEEPS, False)),
        ({**GOOD, "zdr": "on_request"}, {}, None, (KEEPS, False)),
        ({**GOOD, "zdr": "unknown"}, {}, None, (NOTHING, False)),
        # free tiers have a word of their own
        (GOOD, {}, "free", (KEEPS, True)),
        ({**GOOD, "trains_free_tier": "yes"}, {}, "free", (KEEPS, True)),
        ({**GOOD, "trains_free_tier": "no"}, {}, "free", (NOTHING, False)),
        ({"trains": "yes", "trains_free_tier": "no"}, {}, "free", (KEEPS, False)),
        # one endpoint may differ from its provider, either way
        (GOOD, {"retention_days": 30}, None, (KEEPS, False)),
        (GOOD, {"trains": "yes"}, None, (NOTHING, True)),
        ({"trains": "yes"}, GOOD, None, (NOTHING, False)),
        (GOOD, {"trains": "no"}, "free", (NOTHING, False)),
        ({**GOOD, "trains_free_tier": "no"}, {"trains": "yes"}, "free", (KEEPS, True)),
    ],
)
def test_facts_are_read_strictly(
    provider: dict[str, Any], own: dict[str, Any], variant: str | None, expected: tuple[bool, bool]
) -> None:
    assert told(handling(endpoint(provider, own, variant=variant))) == expected
    assert told(handling(endpoint(provider, own, variant=variant), An())) == expected


def test_an_admins_facts_go_before_those_of_the_catalogue() -> None:
    assert told(handling(endpoint(GOOD, overrides={"retention_days": 30}))) == (KEEPS, False)
    mended = endpoint({"trains": "yes"})
    mended.provider.overrides = {"data_policy": GOOD}
    assert told(handling(mended)) == (NOTHING, False)


def test_an_endpoints_facts_come_with_their_own_source() -> None:
    one = endpoint({**GOOD, "source": "Its terms", "as_of": "2026"}, {"source": "Its card"})
    assert facts_of(one)["source"] == "Its card"
    found = handling(one)
    assert (found.source, found.as_of, found.confidence) == ("Its card", "2026", "none")


@pytest.mark.parametrize(
    ("slug", "account", "expected"),
    [
        ("custom", An(stays_home=True), (NOTHING, False)),
        ("custom", An(), (KEEPS, True)),
        # a company's model keeps the company's facts wherever its address leads
        ("acme", An(stays_home=True), (KEEPS, True)),
        ("gatehouse", An(), (NOTHING, False)),
        ("acme", An(attested_on=AGREED), (NOTHING, False)),
        ("custom", An(attested_on=AGREED), (NOTHING, False)),
    ],
)
def test_what_the_house_knows_of_its_account(
    slug: str, account: An, expected: tuple[bool, bool]
) -> None:
    assert told(handling(endpoint(slug=slug), account)) == expected


def test_what_was_agreed_is_told_with_its_day_and_not_for_free_tiers() -> None:
    account = An(attested_on=AGREED, attested_note="Contract, section 4")
    found = handling(endpoint({"trains": "yes"}), account)
    assert (found.source, found.as_of, found.note) == (
        "this house",
        "2026-05-03",
        "Contract, section 4",
    )
    assert [badge.words for badge in found.badges] == ["Zero retention agreed", "No training"]
    free = handling(endpoint({"trains": "no"}, variant="free"), account)
    assert told(free) == (KEEPS, True)


def test_a_model_may_stand_outside_of_any_agreement() -> None:
    account = An(attested_on=AGREED)
    assert told(handling(endpoint(GOOD, {"zdr": "no"}), account)) == (KEEPS, False)
    assert told(handling(endpoint({**GOOD, "zdr": "no"}), account)) == (NOTHING, False)
    words = [badge.words for badge in handling(endpoint(GOOD, {"zdr": "no"})).badges]
    assert words == ["Keeps, no end stated", "No training"]


def test_the_seeds_openrouter_keeps_by_itself(catalog_seed: dict[str, Any]) -> None:
    """Its own facts say that it depends on the account and on who stands behind it: it counts as
    keeping nothing only where the household says so, and is told to choose such providers then."""
    (facts,) = [one for one in catalog_seed["providers"] if one["slug"] == "openrouter"]
    router = endpoint(facts["data_policy"], slug="openrouter")
    assert told(handling(router)) == (KEEPS, True)
    assert told(handling(router, An(attested_on=AGREED))) == (NOTHING, False)


@pytest.fixture
def catalog_seed() -> dict[str, Any]:
    return dict(json.loads(SEED.read_bytes()))
