"""The page that compares models, as strangers and people of the house get it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Source
from tests.cast import Cast, make_call
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db


@pytest.fixture
def models() -> list[str]:
    slugs = [f"acme/model-{number}" for number in range(1, 7)]
    for number, slug in enumerate(slugs, 1):
        offer(slug, "acme", pricing={"prompt": str(number), "completion": "2"})
    return slugs


def read(client: Client, *slugs: str, **params: str) -> str:
    answer = client.get("/compare/", {"m": list(slugs), **params})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Page(page).problems == []
    return page


def test_models_stand_beside_each_other_and_each_can_be_taken_away(
    client: Client, models: list[str]
) -> None:
    page = read(client, *models[:3])
    assert page.count('<th scope="col">') == 3
    assert "cheapest" in page
    assert 'href="/compare/?m=acme%2Fmodel-1&amp;m=acme%2Fmodel-3"' in page
    assert 'href="/models/acme/model-2/"' in page


def test_without_models_it_asks_for_the_first(client: Client, models: list[str]) -> None:
    page = read(client)
    assert "Choose the first" in page
    assert "<table" not in page


def test_another_is_found_and_added_by_links_alone(client: Client, models: list[str]) -> None:
    page = read(client, models[0], q="model")
    assert 'href="/compare/?m=acme%2Fmodel-1&amp;m=acme%2Fmodel-2"' in page
    assert 'aria-label="Add model-1"' not in page
    assert "fits “nowhere”" in read(client, models[0], q="nowhere")


def test_four_is_the_most(client: Client, models: list[str]) -> None:
    page = read(client, *models)
    assert page.count('<th scope="col">') == 4
    assert "Four is the most. Left out: model-5, model-6." in page
    assert 'id="q"' not in page


@pytest.mark.parametrize("name", ["acme/gone", "<b>x</b>", "%00", "x" * 5000, "acme/model-1:nitro"])
def test_a_name_that_nobody_has_is_told_and_left_out(
    client: Client, models: list[str], name: str
) -> None:
    page = read(client, models[0], name, models[0])
    assert "so it is left out" in page
    assert page.count('<th scope="col">') == 1
    assert "<b>x</b>" not in page


def test_strangers_see_nothing_of_the_house(cast: Cast, client: Client, models: list[str]) -> None:
    offer("home/llama", "study", source=Source.OWN)
    connect("acme", cast)
    page = read(client, models[0], "home/llama")
    assert "No model here is called “home/llama”" in page
    assert "Sign in to try it" in page
    for words in ("Not connected", "You may ask it", "measured here", "<textarea"):
        assert words not in page, words
    client.force_login(cast.member)
    page = read(client, models[0], "home/llama")
    for words in ("You may ask it", "Not connected", "not measured here yet", "<textarea"):
        assert words in page, words


def test_what_rules_close_is_told(cast: Cast, client: Client, models: list[str]) -> None:
    connect("acme", cast)
    client.force_login(cast.stranger)  # works in no project
    assert "Closed to you" in read(client, models[0])


def test_it_asks_the_database_little(client: Client, models: list[str]) -> None:
    read(client, *models)
    with CaptureQueriesContext(connection) as asked:
        read(client, *models[:4])
    assert len(asked) <= 2


@pytest.mark.parametrize("look", ["", "?fmt=cards"])
def test_the_list_has_a_tick_for_each_model_and_one_button(
    client: Client, models: list[str], look: str
) -> None:
    page = client.get(f"/models/{look}").content.decode()
    assert '<form id="ticked" action="/compare/">' in page
    for slug in models:
        assert f'name="m" value="{slug}" form="ticked"' in page
    assert Page(page).problems == []


@pytest.mark.parametrize("provider", ["acme", "custom", "not a slug", ""])
def test_a_receipt_leads_to_its_model_and_provider(
    cast: Cast, client: Client, provider: str
) -> None:
    call = make_call(cast, cast.member, model="acme/model-1", provider=provider)
    client.force_login(cast.member)
    page = client.get(f"/calls/{call.pk}/").content.decode()
    assert 'href="/models/acme/model-1/"' in page
    assert ('href="/providers/' in page) == (provider == "acme")
