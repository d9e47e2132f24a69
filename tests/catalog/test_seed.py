"""Loading the catalogue: once is enough, an admin's word stays, nothing is ever deleted."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Author, CatalogState, Endpoint, LanguageModel, Provider, Source
from apps.catalog.seed import SEED, LoadResult, SeedError, load

pytestmark = pytest.mark.django_db
Small = Callable[..., Path]


@pytest.fixture
def small(tmp_path: Path) -> Small:
    """Writes a small catalogue: two models of one author at one provider, some of it as wished."""
    seed = json.loads(SEED.read_bytes())
    models = ["openai/gpt-4o", "openai/gpt-4o-mini"]
    keys = ["openai/gpt-4o@openai", "openai/gpt-4o-mini@openai"]

    def write(*, leave_out: str = "", **endpoint: Any) -> Path:
        parts = {
            "authors": [one for one in seed["authors"] if one["slug"] == "openai"],
            "providers": [one for one in seed["providers"] if one["slug"] == "openai"],
            "models": [one for one in seed["models"] if one["slug"] in models],
            "endpoints": [{**one, **endpoint} for one in seed["endpoints"] if one["key"] in keys],
        }
        if leave_out:
            parts["models"] = [one for one in parts["models"] if one["slug"] != leave_out]
            parts["endpoints"] = [one for one in parts["endpoints"] if one["model"] != leave_out]
        path = tmp_path / "seed.json"
        path.write_text(json.dumps({**seed, **parts}))
        return path

    return write


def test_the_packaged_catalogue_loads_whole_in_few_queries() -> None:
    seed = json.loads(SEED.read_bytes())
    with CaptureQueriesContext(connection) as queries:
        result = load()
    rows = len(seed["providers"]) + len(seed["models"]) + len(seed["endpoints"])
    assert result == LoadResult(created=rows)
    assert len(queries) <= 30
    for table, name in (
        (Endpoint, "endpoints"),
        (LanguageModel, "models"),
        (Provider, "providers"),
    ):
        assert table.objects.filter(source=Source.SEED).count() == len(seed[name])
    state = CatalogState.objects.get()
    assert state.as_of.isoformat() == seed["as_of"]
    assert state.sources == seed["sources"]


def test_loading_twice_changes_nothing() -> None:
    rows = load().created
    before = list(Endpoint.objects.order_by("key").values())
    with CaptureQueriesContext(connection) as queries:
        assert load() == LoadResult(unchanged=rows)
    assert len(queries) <= 8
    assert load(again=True) == LoadResult(unchanged=rows)
    assert list(Endpoint.objects.order_by("key").values()) == before


def test_values_arrive_as_the_file_has_them(small: Small) -> None:
    load(small(expires_on="2027-01-31"))
    endpoint = Endpoint.objects.get(key="openai/gpt-4o@openai")
    assert endpoint.model.author.slug == "openai"
    assert endpoint.provider.base_url == "https://api.openai.com/v1"
    assert endpoint.pricing["prompt"] == "2.5"
    assert endpoint.expires_on is not None
    assert endpoint.expires_on.isoformat() == "2027-01-31"
    assert endpoint.source == Source.SEED


def test_an_admins_value_survives_a_load_that_changes_the_row(small: Small) -> None:
    load(small())
    mine = {"pricing": {"prompt": "1", "completion": "1"}, "is_listed": False}
    Endpoint.objects.filter(key="openai/gpt-4o@openai").update(overrides=mine)
    Provider.objects.filter(slug="openai").update(
        overrides={"base_url": "https://proxy.example/v1"}
    )
    assert load(small(context_length=99)).updated == 2
    endpoint = Endpoint.objects.get(key="openai/gpt-4o@openai")
    assert endpoint.context_length == 99
    assert endpoint.overrides == mine
    assert endpoint.fact("pricing") == mine["pricing"]
    assert Provider.objects.get(slug="openai").fact("base_url") == "https://proxy.example/v1"


def test_what_leaves_the_catalogue_is_unlisted_and_may_come_back(small: Small) -> None:
    load(small())
    ids = set(Endpoint.objects.values_list("pk", flat=True))
    assert load(small(leave_out="openai/gpt-4o")).updated == 2
    assert not LanguageModel.objects.get(slug="openai/gpt-4o").is_listed
    assert not Endpoint.objects.get(key="openai/gpt-4o@openai").is_listed
    assert load(small()).updated == 2
    assert LanguageModel.objects.get(slug="openai/gpt-4o").is_listed
    assert set(Endpoint.objects.values_list("pk", flat=True)) == ids


def test_the_houses_own_rows_are_never_touched(small: Small) -> None:
    author = Author.objects.create(slug="openai", name="OpenAI")
    model = LanguageModel.objects.create(
        slug="openai/gpt-4o", author=author, name="Ours", source=Source.OWN
    )
    home = Provider.objects.create(slug="home", name="At home", source=Source.OWN)
    own = Endpoint.objects.create(
        key="openai/gpt-4o@home", model=model, provider=home, upstream_id="x", source=Source.OWN
    )
    load(small())
    model.refresh_from_db()
    own.refresh_from_db()
    assert model.name == "Ours"
    assert own.is_listed
    assert Endpoint.objects.get(key="openai/gpt-4o@openai").model == model


def test_a_file_that_cannot_be_loaded_changes_nothing(small: Small, tmp_path: Path) -> None:
    load(small())
    broken = tmp_path / "broken.json"
    for content, words in (
        ("{", "not JSON"),
        ('{"format": 2}', "format 1"),
        ("[]", "format 1"),
    ):
        broken.write_text(content)
        with pytest.raises(SeedError, match=words):
            load(broken)
    with pytest.raises(SeedError, match="cannot be read"):
        load(tmp_path / "none.json")
    with pytest.raises(SeedError, match="provider elsewhere"):
        load(small(provider="elsewhere"))
    assert Endpoint.objects.filter(is_listed=True, source=Source.SEED).count() == 2


def test_the_command_says_what_it_did(small: Small) -> None:
    said = StringIO()
    call_command("load_catalog", file=small(), stdout=said)
    assert said.getvalue() == "Catalogue: 5 new, 0 changed, 0 as before.\n"
    call_command("load_catalog", file=small(), stdout=said)
    assert said.getvalue().endswith("0 new, 0 changed, 5 as before.\n")


def test_the_command_ends_with_one_sentence_when_the_file_is_bad(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read"):
        call_command("load_catalog", file=tmp_path / "none.json")
