"""Models the household enters by hand: added, corrected, removed."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import AuditEntry
from apps.catalog.models import CatalogChange, Endpoint, LanguageModel, Provider, Source
from apps.connections import discovery
from apps.connections.models import Connection
from apps.connections.probe import TestResult
from apps.gateway.own_model_pages.effects import effects_of
from apps.keys.models import ApiKey
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page
from tests.pages.owning import WISH, acme_one, add, candidate, only, place, version

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(cast: Cast, client: Client) -> Connection:
    return place("Study", cast, client)


@pytest.fixture
def office(cast: Cast, client: Client) -> Connection:
    """Not at home, so its data policy matters."""
    return place("Office", cast, client, base_url="https://models.example/v1", at_home=False)


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


# --- who may ---


def test_only_who_looks_after_the_house_sees_any_of_it(
    client: Client, cast: Cast, study: Connection
) -> None:
    add(client, study)
    acme = acme_one(cast)
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
