"""What the house says of catalogue models in the catalogue's place, field by field."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from apps.catalog.models import CatalogChange, Endpoint
from apps.catalog.seed import SEED, load
from tests.cast import Cast
from tests.pages.markup import Page
from tests.pages.owning import acme_one, candidate, version

pytestmark = pytest.mark.django_db


def facts_of(endpoint: Endpoint, **facts: Any) -> dict[str, Any]:
    """The form as it stands, with these in it."""
    pricing = endpoint.fact("pricing")
    standing = {
        "prompt": pricing.get("prompt", ""),
        "completion": pricing.get("completion", ""),
        "cached": pricing.get("input_cache_read", ""),
        "context_length": endpoint.fact("context_length") or "",
        "max_completion_tokens": endpoint.fact("max_completion_tokens") or "",
        "abilities": endpoint.fact("abilities"),
        "input_modalities": endpoint.fact("input_modalities"),
        "output_modalities": endpoint.fact("output_modalities"),
        "trains": "no",
        "keeps": "0",
        "source": "Its terms",
        "note": "",
    }
    return {**standing, **facts}


@pytest.fixture
def acme(cast: Cast, client: Client) -> Endpoint:
    client.force_login(cast.owner)
    return acme_one(cast)


def change(client: Client, endpoint: Endpoint, **facts: Any) -> HttpResponse:
    sent = facts_of(endpoint, **facts)
    answer = client.post(f"/connections/models/{endpoint.pk}/", sent, follow=True)
    assert Page(answer.content.decode()).problems == []
    endpoint.refresh_from_db()
    return answer


def test_what_the_house_says_of_an_endpoint_counts_until_it_is_put_back(
    client: Client, acme: Endpoint
) -> None:
    before = version()
    change(client, acme, prompt="7")
    assert set(acme.overrides) == {"pricing"}, "only what was changed is the house's word"
    pricing = candidate("acme/one").pricing
    assert pricing is not None and pricing.base["prompt"] == 7
    assert version() == before + 1
    page = client.get(f"/connections/models/{acme.pk}/").content.decode()
    assert "$7.00 in" in page and "The catalogue says: $0.50 in" in page
    assert "acme/one@acme" in client.get("/connections/models/").content.decode()
    back = f"/connections/models/{acme.pk}/catalogue/"
    for _ in range(2):
        client.post(back, {"field": "pricing"})
    acme.refresh_from_db()
    assert acme.overrides == {}
    assert version() == before + 2
    assert client.post(back, {"field": "key"}).status_code == 404
    kinds = list(CatalogChange.objects.values_list("what", "source"))
    assert kinds == [("repriced", "by hand")] * 2


def test_the_models_page_leads_there_for_who_may_and_for_nobody_else(
    client: Client, cast: Cast, acme: Endpoint
) -> None:
    link = f"/connections/models/{acme.pk}/"
    assert link in client.get("/models/acme/one/").content.decode()
    client.force_login(cast.member)
    assert link not in client.get("/models/acme/one/").content.decode()
    client.logout()
    assert link not in client.get("/models/acme/one/").content.decode()


def test_saving_the_form_as_it_stands_says_nothing(client: Client, acme: Endpoint) -> None:
    assert "Nothing was changed" in change(client, acme).content.decode()
    assert acme.overrides == {}


def test_a_word_about_privacy_binds_and_needs_its_source(client: Client, acme: Endpoint) -> None:
    assert candidate("acme/one").keeps_nothing
    answer = change(client, acme, keeps="30", source="")
    assert "Say where that stands" in answer.content.decode()
    change(client, acme, keeps="30", source="Their letter")
    assert set(acme.overrides) == {"data_policy"}
    assert not candidate("acme/one").keeps_nothing


def test_a_larger_context_makes_a_larger_hold(client: Client, acme: Endpoint) -> None:
    change(client, acme, context_length="200000")
    assert candidate("acme/one").largest_context_length == 200_000
    change(client, acme, context_length="1000")
    assert candidate("acme/one").context_length == 1000
    assert candidate("acme/one").largest_context_length == 1000


def test_prices_the_form_does_not_show_stay(client: Client, acme: Endpoint) -> None:
    tier = {"min_prompt_tokens": 200_000, "prompt": "9", "completion": "9"}
    acme.pricing = {**acme.pricing, "web_search": "0.01", "overrides": [tier]}
    acme.save()
    change(client, acme, prompt="7")
    assert acme.overrides["pricing"]["overrides"] == [tier]
    assert acme.overrides["pricing"]["web_search"] == "0.01"
    change(client, acme, always="on")
    assert "overrides" not in acme.overrides["pricing"]


def test_a_models_own_facts_are_corrected_too(client: Client, acme: Endpoint) -> None:
    model = acme.model
    path = f"/connections/models/facts/{model.pk}/"
    wish = {
        "name": model.name,
        "context_length": "128000",
        "abilities": ["tools"],
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
        "open_weights": "closed",
    }
    page = client.post(path, wish, follow=True).content.decode()
    assert Page(page).problems == []
    model.refresh_from_db()
    assert model.overrides == {
        "input_modalities": ["text", "image"],
        "output_modalities": ["text"],
        "open_weights": False,
    }
    assert "Text, pictures" in client.get("/models/acme/one/").content.decode()
    client.post(f"{path}catalogue/", {"field": "open_weights"})
    model.refresh_from_db()
    assert "open_weights" not in model.overrides


def test_the_houses_word_survives_the_next_catalogue(
    client: Client, cast: Cast, tmp_path: Path
) -> None:
    seed = json.loads(SEED.read_bytes())
    wanted, key = {"openai/gpt-4o"}, "openai/gpt-4o@openai"
    seed["models"] = [one for one in seed["models"] if one["slug"] in wanted]
    seed["endpoints"] = [one for one in seed["endpoints"] if one["key"] == key]

    def loaded(**facts: Any) -> Endpoint:
        path = tmp_path / "seed.json"
        endpoints = [{**one, **facts} for one in seed["endpoints"]]
        path.write_text(json.dumps({**seed, "endpoints": endpoints}))
        load(path)
        return Endpoint.objects.get(key=key)

    client.force_login(cast.owner)
    row = loaded()
    policy = {"trains": "unknown", "keeps": "", "source": ""}
    change(client, row, **{**policy, "prompt": "99"})
    assert row.fact("pricing")["prompt"] == "99"
    row = loaded(context_length=99, pricing={"prompt": "1", "completion": "1"})
    assert (row.context_length, row.fact("pricing")["prompt"]) == (99, "99")


def test_strangers_see_what_every_house_sees(client: Client, cast: Cast, acme: Endpoint) -> None:
    """A price of its own, and where it stands that nothing is kept, tell what was agreed."""
    change(client, acme, prompt="7.77", keeps="30", source="Letter from Anna", note="Our contract")
    model = {"name": "Renamed", "context_length": "77777", "abilities": ["tools"]}
    kinds = {"input_modalities": ["text"], "output_modalities": ["text"], "open_weights": "closed"}
    client.post(f"/connections/models/facts/{acme.model.pk}/", {**model, **kinds})
    told = ("7.77", "0.00000777", "Anna", "Our contract", "Renamed", "77777", "77,777", "by hand")
    pages = (
        *("/models/", "/models/acme/one/", "/models/download/", "/models/feed/"),
        *("/models/changes/", "/models/changes/rss/", "/compare/?m=acme/one", "/providers/acme/"),
        *("/models/?zdr=true", "/api/v1/models", "/api/v1/models?providers=acme"),
        *("/api/v1/models/acme/one", "/api/v1/models/acme/one/endpoints", "/api/v1/endpoints/zdr"),
    )
    known = "".join(client.get(page).content.decode() for page in pages)
    assert all(word in known for word in ("7.77", "Anna", "Renamed", "by hand"))
    client.logout()
    for page in pages:
        answer = client.get(page)
        assert answer.status_code == 200, page
        said = answer.content.decode()
        assert not [word for word in told if word in said], page
