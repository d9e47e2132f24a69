"""Which candidates a call may use, by which rule the others leave, and the order of the rest."""

from decimal import Decimal
from typing import Any

import pytest

from apps.routing import picker, policy
from apps.routing.picker import Health
from apps.routing.types import Candidate, Dropped, Policy
from tests.routing.making import a_call, a_candidate

FREE = {"prices": {}, "is_free": True}
FREE_VARIANT = {**FREE, "model": "test/one:free", "variant": "free"}
UNPRICED = {"prices": {}}
DEARER_WHEN_LONG = {
    "prices": {
        "prompt": "1.5",
        "completion": "6",
        "overrides": [{"min_prompt_tokens": 1000, "prompt": "3"}],
    }
}
OPEN = Policy()


def rule_against(
    candidate: Candidate, rules: Policy = OPEN, wish: dict[str, Any] | None = None, **fields: Any
) -> str | None:
    call = a_call(**fields, **({"provider": wish} if wish else {}))
    passed, dropped = policy.sift((candidate,), call, rules)
    assert len(passed) + len(dropped) == 1
    return dropped[0].rule if dropped else None


@pytest.mark.parametrize(
    ("facts", "rules", "rule"),
    [
        ({}, {}, None),
        ({}, {"zero_retention": True}, "data_policy:zdr"),
        ({"keeps_nothing": True}, {"zero_retention": True}, None),
        ({"may_train": True}, {"no_training": True}, "data_policy:training"),
        ({"may_train": True}, {}, None),
        ({}, {"allowed_models": frozenset({"other/one"})}, "allowed_models"),
        ({}, {"allowed_models": frozenset({"test/one"})}, None),
        ({}, {"denied_models": frozenset({"test/one"})}, "denied_models"),
        ({}, {"denied_models": frozenset({"test/two"})}, None),
        (FREE_VARIANT, {"denied_models": frozenset({"test/one"})}, "denied_models"),
        (FREE_VARIANT, {"denied_models": frozenset({"test/one:free"})}, "denied_models"),
        ({}, {"denied_models": frozenset({"test/one:free"})}, None),
        (FREE_VARIANT, {"allowed_models": frozenset({"test/one"})}, "allowed_models"),
        ({}, {"allowed_providers": frozenset({"other"})}, "allowed_providers"),
        ({}, {"denied_providers": frozenset({"custom"})}, "denied_providers"),
        ({}, {"denied_providers": frozenset({"other"})}, None),
        ({}, {"only_free": True}, "only_free"),
        (FREE, {"only_free": True}, None),
        ({}, {"only_at_home": True}, "only_at_home"),
        ({"is_at_home": True}, {"only_at_home": True}, "only_at_home"),
        ({"stays_home": True}, {"only_at_home": True}, None),
        ({}, {"max_prompt_price": Decimal("1.4")}, "price_limit"),
        ({}, {"max_prompt_price": Decimal("1.5")}, None),
        ({}, {"max_completion_price": Decimal(5)}, "price_limit"),
        ({}, {"max_prompt_price": Decimal(2), "max_completion_price": Decimal(6)}, None),
        (DEARER_WHEN_LONG, {"max_prompt_price": Decimal(2)}, "price_limit"),
        (DEARER_WHEN_LONG, {"max_completion_price": Decimal(6)}, None),
        (UNPRICED, {"max_prompt_price": Decimal(1000)}, "price_limit"),
        (FREE, {"max_prompt_price": Decimal(0)}, None),
        ({"prices": {"prompt": "0", "completion": "0"}}, {"max_prompt_price": Decimal(0)}, None),
        ({}, {"max_prompt_price": Decimal(0)}, "price_limit"),
    ],
)
def test_what_a_project_allows(
    facts: dict[str, Any], rules: dict[str, Any], rule: str | None
) -> None:
    assert rule_against(a_candidate(**facts), Policy(**rules)) == rule


@pytest.mark.parametrize(
    ("facts", "wish", "rule"),
    [
        ({}, {"only": ["custom"]}, None),
        ({}, {"only": ["other"]}, "allowed_providers"),
        ({"endpoint": "test/one@custom/fast"}, {"only": ["custom/fast"]}, None),
        ({"endpoint": "test/one@custom/slow"}, {"only": ["custom/fast"]}, "allowed_providers"),
        ({}, {"ignore": ["custom"]}, "allowed_providers"),
        ({}, {"ignore": ["other"]}, None),
        ({}, {"order": ["other"]}, None),
        ({}, {"order": ["other"], "allow_fallbacks": False}, "allowed_providers"),
        ({}, {"zdr": True}, "data_policy:zdr"),
        ({"may_train": True}, {"data_collection": "deny"}, "data_policy:training"),
        ({}, {"quantizations": ["fp8"]}, "quantization"),
        ({"quantization": "fp8"}, {"quantizations": ["fp8"]}, None),
        ({}, {"max_price": {"prompt": 1}}, "max_price"),
        ({}, {"max_price": {"prompt": 1.5, "completion": 6}}, None),
        ({"prices": {}}, {"max_price": {"prompt": 1.5}}, "max_price"),
        (FREE, {"max_price": {"prompt": 0}}, None),
    ],
)
def test_what_a_caller_wishes(
    facts: dict[str, Any], wish: dict[str, Any], rule: str | None
) -> None:
    assert rule_against(a_candidate(**facts), wish=wish) == rule


@pytest.mark.parametrize(
    ("prices", "fields", "rule"),
    [
        ({"prompt": "1", "completion": "1"}, {"web_search_options": {}}, "unpriced:web_search"),
        ({}, {"web_search_options": {}}, "unpriced:web_search"),
        (
            {"prompt": "1", "completion": "1", "web_search": "0.01"},
            {"web_search_options": {}},
            None,
        ),
        ({"prompt": "1", "completion": "1"}, {"service_tier": "priority"}, "unpriced:service_tier"),
        ({"prompt": "1", "completion": "1"}, {"service_tier": "auto"}, None),
        ({"prompt": "1", "completion": "1"}, {"modalities": ["audio"]}, "unpriced:image_output"),
    ],
)
def test_what_costs_extra_needs_a_price(
    prices: dict[str, str], fields: dict[str, Any], rule: str | None
) -> None:
    assert rule_against(a_candidate(prices=prices), **fields) == rule


def test_a_caller_may_ask_for_every_parameter() -> None:
    wish = {"require_parameters": True}
    tools = [{"type": "function", "function": {"name": "f"}}]
    assert rule_against(a_candidate(), wish=wish, tools=tools) is None
    assert rule_against(a_candidate(abilities=frozenset()), wish=wish, tools=tools) == (
        "require_parameters"
    )


def test_nothing_left_says_by_which_rules() -> None:
    _, dropped = policy.sift((a_candidate(),), a_call(provider={"zdr": True}), OPEN)
    refusal = policy.nothing_left("test/one", dropped)
    assert refusal.status == 404
    assert refusal.availability is not None
    assert refusal.availability["code"] == "privacy_restricted"
    assert refusal.availability["excluded_by"] == ["data_policy:zdr"]


@pytest.mark.parametrize(
    ("rules", "code", "excluded_by"),
    [
        ({"no_training": True}, "privacy_restricted", "data_policy:training"),
        ({"only_free": True}, "constraint_filtered", "max_price"),
        ({"max_prompt_price": Decimal(1)}, "constraint_filtered", "max_price"),
        ({"only_at_home": True}, "constraint_filtered", "allowed_providers"),
        ({"denied_providers": frozenset({"custom"})}, "constraint_filtered", "allowed_providers"),
        ({"denied_models": frozenset({"test/one"})}, "constraint_filtered", "allowed_models"),
    ],
)
def test_a_refusal_speaks_as_clients_of_openrouter_know_it(
    rules: dict[str, Any], code: str, excluded_by: str
) -> None:
    _, dropped = policy.sift((a_candidate(may_train=True),), a_call(), Policy(**rules))
    availability = policy.nothing_left("test/one", dropped).availability
    assert availability is not None
    assert (availability["code"], availability["excluded_by"]) == (code, [excluded_by])


def test_every_rule_has_its_words() -> None:
    assert set(policy.EXCLUDED_BY) <= set(policy.WORDS)
    dropped = [Dropped(a_candidate(), rule) for rule in ("denied_models", "only_at_home")]
    assert policy.nothing_left("test/one", dropped).message == (
        "No endpoint of test/one is left for this call: it is among the models that are closed "
        "here; it does not run at home."
    )


@pytest.mark.parametrize(
    ("rules", "wish", "expected"),
    [
        ({}, None, (False, False)),
        ({"zero_retention": True}, None, (True, False)),
        ({"no_training": True}, None, (False, True)),
        ({"no_training": True}, {"zdr": True}, (True, True)),
        ({}, {"zdr": True, "data_collection": "deny"}, (True, True)),
        ({"zero_retention": True}, {"zdr": False, "data_collection": "allow"}, (True, False)),
    ],
)
def test_a_policy_only_tightens_what_a_caller_wishes(
    rules: dict[str, Any], wish: dict[str, Any] | None, expected: tuple[bool, bool]
) -> None:
    call = a_call(**({"provider": wish} if wish else {}))
    tight = policy.tightened(call, Policy(**rules))
    assert (tight.wish.zdr, tight.wish.deny_training) == expected
    assert tight.wish.order == call.wish.order and tight.document is call.document


def test_a_call_that_demands_as_much_already_stays_what_it_is() -> None:
    wishes = {"zdr": True, "ignore": ["dear", "cheap"]}
    call = a_call(provider=wishes)
    rules = Policy(zero_retention=True, denied_providers=frozenset({"cheap"}))
    assert policy.tightened(call, rules) is call
    wider = policy.tightened(call, Policy(denied_providers=frozenset({"new"})))
    assert wider.wish.ignore == ("dear", "cheap", "new")


def test_a_field_without_a_price_is_a_bad_request() -> None:
    _, dropped = policy.sift((a_candidate(),), a_call(web_search_options={}), OPEN)
    assert policy.nothing_left("test/one", dropped).status == 400


# --- order ---

CHEAP = a_candidate(1, provider="cheap", prices={"prompt": "1", "completion": "1"})
DEAR = a_candidate(2, provider="dear", prices={"prompt": "9", "completion": "9"})
UNKNOWN = a_candidate(3, provider="unknown", prices={})
GRATIS = a_candidate(4, provider="gratis", **FREE)
EVERYONE = [UNKNOWN, DEAR, CHEAP, GRATIS]
SLOW, QUICK = (
    Health(latency_ms=900.0, tokens_per_second=5.0),
    Health(latency_ms=90.0, tokens_per_second=80.0),
)


def names(
    health: dict[int, Health],
    wish: dict[str, Any] | None = None,
    *,
    sort: str = "",
    now: float = 0.0,
) -> str:
    call = a_call(provider=wish) if wish else a_call()
    ordered = picker.order(EVERYONE, call, health, now=now, sort=sort)
    return " ".join(candidate.provider for candidate in ordered)


@pytest.mark.parametrize(
    ("sort", "wish", "expected"),
    [
        ("", {}, "gratis cheap dear unknown"),
        ("price", {}, "gratis cheap dear unknown"),
        ("latency", {}, "dear cheap gratis unknown"),
        ("throughput", {}, "dear cheap gratis unknown"),
        ("", {"sort": "latency"}, "dear cheap gratis unknown"),
        ("", {"order": ["unknown", "dear"]}, "unknown dear gratis cheap"),
        ("latency", {"order": ["unknown"]}, "unknown dear cheap gratis"),
    ],
)
def test_order(sort: str, wish: dict[str, Any], expected: str) -> None:
    assert names({1: SLOW, 2: QUICK}, wish, sort=sort) == expected


def test_three_failures_within_half_a_minute_put_an_endpoint_last() -> None:
    health = Health()
    for moment in (0.0, 10.0):
        health.failed(moment)
    assert names({4: health}, now=11.0).startswith("gratis")
    health.failed(30.0)
    assert names({4: health}, now=30.0).endswith("gratis")
    assert names({4: health}, now=30.1).startswith("gratis")


def test_a_good_answer_forgives() -> None:
    health = Health()
    for moment in (1.0, 2.0, 3.0):
        health.failed(moment)
    health.answered(100.0, None)
    assert not health.is_troubled(4.0)


def test_a_limited_endpoint_is_last_until_it_may_be_asked_again() -> None:
    health = Health()
    health.rest(7.0)
    health.rest(3.0)
    assert names({4: health}, now=6.9).endswith("gratis")
    assert names({4: health}, now=7.0).startswith("gratis")
    assert names({4: health}, {"order": ["gratis"]}, now=6.9).endswith("gratis")
