"""Each use case against a model it fits and one that looks like it and does not."""

from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.use_cases import BY_NAME, USE_CASES, cheapest_quarter, use_cases_of
from tests.catalog.shelf import entry

CHEAP = Decimal("0.001")


def taking(*kinds: str) -> dict[str, Any]:
    return {"takes": frozenset({"text", *kinds})}


def making(*kinds: str) -> dict[str, Any]:
    return {"makes": frozenset({"text", *kinds})}


def able(*abilities: str) -> dict[str, Any]:
    return {"abilities": frozenset(abilities)}


# Use case → a slug and facts that fit, a slug and facts that do not.
CASES: dict[str, tuple[str, dict[str, Any], str, dict[str, Any]]] = {
    "agents": ("a/b", able("tools"), "a/agent-tools", able("reasoning")),
    "reasoning": ("a/b", able("reasoning"), "a/reasoning", able("tools")),
    "extraction": ("a/b", able("structured_outputs"), "a/json", able("tools")),
    "pictures": ("a/b", taking("image"), "a/image", making("image")),
    "documents": ("a/b", taking("file"), "a/pdf", taking("image")),
    "listening": ("a/b", taking("audio"), "a/audio", making("audio")),
    "watching": ("a/b", taking("video"), "a/video", taking("image")),
    "drawing": ("a/b", making("image"), "a/image", taking("image")),
    "speaking": ("a/b", making("speech"), "a/speech", taking("audio")),
    "filming": ("a/b", making("video"), "a/video", taking("video")),
    "transcription": ("a/b", making("transcription"), "a/whisper", taking("audio")),
    "embeddings": ("a/b", making("embeddings"), "a/embedding", {}),
    "rerank": ("a/b", making("rerank"), "a/rerank", {}),
    "long-documents": ("a/b", {"context": 200_000}, "a/long", {"context": 199_999}),
    "whole-shelves": ("a/b", {"context": 1_000_000}, "a/1m", {"context": 999_999}),
    "low-cost": ("a/b", {"typical": CHEAP}, "a/cheap", {"typical": None}),
    "coding": ("a/qwen3-coder-plus", {}, "a/decoder", {}),
    "translation": ("a/qwen-mt-plus", {}, "a/mtp", {}),
    "safety": ("a/llama-guard-4", {}, "a/vanguard", {}),
    "search": ("a/o3-deep-research", {}, "a/researcher", {}),
    "self-hosting": ("a/b", {"has_open_weights": True}, "openai/open", {}),
}


def test_every_use_case_has_its_counter_example_and_a_rule_in_words() -> None:
    assert sorted(CASES) == sorted(BY_NAME)
    assert all(one.rule and not one.rule.endswith(".") and one.inputs for one in USE_CASES)


@pytest.mark.parametrize("name", CASES)
def test_a_use_case_holds_to_its_rule(name: str) -> None:
    slug, facts, other, other_facts = CASES[name]
    assert name in use_cases_of(entry(slug, **facts), CHEAP)
    assert name not in use_cases_of(entry(other, **other_facts), CHEAP)


@pytest.mark.parametrize("use_case", USE_CASES, ids=lambda one: one.name)
def test_a_use_case_reads_nothing_but_its_inputs(use_case: Any) -> None:
    """What it does not name may be anything."""
    slug, facts, _, _ = CASES[use_case.name]
    model = entry(slug, **facts)
    told = {name: getattr(model, name) for name in use_case.inputs}
    assert use_case.fits(type("Told", (), told)(), CHEAP)


@pytest.mark.parametrize(
    ("typicals", "most"),
    [([], "0"), ([None, "0"], "0"), (["4", "1", "3", "2"], "1"), (["1", "2", "3", "4", "5"], "2")],
)
def test_the_cheapest_quarter_is_of_what_costs_anything(
    typicals: list[str | None], most: str
) -> None:
    given = [None if one is None else Decimal(one) for one in typicals]
    assert cheapest_quarter(given) == Decimal(most)
