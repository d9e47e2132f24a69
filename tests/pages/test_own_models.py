"""Models the household enters by hand, and what it says of catalogue models in the catalogue's
place."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from apps.accounts.models import AuditEntry, Household
from apps.catalog.models import CatalogChange, Endpoint, LanguageModel, Provider, Source
from apps.catalog.seed import SEED, load
from apps.connections import discovery
from apps.connections.models import Connection
from apps.connections.probe import TestResult
from apps.connections.saving import save_connection
from apps.gateway.own_model_pages.effects import effects_of
from apps.gateway.snapshot import load_catalog
from apps.keys.models import ApiKey
from apps.routing.types import Candidate
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db
WISH = {
    "upstream_id": "llama3.3:70b",
    "name": "Llama 3.3 70B",
    "slug": "",
    "open_weights": "open",
    "prompt": "",
    "completion": "",
    "cached": "",
    "context_length": "131,072",
    "max_completion_tokens": "8192",
    "abilities": ["tools", "temperature"],
    "input_modalities": ["text", "image"],
    "output_modalities": ["text"],
    "trains": "unknown",
    "keeps": "",
    "source": "",
    "note": "",
}


@pytest.fixture
def study(cast: Cast, client: Client) -> Connection:
    return place("Study", cast, client)


@pytest.fixture
def office(cast: Cast, client: Client) -> Connection:
    """Not at home, so its data policy matters."""
    return place("Office", cast, client, base_url="https://models.example/v1", at_home=False)


def place(name: str, cast: Cast, client: Client, **facts: Any) -> Connection:
    custom, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    usual = {"base_url": "http://127.0.0.1:11434/v1", "credential": "", "at_home": True}
    made = save_connection(custom, name, **{**usual, **facts}, by=cast.owner)
    client.force_login(cast.owner)
    return made


def add(client: Client, at: Connection, **facts: Any) -> HttpResponse:
    answer = client.post(f"/connections/{at.pk}/models/new/", {**WISH, **facts})
    if answer.status_code != 302:
        assert Page(answer.content.decode()).problems == []
    return answer


def only() -> Endpoint:
    return Endpoint.objects.select_related("model").get(own_link__is_by_hand=True)


def candidate(slug: str) -> Candidate:
    (found,) = load_catalog().routes[slug]
    return found


def version() -> int:
    return Household.objects.get(id=1).policy_version


# --- own models ---


def test_a_model_entered_by_hand_can_be_called_at_once(client: Client, study: Connection) -> None:
    assert add(client, study, prompt="0", completion="0").status_code == 302
    found = candidate("study/llama3.3-70b")
    assert (found.upstream_id, found.context_length) == ("llama3.3:70b", 131_072)
    assert found.max_completion_tokens == 8192
    assert found.abilities == {"tools", "temperature"}
    assert found.is_free and found.stays_home and found.keeps_nothing
    model = only().model
    assert (model.name, model.source, model.open_weights) == ("Llama 3.3 70B", Source.OWN, True)
    assert model.input_modalities == ["text", "image"]
    assert only().pricing == {"prompt": "0", "completion": "0"}
    page = client.get("/connections/models/").content.decode()
    assert Page(page).problems == []
    assert "Llama 3.3 70B" in page and "entered by hand" in page and "$0.00" in page
    assert "Llama 3.3 70B" in client.get("/models/study/llama3.3-70b/").content.decode()
    assert AuditEntry.objects.filter(verb="model.added", subject="study/llama3.3-70b").exists()
    change = CatalogChange.objects.filter(model_slug="study/llama3.3-70b", endpoint_key="").get()
    assert (change.what, change.is_public) == ("new", False)


def test_no_price_is_not_known_and_zero_is_free(client: Client, office: Connection) -> None:
    add(client, office, slug="office/unknown")
    assert candidate("office/unknown").pricing is None
    assert not candidate("office/unknown").is_free
    add(client, office, slug="office/priced", prompt="0.075", completion="1", cached="0.01875")
    pricing = candidate("office/priced").pricing
    assert pricing is not None
    assert pricing.base["input_cache_read"] == Decimal("0.01875")


def test_what_was_entered_by_hand_survives_every_test_of_the_connection(
    client: Client, study: Connection
) -> None:
    add(client, study)
    discovery.absorb(study, TestResult("ok", "", models=["llama3.3:70b", "other"]))
    assert Endpoint.objects.filter(own_link__connection=study).count() == 2
    discovery.absorb(study, TestResult("no_models", "", models=[]))
    assert only().is_listed
    assert candidate("study/llama3.3-70b").upstream_id == "llama3.3:70b"


def test_another_address_keeps_the_model_and_forgets_what_was_said_of_the_place(
    client: Client, office: Connection, cast: Cast
) -> None:
    add(client, office, trains="no", keeps="0", source="Contract of May")
    slug = only().model.slug
    assert candidate(slug).keeps_nothing and not candidate(slug).may_train
    before = version()
    place("Office", cast, client, base_url="https://elsewhere.example/v1", at_home=False)
    assert version() == before + 1
    assert not candidate(slug).keeps_nothing and candidate(slug).may_train


def test_a_found_model_is_corrected_and_stays_found(client: Client, study: Connection) -> None:
    discovery.absorb(study, TestResult("ok", "", models=["qwen3-vl"]))
    found = Endpoint.objects.get(upstream_id="qwen3-vl")
    path = f"/connections/models/{found.pk}/"
    page = client.get(path).content.decode()
    assert Page(page).problems == [] and "as that connection reported it" in page
    assert client.post(path, {**WISH, "upstream_id": "qwen3-vl"}).status_code == 302
    found.refresh_from_db()
    assert found.input_modalities == ["text", "image"]
    assert LanguageModel.objects.get(pk=found.model_id).input_modalities == ["text", "image"]
    discovery.absorb(study, TestResult("ok", "", models=["qwen3-vl"]))
    found.refresh_from_db()
    assert found.input_modalities == ["text", "image"]
    assert client.get(f"{path}removal/").status_code == 404


def test_a_catalogue_models_name_makes_one_more_place_of_it(
    client: Client, study: Connection
) -> None:
    offer("meta-llama/llama-3.3-70b", "acme", name="Llama 3.3")
    add(client, study, slug="meta-llama/llama-3.3-70b", name="Mine")
    assert only().model.name == "Llama 3.3"
    assert only().model.source == Source.SEED
    page = client.get(f"/connections/models/{only().pk}/").content.decode()
    assert 'name="name"' not in page
    client.post(f"/connections/models/{only().pk}/removal/")
    assert LanguageModel.objects.get(slug="meta-llama/llama-3.3-70b").is_listed


@pytest.mark.parametrize(
    ("facts", "field", "sentence"),
    [
        ({"upstream_id": " "}, "upstream_id", "Enter the name the place"),
        ({"slug": "No Slash"}, "slug", "author/name"),
        ({"slug": "gatehouse/free"}, "slug", "the house's own"),
        ({"slug": "a/b:free"}, "slug", "author/name"),
        ({"slug": "a/" + "b" * 190}, "slug", "author/name"),
        ({"prompt": "-1", "completion": "1"}, "prompt", "never below zero"),
        ({"prompt": "cheap", "completion": "1"}, "prompt", "Enter a sum"),
        ({"prompt": "1"}, "completion", "Enter this one as well"),
        ({"cached": "1"}, "prompt", "Enter this one as well"),
        ({"prompt": "2000000", "completion": "1"}, "prompt", "is the most."),
        ({"context_length": "-5"}, "context_length", "whole number of tokens"),
        ({"context_length": "9" * 25}, "context_length", "whole number of tokens"),
        ({"max_completion_tokens": "1.5"}, "max_completion_tokens", "whole number of tokens"),
        ({"abilities": ["flying"]}, "abilities", "Choose from"),
        ({"input_modalities": ["image"]}, "input_modalities", "Text is part"),
        ({"trains": "maybe"}, "trains", "Choose one"),
        ({"keeps": "-1"}, "keeps", "Enter 0 where nothing is kept"),
        ({"keeps": "some"}, "keeps", "number of days"),
        ({"trains": "no"}, "source", "Say where that stands"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_typed_is_lost(
    client: Client, office: Connection, facts: dict[str, Any], field: str, sentence: str
) -> None:
    answer = add(client, office, **{"note": "a note of mine", **facts})
    assert answer.status_code == 422
    assert any(sentence in one for one in answer.context["form"].errors[field])
    assert "a note of mine" in answer.content.decode()
    assert not Endpoint.objects.filter(own_link__connection=office).exists()


def test_a_second_press_says_that_it_is_there_already(client: Client, study: Connection) -> None:
    add(client, study)
    answer = add(client, study)
    assert answer.status_code == 422
    assert "already" in str(answer.context["form"].errors["slug"])
    assert Endpoint.objects.filter(own_link__connection=study).count() == 1


def test_what_the_catalogue_knows_there_is_corrected_not_added(client: Client, cast: Cast) -> None:
    offer("acme/one", "acme")
    client.force_login(cast.owner)
    answer = add(client, connect("acme", cast), upstream_id="one")
    assert "as acme/one" in str(answer.context["form"].errors["upstream_id"])


def test_removing_says_first_what_stops(client: Client, study: Connection, cast: Cast) -> None:
    add(client, study)
    row, slug = only(), only().model.slug
    make_quarter(cast, cast.owner, "0", model=slug, endpoint_id=row.pk)
    key, _ = ApiKey.mint(project=cast.project, owner=cast.owner, name="Robot")
    ApiKey.objects.filter(pk=key.pk).update(allowed_models=[slug])
    page = client.get(f"/connections/models/{row.pk}/removal/").content.decode()
    assert Page(page).problems == []
    assert "are refused from then on" in page and "2 calls went to it" in page
    assert "Robot can call nothing then" in page
    assert row.is_listed, "looking removes nothing"
    for _ in range(2):
        client.post(f"/connections/models/{row.pk}/removal/")
    assert not Endpoint.objects.filter(pk=row.pk).exists()
    assert not LanguageModel.objects.filter(slug=slug).exists()
    assert AuditEntry.objects.filter(verb="model.removed").count() == 1
    assert CatalogChange.objects.filter(model_slug=slug, what="gone").exists()


def test_where_else_it_runs_is_said(client: Client, study: Connection, cast: Cast) -> None:
    office = place("Office", cast, client, base_url="https://models.example/v1", at_home=False)
    for one in (study, office):
        add(client, one, slug="our/model")
    row = Endpoint.objects.get(own_link__connection=study)
    assert effects_of(row).others == ["Office"]
    page = client.get(f"/connections/models/{row.pk}/removal/").content.decode()
    assert "also runs at Office" in page


# --- catalogue rows ---


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
    kinds = {"input_modalities": ["text"], "output_modalities": ["text"]}
    made = offer("acme/one", "acme", **kinds, context_length=8000)
    connect("acme", cast)
    return made


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


# --- who may ---


def test_only_who_looks_after_the_house_sees_any_of_it(
    client: Client, cast: Cast, study: Connection, acme: Endpoint
) -> None:
    add(client, study)
    own, base = only(), "/connections/models/"
    paths = [
        base,
        f"{base}new/",
        f"/connections/{study.pk}/models/new/",
        f"{base}{own.pk}/",
        f"{base}{own.pk}/removal/",
        f"{base}{acme.pk}/",
        f"{base}facts/{acme.model_id}/",
    ]
    for person in (cast.owner, cast.admin):
        client.force_login(person)
        assert [client.get(path).status_code for path in paths] == [200] * len(paths)
    posts = [*paths[2:], f"{base}{acme.pk}/catalogue/", f"{base}facts/{acme.model_id}/catalogue/"]
    for stranger in (cast.member, cast.viewer, cast.stranger):
        client.force_login(stranger)
        assert {client.get(path).status_code for path in paths} == {404}
        assert {client.post(path, {**WISH, "field": "pricing"}).status_code for path in posts} == {
            404
        }
    assert Endpoint.objects.filter(pk=own.pk).exists()


def test_the_demonstration_is_as_it_is(client: Client, cast: Cast) -> None:
    demo = Endpoint.objects.filter(provider__slug=Provider.DEMO).first()
    client.force_login(cast.owner)
    assert demo is not None
    assert client.get(f"/connections/models/{demo.pk}/").status_code == 404
    assert "gatehouse/demo" not in client.get("/connections/models/").content.decode()
