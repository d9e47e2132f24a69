"""Each source's list becomes plain facts: prices per million, exact, and only what it says."""

import tomllib
from datetime import date
from decimal import Decimal

from apps.catalog.allow_list import Place, free_places
from apps.catalog.refresh import genai_prices, models_dev, openrouter, sources
from apps.catalog.refresh.validate import Clock
from tests.catalog.refresh.lists import DAY, payload, price
from tests.test_house_rules import ROOT

TEXT = frozenset({"text"})


def test_models_dev_tells_each_model_at_each_provider_we_know() -> None:
    said = models_dev.read(payload("models_dev.json"), ours={"acme": "ours"})
    two, mini, trial = said.offers
    assert (said.providers, said.rows, said.unread) == ({"ours"}, 3, set())
    assert (two.place, two.name) == (Place("ours", "rocket-2"), "Rocket 2")
    assert two.pricing == {
        **price("1.25", "10", input_cache_read="0.05", input_cache_write="1.5"),
        "overrides": [{"min_prompt_tokens": 200_000, **price("2.5", "15", input_cache_read="0.1")}],
    }
    assert (two.context_length, two.max_completion_tokens) == (400_000, 64_000)
    assert (two.inputs, two.outputs) == (frozenset({"text", "image", "file"}), TEXT)
    assert two.abilities == {
        "tools": True,
        "reasoning": True,
        "structured_outputs": True,
        "temperature": False,
    }
    assert (two.released_on, two.knowledge_cutoff) == (date(2026, 6, 1), "2026-03")
    assert (two.open_weights, two.is_deprecated) == (False, False)
    assert mini.pricing is not None
    assert mini.pricing["overrides"] == [{"min_prompt_tokens": 200_000, **price("0.2", "0.8")}]
    assert (mini.released_on, mini.max_completion_tokens, mini.open_weights) == (None, None, True)
    assert "structured_outputs" not in mini.abilities
    assert (trial.pricing, trial.is_deprecated) == (None, True), "zero has five meanings here"


def test_openrouter_tells_prices_per_token_and_names_its_makers() -> None:
    said = openrouter.read(payload("openrouter.json"), free=frozenset())
    two, mini = said.offers
    assert two.pricing == {
        **price("1.25", "10", input_cache_read="0.125"),
        "web_search": Decimal("0.01"),
        "overrides": [
            {"min_prompt_tokens": 200_000, **price("2.5", "15")},
            {"utc_start": "1630", "utc_end": "0030", "prompt": Decimal(1)},
        ],
    }
    assert (two.name, two.released_on, two.expires_on) == (
        "Rocket 2",
        date(2026, 6, 1),
        date(2027, 6, 1),
    )
    assert two.abilities == {
        "tools": True,
        "reasoning": True,
        "structured_outputs": True,
        "temperature": False,
    }
    assert (two.open_weights, mini.open_weights) == (None, True)
    assert (mini.context_length, mini.max_completion_tokens) == (128_000, None)
    assert said.left_out == {
        openrouter.NOT_ON_THE_LIST: 1,
        openrouter.ROUTER: 1,
        openrouter.TWICE: 1,
    }


def test_a_free_one_is_free_because_it_stands_on_the_list() -> None:
    free = {Place("openrouter", "acme/rocket-mini:free")}
    offers = openrouter.read(payload("openrouter.json"), free=free).offers
    assert [one.upstream_id for one in offers if one.pricing == price("0", "0")] == [
        "acme/rocket-mini:free"
    ]


def test_genai_prices_is_asked_what_each_endpoint_costs_on_a_day() -> None:
    asked = [
        Place("ours", name)
        for name in ("rocket-2", "rocket-2-20260601", "rocket-mini", "rocket-trial", "other")
    ]
    said = genai_prices.read(
        payload("genai_prices.json"),
        theirs={"ours": "acme"},
        asked=[*asked, Place("elsewhere", "rocket-2")],
        day=DAY,
        clock=Clock(10),
    )
    two, dated, mini = said.offers
    assert (two.upstream_id, dated.upstream_id, mini.upstream_id) == (
        "rocket-2",
        "rocket-2-20260601",
        "rocket-mini",
    )
    tier = {"min_prompt_tokens": 200_000, **price("2.5", "15")}
    hours = {"utc_start": "1630", "utc_end": "0030", **price("0.6", "5")}
    assert two.pricing == {
        **price("1.25", "10", input_cache_read="0.125", web_search="0.01"),
        "overrides": [tier, hours],
    }
    assert (mini.pricing, mini.is_deprecated) == (price("0.1", "0.4"), True)
    early = genai_prices.read(
        payload("genai_prices.json"),
        theirs={"ours": "acme"},
        asked=asked[:1],
        day=date(2026, 8, 31),
        clock=Clock(10),
    )
    assert early.offers[0].pricing == {**price("2", "12"), "overrides": [hours]}


def test_the_house_calls_providers_as_the_seed_does() -> None:
    """The tool that builds the seed has its own table of what each source calls a provider."""
    facts = tomllib.loads((ROOT / "tools/seed/providers.toml").read_text())
    ours, theirs = sources.models_dev_ids(facts), sources.genai_ids(facts)
    for slug, fact in facts.items():
        if slug != "openrouter":
            assert {ours.get(one) for one in fact["models_dev"]} <= {slug}, slug
            assert theirs[slug] == fact.get("genai_prices", theirs[slug]), slug
    assert "openrouter" not in ours.values()


def test_the_list_of_free_ones_is_read() -> None:
    assert Place("z-ai", "glm-4.5-flash") in free_places()
    assert all(
        place.provider != "openrouter" or place.upstream_id.endswith(":free")
        for place in free_places()
    )
