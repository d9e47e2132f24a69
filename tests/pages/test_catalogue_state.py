"""Where the catalogue stands, its switches, and the list that waits: for who looks after the
house."""

from datetime import timedelta
from html import unescape

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.models import LanguageModel, RefreshState
from apps.catalog.refresh.keeping import refresh, refresh_due
from tests.cast import Cast
from tests.catalog.refresh.lists import written
from tests.catalog.shelf import offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db
STATE, SOURCE = "/settings/catalogue/", "/settings/catalogue/models.dev/"


@pytest.fixture
def keeper(cast: Cast, client: Client) -> Client:
    client.force_login(cast.admin)
    return client


def shown(client: Client) -> str:
    page = client.get(STATE).content.decode()
    assert Page(page).problems == []
    return unescape(" ".join(page.split()))


def pressed(client: Client, wish: str, **fields: str) -> str:
    answer = client.post(SOURCE, {"wish": wish, **fields}, follow=True)
    return unescape(" ".join(answer.content.decode().split()))


def test_the_page_tells_what_stands_and_what_was_never_asked(keeper: Client) -> None:
    page = shown(keeper)
    assert page.count("It was never asked.") == 3
    assert "manage.py refresh_catalog" in page


def test_the_switch_and_the_button_queue_and_no_more(cast: Cast, keeper: Client) -> None:
    assert "asked every day from now on" in pressed(keeper, "daily")
    state = RefreshState.objects.get(source="models.dev")
    assert state.is_daily and state.due_at is not None and state.tried_at is None
    page = shown(keeper)
    assert "It is asked in a moment" in page and "No longer every day" in page
    assert "no longer asked every day" in pressed(keeper, "never")
    assert RefreshState.objects.get(source="models.dev").due_at is None
    pressed(keeper, "now")
    state.refresh_from_db()
    assert state.due_at is not None and not state.is_daily
    pressed(keeper, "nonsense")
    assert keeper.post("/settings/catalogue/elsewhere/", {"wish": "now"}).status_code == 404


def test_a_page_that_stands_is_brought_up_to_date_while_the_worker_is_at_it(
    keeper: Client,
) -> None:
    assert "hx-trigger" not in shown(keeper).partition('id="cards"')[2][:200]
    pressed(keeper, "now")
    piece = keeper.get(STATE, headers={"HX-Request": "true"}).content.decode()
    assert piece.strip().startswith('<div id="cards"')
    assert 'hx-trigger="every 4s"' in piece


def test_a_list_that_waits_is_shown_and_taken_by_a_button(cast: Cast, keeper: Client) -> None:
    for number in range(4):
        offer(f"acme/m-{number}", "acme")
    assert refresh("models.dev", content=written("models_dev.json")).result == "refused"
    page = shown(keeper)
    assert "A list waits for your decision." in page
    assert "remove 4 of 4 models (100%" in page
    assert "4 models gone" in page and "<code>acme/m-3</code>" in page
    waiting = RefreshState.objects.get().waiting_sha256
    assert "Another list waits" in pressed(keeper, "accept", list="0" * 64)
    assert "Another list waits" in pressed(keeper, "accept")
    assert "as soon as the worker" in pressed(keeper, "accept", list=waiting)
    pressed(keeper, "accept", list=waiting)
    outcome = refresh_due(timezone.now() + timedelta(seconds=1))
    assert outcome is not None and outcome.result == "ok"
    assert LanguageModel.objects.filter(author__slug="acme", is_listed=True).count() == 0
    assert "Up to date" in shown(keeper)


def test_a_hostile_name_is_only_text_on_the_page(keeper: Client) -> None:
    RefreshState.objects.create(
        source="models.dev",
        result="refused",
        words="<img src=x onerror=alert(1)>",
        waiting_sha256="1",
        preview={"counts": {"new_models": 1}, "new_models": ["<script>alert(1)</script>"]},
    )
    page = keeper.get(STATE).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page


def test_others_do_not_find_it(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert client.get(STATE).status_code == 404
    assert client.post(SOURCE, {"wish": "daily"}).status_code == 404
    assert not RefreshState.objects.exists()
