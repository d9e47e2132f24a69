"""What the same calls would have cost elsewhere: only where the rules allow it, only where it is
worth telling, and with figures that add up."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Endpoint
from apps.gateway.models import DismissedHint
from apps.gateway.savings.hints import Hint, hints_for
from apps.gateway.savings.reckoning import Used, highest, reckoned
from apps.gateway.snapshot import load_catalog
from apps.guardrails.models import Guardrail
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.routing.pricing import Pricing
from tests.cast import Cast, make_call, make_quarter
from tests.catalog.shelf import connect, offer

PATH = "/activity/savings/"
SLUG = "acme/one"
DEAR = {"prompt": "2", "completion": "8"}
CHEAP = {"prompt": "1", "completion": "4"}


@pytest.fixture
def dear(cast: Cast) -> Endpoint:
    """Where the house calls the model; $12 for what `spend` makes."""
    endpoint = offer(SLUG, "dear", pricing=DEAR, context_length=100_000)
    connect("dear", cast)
    return endpoint


def spend(
    cast: Cast, endpoint: Endpoint, user: User, *, key: ApiKey | None = None, **facts: Any
) -> None:
    """One call of 2 million prompt and 1 million completion tokens."""
    at = timezone.now() - timedelta(days=2, minutes=facts.pop("minutes", 0))
    known: dict[str, Any] = {
        "model": SLUG,
        "endpoint_id": endpoint.pk,
        "cost_usd": Decimal(12),
        "prompt_tokens": 2_000_000,
        "completion_tokens": 1_000_000,
        "number": facts.pop("number", 1),
        **facts,
    }
    call = make_call(cast, user, created_at=at, key_id=key.pk if key else None, **known)
    make_quarter(
        cast, user, str(call.cost_usd), at=at.replace(minute=0, second=0, microsecond=0),
        key_id=key.pk if key else 0, model=SLUG, endpoint_id=endpoint.pk, requests=1,
        project_id=call.project_id, prompt_tokens=call.prompt_tokens,
        completion_tokens=call.completion_tokens, app=str(known["number"]),
    )  # fmt: skip


def hints(user: User) -> list[Hint]:
    return hints_for(user, load_catalog(), timezone.now())[1]


def cheap(provider: str = "cheap", **facts: Any) -> Endpoint:
    known = {"pricing": CHEAP, "context_length": 4_000_000, **facts}
    return offer(SLUG, provider, **known)


def test_a_cheaper_place_is_told_with_its_arithmetic(cast: Cast, dear: Endpoint) -> None:
    cheap()
    spend(cast, dear, cast.member)
    (hint,) = hints(cast.owner)
    assert (hint.provider, hint.rival.is_connected, hint.percent) == ("Cheap", False, 50)
    assert hint.now is not None
    assert [line.number for line in hint.now.lines] == [2_000_000, 1_000_000]
    assert [line.amount for line in hint.now.lines] == [4, 8]
    assert [line.amount for line in hint.other.lines] == [2, 4]
    assert [hint.base, hint.other.usd, hint.saved] == [12, 6, 6]
    assert [len(hints(one)) for one in (cast.member, cast.viewer, cast.stranger)] == [1, 0, 0]


def test_the_lower_of_what_was_paid_and_todays_price_counts(cast: Cast, dear: Endpoint) -> None:
    cheap()
    spend(cast, dear, cast.member, cost_usd=Decimal(8))
    (hint,) = hints(cast.owner)
    assert [hint.base, hint.percent] == [8, 25]
    assert hint.prices_moved


def test_what_is_not_worth_a_thought_is_not_told(cast: Cast, dear: Endpoint) -> None:
    cheap(pricing={"prompt": "1.9", "completion": "7.5"})  # 6 % less
    spend(cast, dear, cast.member)
    assert hints(cast.owner) == []
    cheap("cheaper", pricing={"prompt": "1", "completion": "1"})
    Endpoint.objects.filter(pk=dear.pk).update(pricing={"prompt": "0.2", "completion": "0.9"})
    assert hints(cast.owner) == []


@pytest.mark.parametrize(
    "facts",
    [
        {"abilities": []},
        {"context_length": 2_999_999},
        {"pricing": {}},
        {"pricing": {"prompt": "0", "completion": "0"}},
        {"is_deprecated": True},
        {"is_listed": False},
        {"variant": "free"},
        {"output_modalities": ["image"]},
    ],
)
def test_what_would_not_answer_these_calls_is_no_rival(
    cast: Cast, dear: Endpoint, facts: dict[str, Any]
) -> None:
    Endpoint.objects.filter(pk=dear.pk).update(abilities=["tools"])
    cheap(**facts)
    spend(cast, dear, cast.member)
    assert hints(cast.owner) == []


@pytest.mark.parametrize(
    "rules",
    [
        {"zero_retention": True},
        {"no_training": True},
        {"allowed_providers": ["dear"]},
        {"denied_providers": ["cheap"]},
        {"only_at_home": True},
    ],
)
def test_rules_that_close_the_other_place_leave_nothing_to_tell(
    cast: Cast, dear: Endpoint, rules: dict[str, Any]
) -> None:
    cheap(policy={"trains": "yes"})
    spend(cast, dear, cast.member)
    assert len(hints(cast.owner)) == 1
    Guardrail.objects.create(covers=Guardrail.Covers.PROJECT, project=cast.project, **rules)
    assert hints(cast.owner) == []


def test_only_calls_whose_own_rules_allow_it_are_reckoned(cast: Cast, dear: Endpoint) -> None:
    cheap()
    strict = Project.start(name="Strict", owner=cast.owner)
    Guardrail.objects.create(
        covers=Guardrail.Covers.PROJECT, project=strict, denied_providers=["cheap"]
    )
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    gone, _ = make_key(Rules("Gone"), project=cast.project, owner=cast.member, actor=None)
    ApiKey.objects.filter(pk=gone.pk).update(revoked_at=timezone.now())
    spend(cast, dear, cast.member, key=key)
    spend(cast, dear, cast.owner, number=2, minutes=1, project_id=strict.pk)
    spend(cast, dear, cast.member, number=3, minutes=2, key=gone)
    (hint,) = hints(cast.owner)
    assert [hint.used.calls, hint.skipped, hint.saved] == [1, 2, 6]


def test_estimated_calls_are_left_out(cast: Cast, dear: Endpoint) -> None:
    cheap()
    spend(cast, dear, cast.member, is_estimated=True)
    assert hints(cast.owner) == []


def test_the_best_connected_place_is_told_beside_a_better_one_that_is_not(
    cast: Cast, dear: Endpoint
) -> None:
    cheap()
    connect("cheap", cast)
    cheap("cheaper", pricing={"prompt": "0.5", "completion": "1"})
    cheap("middle", pricing={"prompt": "1.5", "completion": "5"})
    spend(cast, dear, cast.member)
    found = [(one.provider, one.rival.is_connected) for one in hints(cast.owner)]
    assert found == [("Cheaper", False), ("Cheap", True)]


def test_what_differs_besides_the_price_is_said(cast: Cast, dear: Endpoint) -> None:
    Endpoint.objects.filter(pk=dear.pk).update(
        quantization="bf16", context_length=5_000_000, max_completion_tokens=9000
    )
    cheap(quantization="fp8", max_completion_tokens=4000, policy={"trains": "yes"})
    spend(cast, dear, cast.member)
    told = " ".join(hints(cast.owner)[0].differs)
    for words in (
        "runs at fp8 there, not bf16",
        "4,000,000 tokens at once, not 5,000,000; the longest of these calls had 3,000,000",
        "longest answer has 4,000 tokens, not 9,000",
        "keeps what it is sent",
        "may learn from what it is sent",
    ):
        assert words in told


def test_prices_by_length_or_hour_count_at_their_highest() -> None:
    pricing = Pricing.parse(
        {
            "prompt": "1",
            "completion": "4",
            "input_cache_read": "0.1",
            "overrides": [
                {"min_prompt_tokens": 1000, "prompt": "3"},
                {"utc_start": "0100", "utc_end": "0200", "completion": "2", "reasoning": "9"},
            ],
        }
    )
    assert pricing is not None
    assert highest(pricing) == {
        "prompt": Decimal(3),
        "completion": Decimal(4),
        "input_cache_read": Decimal("0.1"),
        "reasoning": Decimal(9),
    }


def test_each_kind_of_token_has_its_own_line() -> None:
    used = Used(calls=3, prompt=1000, completion=500, reasoning=200, cached=300, cache_write=100)
    prices = {
        name: Decimal(price)
        for name, price in {
            "prompt": "1", "completion": "4", "input_cache_read": "0.1", "input_cache_write": "2",
            "request": "0.5",
        }.items()
    }  # fmt: skip
    told = reckoned(prices, used)
    assert [(line.kind, line.number) for line in told.lines] == [
        ("Prompt", 600), ("Cached, read", 300), ("Cached, written", 100), ("Completion", 300),
        ("Reasoning", 200), ("Request", 3),
    ]  # fmt: skip
    assert told.usd == sum(line.amount for line in told.lines) == Decimal("1.50283")


def test_a_hint_is_put_away_by_each_for_themselves_until_it_changes(
    cast: Cast, dear: Endpoint, client: Client
) -> None:
    there = cheap()
    spend(cast, dear, cast.member)
    digest = hints(cast.member)[0].digest
    client.force_login(cast.member)
    assert b"would have cost 50 % less" in client.get(PATH).content
    client.post(f"{PATH}dismissal/", {"hint": digest})
    client.post(f"{PATH}dismissal/", {"hint": digest})
    assert DismissedHint.objects.count() == 1
    page = client.get(PATH).content
    assert b"would have cost 50" not in page and b"1 hint put away" in page
    assert b"Bring back" in client.get(f"{PATH}?show=all").content
    client.force_login(cast.owner)
    assert b"would have cost 50" in client.get(PATH).content
    Endpoint.objects.filter(pk=there.pk).update(pricing={"prompt": "1", "completion": "3"})
    client.force_login(cast.member)
    assert b"would have cost 58 % less" in client.get(PATH).content
    Endpoint.objects.filter(pk=there.pk).update(pricing=CHEAP)
    client.post(f"{PATH}return/", {"hint": digest})
    assert b"would have cost 50 % less" in client.get(PATH).content


@pytest.mark.parametrize("hint", ["", "x", "\0", "0" * 33, "<b>", "é" * 32])
def test_what_is_no_hint_is_not_put_away(cast: Cast, client: Client, hint: str) -> None:
    client.force_login(cast.member)
    for path in ("dismissal/", "return/"):
        assert client.post(f"{PATH}{path}", {"hint": hint}).status_code == 302
    assert DismissedHint.objects.count() == 0
