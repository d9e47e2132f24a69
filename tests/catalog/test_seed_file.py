"""What the packaged catalogue promises: enough of everything, whole, well-formed, without noise."""

import json
import re
from collections import Counter
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import Any

import pytest

from apps.catalog.seed import SEED
from apps.routing.pricing import Pricing
from tools.seed.exceptions import policy_of

SLUG = re.compile(r"[a-z0-9][a-z0-9.-]*")
PRICE = re.compile(r"0|[1-9]\d*|(0|[1-9]\d*)\.\d{0,8}[1-9]")
MODALITIES = {"text", "image", "audio", "video", "file"}
ABILITIES = {"tools", "reasoning", "structured_outputs", "temperature"}
CONDITIONS = {"min_prompt_tokens", "utc_start", "utc_end"}
PRICE_KEYS = {
    "prompt", "completion", "reasoning", "input_cache_read", "input_cache_write",
    "input_cache_write_1h", "audio", "audio_output", "image_output", "web_search", "request",
}  # fmt: skip


@pytest.fixture(scope="module")
def seed() -> dict[str, Any]:
    return json.loads(SEED.read_bytes())


def test_there_is_enough_of_everything(seed: dict[str, Any]) -> None:
    models = {one["model"] for one in seed["endpoints"]}
    providers = {one["provider"] for one in seed["endpoints"]}
    assert len(models) >= 600
    assert len(seed["endpoints"]) >= 1800
    assert len(providers) >= 50


def test_every_name_is_given_once_and_known(seed: dict[str, Any]) -> None:
    slugs = {
        name: [one["slug"] for one in seed[name]] for name in ("authors", "providers", "models")
    }
    keys = [one["key"] for one in seed["endpoints"]]
    for names in (*slugs.values(), keys):
        assert [name for name, count in Counter(names).items() if count > 1] == []
        assert names == sorted(names)
    assert {one["author"] for one in seed["models"]} == set(slugs["authors"])
    assert {one["model"] for one in seed["endpoints"]} == set(slugs["models"])
    assert {one["provider"] for one in seed["endpoints"]} <= set(slugs["providers"])


def test_no_two_models_of_one_author_share_a_name(seed: dict[str, Any]) -> None:
    names = Counter((one["author"], one["name"]) for one in seed["models"])
    assert [name for name, count in names.items() if count > 1] == []


def test_slugs_are_well_formed(seed: dict[str, Any]) -> None:
    for one in chain(seed["authors"], seed["providers"]):
        assert SLUG.fullmatch(one["slug"]), one["slug"]
    for model in seed["models"]:
        author, name = model["slug"].split("/")
        assert author == model["author"]
        assert SLUG.fullmatch(name), model["slug"]
    for one in seed["endpoints"]:
        end = f"/{one['tag']}" if one["tag"] else ""
        assert one["key"] == f"{one['model']}@{one['provider']}{end}"


def test_every_model_says_what_it_takes_and_gives(seed: dict[str, Any]) -> None:
    for one in chain(seed["models"], seed["endpoints"]):
        assert one["context_length"] > 0
        assert "text" in one["output_modalities"]
        assert set(one["input_modalities"]) and set(one["input_modalities"]) <= MODALITIES
        assert set(one["output_modalities"]) <= MODALITIES
        assert set(one["abilities"]) <= ABILITIES
    for model in seed["models"]:
        assert model["name"].strip() == model["name"] != ""


def test_the_largest_context_is_never_below_the_endpoints_own(seed: dict[str, Any]) -> None:
    for one in seed["endpoints"]:
        assert one["largest_context_length"] >= one["context_length"]


def test_every_endpoint_has_prices_without_noise(seed: dict[str, Any]) -> None:
    for one in seed["endpoints"]:
        overrides = one["pricing"].get("overrides", [])
        assert {"prompt", "completion"} <= set(one["pricing"])
        for row in (one["pricing"], *overrides):
            prices = {k: v for k, v in row.items() if k not in CONDITIONS | {"overrides"}}
            assert set(prices) <= PRICE_KEYS, one["key"]
            assert all(PRICE.fullmatch(price) for price in prices.values()), (one["key"], prices)
            assert max(map(Decimal, prices.values())) < 10_000, one["key"]
        assert all(CONDITIONS & set(row) for row in overrides), one["key"]
        assert Pricing.parse(one["pricing"]) is not None


def test_only_listed_endpoints_are_free(seed: dict[str, Any]) -> None:
    for one in seed["endpoints"]:
        costs = Decimal(one["pricing"]["prompt"]) + Decimal(one["pricing"]["completion"])
        assert (costs == 0) == (one["variant"] == "free"), one["key"]
        if one["variant"]:
            assert one["tag"] == "free" or one["tag"].endswith("-free"), one["key"]


def test_long_prompts_and_hours_cost_what_the_provider_says(seed: dict[str, Any]) -> None:
    pricing = {one["key"]: one["pricing"] for one in seed["endpoints"]}
    tier = pricing["google/gemini-2.5-pro@google"]["overrides"][0]
    assert (tier["min_prompt_tokens"], tier["prompt"], tier["completion"]) == (200_000, "2.5", "15")
    hours = pricing["deepseek/deepseek-v4.1-flash@deepseek"]["overrides"]
    assert [(one["utc_start"], one["utc_end"]) for one in hours] == [
        ("0100", "0400"),
        ("0600", "1000"),
    ]


def test_dates_are_dates_and_the_past_is_marked(seed: dict[str, Any]) -> None:
    today = date.fromisoformat(seed["as_of"])
    for one in seed["endpoints"]:
        assert date.fromisoformat(one["price_as_of"]) <= today
        if one["expires_on"]:
            assert one["is_deprecated"] or date.fromisoformat(one["expires_on"]) > today
    for model in seed["models"]:
        assert model["released_on"] is None or date.fromisoformat(model["released_on"]) <= today


def test_providers_carry_the_facts_the_money_path_needs(seed: dict[str, Any]) -> None:
    providers = {one["slug"]: one for one in seed["providers"]}
    for one in providers.values():
        assert one["stops_on_cancel"] in {"yes", "no", "unknown"}
        assert one["cap_parameter"] in {"max_tokens", "max_completion_tokens"}
        assert one["base_url"] is None or re.fullmatch(r"https://[^\s$?#]+[^/]", one["base_url"])
        assert one["data_policy"]["trains"] in {"yes", "no", "opt_in", "opt_out", "unknown"}
        assert one["data_policy"]["zdr"] in {"yes", "no", "on_request", "configurable", "unknown"}
    assert [one["slug"] for one in providers.values() if one["is_gateway"]] == ["openrouter"]
    assert providers["openai"]["cap_parameter"] == "max_completion_tokens"
    assert providers["openai"]["stops_on_cancel"] == "yes"
    assert providers["groq"]["stops_on_cancel"] == "no"
    assert providers["azure"]["base_url"] is None
    assert providers["deepseek"]["data_policy"]["trains"] == "yes"


def test_the_names_people_type_are_there(seed: dict[str, Any]) -> None:
    providers = {one["slug"] for one in seed["providers"]}
    assert {"openai", "anthropic", "google", "google-vertex", "groq", "mistral"} <= providers
    assert {"deepseek", "together", "fireworks", "xai", "cerebras", "openrouter"} <= providers
    models = {one["slug"] for one in seed["models"]}
    assert {"openai/gpt-4o", "anthropic/claude-sonnet-4.5", "google/gemini-2.5-pro"} <= models


def test_sources_are_named_with_hash_and_licence(seed: dict[str, Any]) -> None:
    notice = (SEED.parents[3] / "NOTICE").read_text()
    pins = (SEED.parents[3] / "tools" / "seed_inputs.txt").read_text()
    for source in seed["sources"]:
        assert f"{source['name']} {source['version']}" in notice
        assert f"{source['name']}=={source['version']}" in pins
        assert source["sha256"] in pins
        assert source["licence"] == "MIT"


def test_endpoints_that_differ_from_their_provider_say_so(seed: dict[str, Any]) -> None:
    for one in seed["endpoints"]:
        assert one.get("data_policy", {}) == policy_of(one["model"], one["provider"]), one["key"]
    policies = {one["key"]: one.get("data_policy", {}) for one in seed["endpoints"]}
    assert policies["anthropic/claude-opus-4@deepinfra"]["retention_days"] == 30
    assert policies["anthropic/claude-fable-5@venice"]["zdr"] == "no"
    assert not policies["google/gemma-4-31b-it@deepinfra"]
