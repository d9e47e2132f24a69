"""A new version's seed meets a house that was refreshed: what was said since the seed's day stays,
and what the seed alone knows is taken."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from apps.catalog.models import CatalogChange, Endpoint, LanguageModel
from apps.catalog.refresh.keeping import refresh
from apps.catalog.seed import SEED, load

pytestmark = pytest.mark.django_db
KEYS = ("openai/gpt-4o@openai", "openai/gpt-4o-mini@openai")
AFTER, BEFORE = date(2026, 12, 1), date(2026, 11, 20)


@pytest.fixture
def small(tmp_path: Path) -> Any:
    """Writes and loads a seed of two models, some of it as wished."""
    seed = json.loads(SEED.read_bytes())

    def loaded(*, without: str = "", as_of: str = "2026-11-22", **endpoint: Any) -> None:
        endpoints = [{**one, **endpoint} for one in seed["endpoints"] if one["key"] in KEYS]
        kept = [one for one in endpoints if one["model"] != without]
        slugs = {one["model"] for one in kept}
        parts = {
            "as_of": as_of,
            "authors": [one for one in seed["authors"] if one["slug"] == "openai"],
            "providers": [one for one in seed["providers"] if one["slug"] == "openai"],
            "models": [one for one in seed["models"] if one["slug"] in slugs],
            "endpoints": kept,
        }
        path = tmp_path / "seed.json"
        path.write_text(json.dumps({**seed, **parts}))
        load(path)

    loaded(price_source="liter-llm 2.4.0", price_as_of="2026-10-23")
    return loaded


def refreshed(day: date, *names: str, cost: float = 3, context: int = 64_000) -> None:
    models = {
        name: {
            "name": name,
            "cost": {"input": cost, "output": 10 if name == "gpt-4o" else 1},
            "limit": {"context": context},
            "modalities": {"input": ["text"], "output": ["text"]},
        }
        for name in names
    }
    content = json.dumps({"openai": {"models": models}}).encode()
    assert refresh("models.dev", content=content, day=day, accept=True).result == "ok"


def test_a_price_said_since_stays_and_an_older_one_does_not(small: Any) -> None:
    refreshed(AFTER, "gpt-4o", "gpt-4o-mini")
    small(data_policy={"trains": "yes"})
    endpoint = Endpoint.objects.get(key=KEYS[0])
    assert (endpoint.pricing["prompt"], endpoint.price_source) == ("3", "models.dev")
    assert (endpoint.context_length, endpoint.data_policy) == (64_000, {"trains": "yes"})
    small(as_of="2026-12-24", price_as_of="2026-12-20", price_source="genai-prices 1")
    endpoint.refresh_from_db()
    assert (endpoint.pricing["prompt"], endpoint.price_source) == ("2.5", "genai-prices 1")
    assert endpoint.context_length == 128_000


def test_what_went_since_stays_away_until_a_later_seed_knows_it(small: Any) -> None:
    refreshed(AFTER, "gpt-4o")
    small(quantization="fp8")
    gone = LanguageModel.objects.get(slug="openai/gpt-4o-mini")
    assert not gone.is_listed
    assert not Endpoint.objects.get(key=KEYS[1]).is_listed
    small(as_of="2026-12-24")
    gone.refresh_from_db()
    assert gone.is_listed and Endpoint.objects.get(key=KEYS[1]).is_listed


def test_what_came_since_stays_and_what_came_before_is_the_seeds_to_say(small: Any) -> None:
    refreshed(AFTER, "gpt-4o", "gpt-4o-mini", "gpt-9-ultra")
    small(quantization="fp8")
    assert Endpoint.objects.get(key="openai/gpt-9-ultra@openai").is_listed
    small(as_of="2026-12-24")
    assert not Endpoint.objects.get(key="openai/gpt-9-ultra@openai").is_listed
    assert not LanguageModel.objects.get(slug="openai/gpt-9-ultra").is_listed


def test_an_older_list_takes_nothing_newer_back(small: Any) -> None:
    refreshed(AFTER, "gpt-4o", "gpt-4o-mini")
    changes = CatalogChange.objects.count()
    older = json.dumps({"openai": {"models": {"gpt-4o": {"cost": {"input": 9, "output": 9}}}}})
    outcome = refresh("models.dev", content=older.encode(), day=BEFORE)
    assert (outcome.result, CatalogChange.objects.count()) == ("failed", changes)
    assert "of 20 Nov 2026, older than the one taken last (1 Dec 2026)" in outcome.words
    refreshed(BEFORE, "gpt-4o", "gpt-4o-mini", cost=9)
    assert Endpoint.objects.get(key=KEYS[0]).pricing["prompt"] == "3", "also when agreed to"


def test_what_another_file_speaks_for_is_kept_until_a_source_lists_it(small: Any) -> None:
    Endpoint.objects.filter(key=KEYS[1]).update(kept_by="litellm")
    refreshed(AFTER, "gpt-4o")
    assert Endpoint.objects.get(key=KEYS[1]).is_listed
    refreshed(AFTER, "gpt-4o", "gpt-4o-mini")
    assert Endpoint.objects.get(key=KEYS[1]).kept_by is None
    refreshed(AFTER, "gpt-4o")
    assert not Endpoint.objects.get(key=KEYS[1]).is_listed
