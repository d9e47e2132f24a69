"""Descriptions claim nothing that the catalogue does not hold."""

import json
from typing import Any

import pytest

from apps.catalog.descriptions import Family, description_of, families, family_of
from apps.catalog.seed import SEED

MODELS: list[dict[str, Any]] = json.loads(SEED.read_text())["models"]
DEMO = {"slug": "gatehouse/demo", "open_weights": None}


def fitting(family: Family) -> list[dict[str, Any]]:
    return [one for one in [*MODELS, DEMO] if family_of(one["slug"]) == family]


@pytest.mark.parametrize("family", families(), ids=lambda one: one.models)
def test_what_a_family_claims_is_so(family: Family) -> None:
    models = fitting(family)
    assert models, "it speaks of no model, or one above it speaks first"
    for model in models:
        assert set(family.takes) <= set(model.get("input_modalities", ())), model["slug"]
        assert set(family.makes) <= set(model.get("output_modalities", ())), model["slug"]
    if family.open:
        known = {one["open_weights"] for one in models}
        assert True in known and False not in known, models


@pytest.mark.parametrize("family", families(), ids=lambda one: one.models)
def test_descriptions_are_short_and_plain(family: Family) -> None:
    assert 20 < len(family.words) <= 250
    assert family.words.endswith(".") and "!" not in family.words
    claims = {"pictures": "image", "sound": "audio", "video": "video"}
    told = [kind for word, kind in claims.items() if f"takes {word}" in family.words]
    assert set(told) <= set(family.takes)
    says_open = "open weights" in family.words.lower()
    assert not says_open or family.open or family.models == "mistralai/mixtral-*"


def test_the_best_known_models_have_one_and_others_none() -> None:
    told = [one["slug"] for one in MODELS if description_of(one["slug"])]
    assert len(told) >= 300
    assert description_of("openai/gpt-oss-120b:free") == description_of("openai/gpt-oss-120b") != ""
    assert description_of("somebody/unheard-of") == ""
