"""What a source's word changes: matched by provider and id first, then by name; prices by whose
word goes first; only what it once listed goes by its word."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.allow_list import Place
from apps.catalog.models import Source
from apps.catalog.refresh import matching
from apps.catalog.refresh import plan as plans
from apps.catalog.refresh.pricing import merged, times
from apps.catalog.refresh.sources import HOLDS_FOR, SOURCES, may_price
from tests.catalog.refresh.lists import DAY, endpoint, offer, planned, price, said, stands

ROCKET = "acme/rocket-2@acme"


def test_what_stands_and_is_said_again_changes_nothing() -> None:
    plan = planned("models.dev", said(offer("acme/rocket-2")), stands(endpoint(ROCKET)))
    assert (plan.edits, plan.endpoints, plan.gone, plan.model_edits) == ({}, {}, [], {})
    assert (plan.confirmed, plan.priced) == ([ROCKET], [ROCKET])


def test_a_new_price_and_new_facts_are_edits_of_what_stands() -> None:
    told = offer(
        "acme/ROCKET-2",
        "2",
        context_length=64_000,
        abilities={"tools": True, "reasoning": False},
        released_on=date(2026, 6, 1),
    )
    standing = stands(endpoint(ROCKET, abilities=["reasoning", "temperature"]))
    plan = planned("models.dev", said(told), standing)
    assert plan.edits == {
        ROCKET: {
            "pricing": {"completion": "4", "prompt": "2"},
            "context_length": 64_000,
            "abilities": ["temperature", "tools"],
        }
    }
    assert plan.model_edits["acme/rocket-2"]["abilities"] == ["temperature", "tools"]
    assert plan.model_edits["acme/rocket-2"]["released_on"] == date(2026, 6, 1)
    assert "largest_context_length" not in plan.edits[ROCKET], "the largest ever told stays"


def test_an_id_that_changed_is_known_by_its_name() -> None:
    standing = stands(endpoint("openai/gpt-oss-120b@hosts", "openai/gpt-oss-120b"))
    told = said(offer("hosts/accounts/hosts/models/gpt-oss-120b"))
    plan = planned("models.dev", told, standing)
    assert plan.edits["openai/gpt-oss-120b@hosts"] == {
        "upstream_id": "accounts/hosts/models/gpt-oss-120b"
    }
    assert (plan.endpoints, plan.gone) == ({}, [])


def test_a_model_that_stands_gets_another_place() -> None:
    standing = stands(endpoint("openai/gpt-oss-120b@openai"))
    both = said(offer("openai/gpt-oss-120b"), offer("hosts/openai/gpt-oss-120b-fp8", "0.5"))
    plan = planned("models.dev", both, standing)
    assert plan.models == {}
    facts = plan.endpoints["openai/gpt-oss-120b@hosts"]
    assert (facts["model"], facts["quantization"]) == ("openai/gpt-oss-120b", "fp8")
    assert facts["pricing"] == {"completion": "4", "prompt": "0.5"}
    assert (facts["price_source"], facts["price_as_of"]) == ("models.dev", DAY)


def test_a_new_model_is_named_by_its_maker_and_described_by_its_places() -> None:
    told = said(
        offer("hosts/openai/gpt-9-turbo", inputs=frozenset({"text"}), name="gpt 9"),
        offer("openai/gpt-9-turbo", name="GPT-9 Turbo", inputs=frozenset({"text", "image"})),
    )
    plan = planned("models.dev", told, stands(endpoint(ROCKET)))
    model = plan.models["openai/gpt-9-turbo"]
    assert (model["name"], model["input_modalities"]) == ("GPT-9 Turbo", ["text", "image"])
    assert set(plan.endpoints) == {"openai/gpt-9-turbo@hosts", "openai/gpt-9-turbo@openai"}
    assert plan.authors == {"openai": "Openai"}


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (offer("hosts/nobody-knows-this-one"), matching.NO_AUTHOR),
        (offer("openai/text-embedding-9"), matching.NO_MODEL),
        (offer("openai/~gpt-latest"), matching.NO_MODEL),
        (offer("openai/gpt-9-sound", outputs=frozenset({"audio"})), matching.NOT_TEXT),
        (offer("openai/gpt-9", outputs=None), matching.NOT_TEXT),
        (offer("openai/gpt-9", pricing=None), plans.UNKNOWN),
        (offer("openai/gpt-9", context_length=None), plans.UNKNOWN),
        (offer("openai/gpt-9", is_deprecated=True), plans.ENDING),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_house_cannot_tell_is_left_out(told: Any, why: str) -> None:
    plan = planned("models.dev", said(told), stands(endpoint(ROCKET)))
    assert (plan.endpoints, plan.models, plan.left_out) == ({}, {}, {why: 1})


def test_nothing_is_free_by_its_price() -> None:
    free = {Place("z-ai", "glm-9-flash")}
    told = said(
        offer("z-ai/glm-9-flash", pricing=None),
        offer("z-ai/glm-9-air", pricing=None),
        offer("z-ai/glm-9", "1"),
    )
    plan = planned("models.dev", told, stands(endpoint(ROCKET)), free=free)
    assert {key: facts["variant"] for key, facts in plan.endpoints.items()} == {
        "z-ai/glm-9-flash@z-ai/free": "free",
        "z-ai/glm-9@z-ai": None,
    }


def test_a_free_one_stays_free_whatever_is_said() -> None:
    free = endpoint(
        "acme/rocket-2@openrouter/free",
        "acme/rocket-2:free",
        prompt="0",
        completion="0",
        variant="free",
    )
    plan = planned("openrouter", said(offer("openrouter/acme/rocket-2:free", "5")), stands(free))
    assert plan.edits == {}


def test_own_rows_are_none_of_its_business() -> None:
    own = endpoint("openai/gpt-9@openai", source=Source.OWN)
    plan = planned("models.dev", said(offer("openai/gpt-9", "7")), stands(own))
    assert (plan.edits, plan.endpoints, plan.gone) == ({}, {}, [])
    assert plan.left_out == {matching.OWN: 1}


def test_only_what_a_source_lists_goes_by_its_word() -> None:
    rows = (
        endpoint(ROCKET),
        endpoint("acme/old@acme"),
        endpoint("acme/kept@acme", kept_by="litellm"),
        endpoint("acme/odd@acme"),
        endpoint("acme/hidden@acme", is_listed=False),
        endpoint("acme/mine@acme", source=Source.OWN),
        endpoint("acme/sold@openrouter", "acme/sold"),
    )
    told = said(offer("acme/rocket-2"), unread={Place("acme", "odd")})
    plan = planned("models.dev", told, stands(*rows))
    assert (plan.gone, plan.gone_models) == (["acme/old@acme"], ["acme/old"])
    assert plan.covered == {ROCKET, "acme/old@acme", "acme/odd@acme"}
    plan = planned("openrouter", said(offer("openrouter/acme/new")), stands(*rows))
    assert plan.gone == ["acme/sold@openrouter"]
    plan = planned("genai-prices", told, stands(*rows))
    assert (plan.gone, plan.covered) == ([], set())


def test_what_comes_back_is_listed_again() -> None:
    row = endpoint(ROCKET, is_listed=False)
    row.model.is_listed = False
    plan = planned("models.dev", said(offer("acme/rocket-2")), stands(row))
    assert plan.edits == {ROCKET: {"is_listed": True}}
    assert plan.model_edits["acme/rocket-2"]["is_listed"] is True


@pytest.mark.parametrize(
    ("source", "standing", "age", "may"),
    [
        ("models.dev", "liter-llm 2.4.0", 31, True),
        ("models.dev", "models.dev", 1, True),
        ("models.dev", "genai-prices 0.2.3", 13, False),
        ("models.dev", "genai-prices", HOLDS_FOR.days, False),
        ("models.dev", "genai-prices", HOLDS_FOR.days + 1, True),
        ("models.dev", "openrouter", 1, False),
        ("models.dev", "by somebody unknown", 1, False),
        ("models.dev", None, 1, True),
        ("models.dev", "", 1, True),
        ("genai-prices", "litellm 1.109.1", 1, True),
        ("genai-prices", "models.dev", 0, True),
        ("genai-prices", "openrouter", 1, False),
        ("openrouter", "genai-prices", 1, True),
        ("openrouter", "openrouter", -1, False),
    ],
)
def test_whose_word_about_a_price_goes_first(
    source: str, standing: str | None, age: int, may: bool
) -> None:
    as_of = DAY - timedelta(days=age)
    assert may_price(source, standing=standing, as_of=as_of, day=DAY) is may


def test_a_price_held_by_a_better_word_is_counted() -> None:
    row = endpoint(ROCKET, price_source="genai-prices 0.2.3", price_as_of=date(2026, 11, 10))
    plan = planned("models.dev", said(offer("acme/rocket-2", "2")), stands(row))
    assert (plan.edits, plan.priced) == ({}, [])
    assert plan.prices_left == {plans.OTHER_WORD: 1}


def test_a_price_in_another_unit_is_not_believed() -> None:
    hosts = [endpoint(f"acme/rocket-2@{name}") for name in ("openai", "hosts", "z-ai")]
    standing = stands(endpoint(ROCKET), *hosts)
    plan = planned("models.dev", said(offer("acme/rocket-2", "0.000001", "0.000004")), standing)
    assert "pricing" not in plan.edits.get(ROCKET, {})
    assert plan.prices_left == {plans.TOO_CHEAP: 1}
    far = planned("genai-prices", said(offer("acme/rocket-2", "20", "80")), standing)
    assert far.prices_left == {plans.FAR_OFF: 1}


def test_one_price_for_all_regions_is_that_of_the_first() -> None:
    rows = [
        endpoint(
            f"openai/gpt-9@amazon-bedrock{tag}", f"{region}openai.gpt-9", price_source="litellm 1"
        )
        for region, tag in (("", ""), ("eu.", "/eu"), ("global.", "/global"))
    ]
    told = said(*(offer(f"amazon-bedrock/{row.upstream_id}", "1.5") for row in rows))
    plan = planned("genai-prices", told, stands(*rows))
    assert set(plan.edits) == {rows[0].key, rows[2].key}


CACHED = {"prompt": "1", "completion": "4", "input_cache_read": "0.1", "web_search": "0.01"}
TIERED = {**CACHED, "overrides": [{"min_prompt_tokens": 200_000, "prompt": "2"}]}


@pytest.mark.parametrize(
    ("standing", "told", "tells_all", "after"),
    [
        ({}, price("1", "4"), False, {"prompt": "1", "completion": "4"}),
        (CACHED, price("1", "4"), False, CACHED),
        (CACHED, price("1", "4"), True, {"prompt": "1", "completion": "4"}),
        (
            CACHED,
            price("2", "4"),
            False,
            {"prompt": "2", "completion": "4", "web_search": "0.01"},
        ),
        (TIERED, price("1", "4"), False, CACHED),
        (
            CACHED,
            price("1", "4", input_cache_read="0.2"),
            False,
            {**CACHED, "input_cache_read": "0.2"},
        ),
        ({"prompt": "broken"}, price("1.50", "4"), False, {"prompt": "1.5", "completion": "4"}),
    ],
)
def test_a_price_keeps_what_the_newer_word_has_no_words_for(
    standing: Any, told: Any, tells_all: bool, after: Any
) -> None:
    assert merged(standing, told, tells_all=tells_all) == after


@pytest.mark.parametrize(
    ("before", "after", "far"),
    [
        (("1", "4"), ("1", "4"), "1"),
        (("1", "4"), ("3", "4"), "3"),
        (("1", "4"), ("1", "1"), "4"),
        (("0", "0"), ("1", "4"), "Infinity"),
    ],
)
def test_how_many_times_a_price_changed(before: Any, after: Any, far: str) -> None:
    one, other = (
        dict(zip(("prompt", "completion"), pair, strict=True)) for pair in (before, after)
    )
    assert times(one, other) == Decimal(far)
    assert times({}, other) is None


def test_no_source_writes_what_is_not_its_own() -> None:
    """Whoever adds a field to the table adds it here with a reason."""
    never = {"source", "overrides", "data_policy", "provider", "model", "key", "cap_parameter"}
    for source in SOURCES.values():
        assert not source.writes & never
        assert source.url.startswith("https://")
