"""The history of the catalogue: whoever changes what people see leaves a line, and nothing else."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from apps.catalog import history
from apps.catalog.history import Change, PricePoint, Shown, differences
from apps.catalog.models import CatalogChange, Endpoint, LanguageModel, Source
from apps.catalog.seed import SEED, load
from tests.catalog.shelf import offer

DEAR = {"prompt": "3", "completion": "15"}
CHEAP = {"prompt": "1", "completion": "5"}


def shown(key: str = "", pricing: dict[str, Any] | None = None, **facts: Any) -> Shown:
    return Shown("acme/one", key, True, pricing, facts)


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        ([shown()], [shown()], []),
        ([], [shown()], [Change("new", "acme/one")]),
        ([shown()], [], [Change("gone", "acme/one")]),
        ([], [shown("k", DEAR)], [Change("new", "acme/one", "k", after=DEAR)]),
        ([shown("k", DEAR)], [], [Change("gone", "acme/one", "k", before=DEAR)]),
        (
            [shown("k", DEAR)],
            [shown("k", CHEAP)],
            [Change("repriced", "acme/one", "k", "pricing", DEAR, CHEAP)],
        ),
        (
            [shown("k", DEAR, abilities=[], context_length=1)],
            [shown("k", CHEAP, abilities=["tools"], context_length=1)],
            [
                Change("repriced", "acme/one", "k", "pricing", DEAR, CHEAP),
                Change("edited", "acme/one", "k", "abilities", [], ["tools"]),
            ],
        ),
    ],
)
def test_what_differs_is_told_once(
    before: list[Shown], after: list[Shown], lines: list[Change]
) -> None:
    def catalog(rows: list[Shown]) -> history.Catalog:
        return {(row.model_slug, row.endpoint_key): row for row in rows}

    assert differences(catalog(before), catalog(after)) == lines


def test_prices_follow_each_other() -> None:
    now = timezone.now()

    def change(what: str, before: Any, after: Any) -> CatalogChange:
        return CatalogChange(at=now, source="test", what=what, before=before, after=after)

    repriced = change("repriced", DEAR, CHEAP)
    points = [PricePoint(None, DEAR, ""), PricePoint(now, CHEAP, "test")]
    assert history.price_points([]) == []
    assert history.price_points([repriced]) == points
    came_back = change("new", None, CHEAP)
    assert history.price_points([repriced, came_back]) == points
    assert history.price_points([change("new", None, DEAR), repriced])[0].since == now


@pytest.mark.django_db
def test_a_change_is_recorded_as_people_see_it() -> None:
    endpoint = offer("acme/one", "acme")
    hidden = offer("acme/two", "acme", is_listed=False)
    own = offer("house/mine", "house", source=Source.OWN)
    with history.watched("a test"):
        Endpoint.objects.filter(pk=endpoint.pk).update(pricing=DEAR)
        Endpoint.objects.filter(pk=hidden.pk).update(pricing=DEAR)
        Endpoint.objects.filter(pk=own.pk).update(overrides={"pricing": DEAR})
    line, mine = history.recorded(with_own=True)
    assert list(history.recorded(with_own=False)) == [line]
    assert (line.what, line.field, line.source) == ("repriced", "pricing", "a test")
    assert (line.before, line.after) == ({"prompt": "0.5", "completion": "2"}, DEAR)
    assert (mine.endpoint_key, mine.after, mine.is_public) == (own.key, DEAR, False)
    assert list(history.changes_of("acme/one")) == [line]
    assert list(history.changes_of("house/mine")) == []
    assert [point.pricing for point in history.price_history(endpoint.key)] == [line.before, DEAR]


@pytest.mark.django_db
def test_an_admins_price_hides_what_a_source_says() -> None:
    endpoint = offer("acme/one", "acme", overrides={"pricing": DEAR})
    with history.watched("a test"):
        Endpoint.objects.filter(pk=endpoint.pk).update(pricing=CHEAP)
    assert not CatalogChange.objects.exists()


@pytest.mark.django_db
def test_what_fails_leaves_no_line() -> None:
    offer("acme/one", "acme")
    with pytest.raises(ZeroDivisionError), history.watched("a test"):
        LanguageModel.objects.update(is_listed=False)
        1 / 0  # noqa: B018
    assert not CatalogChange.objects.exists()
    assert LanguageModel.objects.filter(is_listed=True).exists()


@pytest.mark.django_db
def test_the_first_seed_is_no_change_and_later_ones_are(tmp_path: Path) -> None:
    seed = json.loads(SEED.read_bytes())
    keys = [f"openai/{name}@openai" for name in ("gpt-4o", "gpt-4o-mini")]
    parts: dict[str, list[dict[str, Any]]] = {
        "authors": [one for one in seed["authors"] if one["slug"] == "openai"],
        "providers": [one for one in seed["providers"] if one["slug"] == "openai"],
        "models": [one for one in seed["models"] if f"{one['slug']}@openai" in keys],
        "endpoints": [one for one in seed["endpoints"] if one["key"] in keys],
    }
    file = tmp_path / "seed.json"

    def loaded(**parts: Any) -> None:
        file.write_text(json.dumps({**seed, **parts}))
        load(file)

    loaded(**parts)
    assert not CatalogChange.objects.exists()
    first, second = parts["endpoints"]
    loaded(**{**parts, "endpoints": [{**first, "pricing": DEAR}]})
    lines = [(one.what, one.endpoint_key) for one in history.recorded(with_own=False)]
    assert sorted(lines) == sorted([("repriced", first["key"]), ("gone", second["key"])])
    loaded(**{**parts, "models": parts["models"][:1], "endpoints": parts["endpoints"][:1]})
    yesterday = timezone.now() - timedelta(days=1)
    gone = [one.model_slug for one in history.recent("gone", yesterday)]
    assert gone == [parts["models"][1]["slug"]]
    loaded(**parts)
    assert [one.model_slug for one in history.recent("new", yesterday)] == gone
    assert {one.source for one in CatalogChange.objects.all()} == {"catalogue 2026-11-22"}
