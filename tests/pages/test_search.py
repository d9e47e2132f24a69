"""The search of the whole house: every source by the rights of who asks, as a page and as the list
in the palette."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.catalog.models import Source
from apps.chat.finding import MOST, WAYS
from apps.chat.models import Conversation
from apps.keys.making import Rules, delete, make_key
from tests.cast import Cast
from tests.catalog.shelf import offer
from tests.pages.markup import Page

HTMX = {"HTTP_HX_REQUEST": "true"}


def found(client: Client, wanted: str, **headers: str) -> str:
    answer = client.get("/search/", {"q": wanted}, **headers)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def begin(owner: User, cast: Cast, words: str) -> Conversation:
    return Conversation.begin(owner=owner, project=cast.project, first_words=words)


def test_it_is_a_sound_page_for_everybody(cast: Cast, client: Client) -> None:
    begin(cast.owner, cast, "A letter to the school")
    for wanted in ("", "s", "no such thing", "<b>&", "\0", "x" * 300):
        assert Page(client.get("/search/", {"q": wanted}).content.decode()).problems == []
    client.force_login(cast.owner)
    for wanted in ("", "s", "no such thing", "<b>&", "\0", "x" * 300):
        answer = client.get("/search/", {"q": wanted})
        assert Page(answer.content.decode()).problems == []
        assert "private" in answer["Cache-Control"]
        assert "HX-Request" in answer["Vary"]


def test_the_palette_gets_the_list_alone(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    piece = found(client, "sett", **HTMX)
    assert "<html" not in piece and 'role="listbox"' in piece
    assert piece.count('role="option"') == 2
    assert 'data-count="2 found"' in piece and 'href="/settings/"' in piece
    assert "Inside your chats: “sett”" in piece
    client.logout()
    assert "Nothing fits “zzzz”" in found(client, "zzzz", **HTMX)


def test_every_page_it_names_opens_for_who_finds_it(cast: Cast, client: Client) -> None:
    for person in (None, cast.member, cast.owner):
        client.logout()
        if person:
            client.force_login(person)
        page = found(client, "")
        ways = [way for way in WAYS if way.is_open_to(person)]
        assert ways
        for way in ways:
            assert f'href="{reverse(way.page)}"' in page, way.name
            assert client.get(reverse(way.page)).status_code == 200, way.name


@pytest.mark.parametrize(
    ("words", "page"),
    [("spend", "/activity/"), ("RECEIPTS", "/calls/"), ("trend", "/rankings/"), ("time th", None)],
)
def test_pages_are_known_by_other_names(
    cast: Cast, client: Client, words: str, page: str | None
) -> None:
    client.force_login(cast.member)
    pages = found(client, words, **HTMX).partition("Your chats")[0]
    assert (f'href="{page}"' in pages) if page else "/settings/" not in pages


def test_own_chats_are_found_by_title_and_nobody_elses(cast: Cast, client: Client) -> None:
    own = begin(cast.member, cast, "Why the sourdough stays flat")
    begin(cast.owner, cast, "Sourdough of the owner")
    client.force_login(cast.member)
    page = found(client, "SOUR flat")
    assert "Why the sourdough stays flat" in page and f"/chat/{own.pk}/" in page
    assert "Sourdough of the owner" not in found(client, "sourdough")
    client.force_login(cast.owner)
    assert "stays flat" not in found(client, "sourdough")
    client.logout()
    assert "ourdough" not in found(client, "sourdou").replace("sourdou", "")


def test_keys_are_found_by_name_and_last_four_by_who_may_see_them(
    cast: Cast, client: Client
) -> None:
    key, secret = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    gone, _ = make_key(Rules("Laptop old"), project=cast.project, owner=cast.member, actor=None)
    delete(gone, actor=cast.owner)
    for person, sees in ((cast.member, True), (cast.owner, True), (cast.stranger, False)):
        client.force_login(person)
        for wanted in ("lap", secret[-4:].lower()):
            page = found(client, wanted)
            assert (f'href="/keys/{key.pk}/"' in page) is sees
            assert f"/keys/{gone.pk}/" not in page
            assert secret not in page


def test_projects_are_found_by_who_may_look_at_them(cast: Cast, client: Client) -> None:
    for person, sees in ((cast.viewer, True), (cast.stranger, False)):
        client.force_login(person)
        assert ('href="/projects/home/"' in found(client, "hom")) is sees


def test_models_begin_with_the_closest_and_lead_to_all(cast: Cast, client: Client) -> None:
    for number in range(MOST + 2):
        offer(f"acme/big-rocket-{number:02}", "acme")
    offer("acme/rocket", "acme")
    offer("house/rocket-own", "study", source=Source.OWN)
    page = found(client, "rocket")
    assert page.count('href="/models/acme/') == MOST
    assert page.index('href="/models/acme/rocket/"') < page.index('href="/models/acme/big-')
    assert f"All {MOST + 3} models that fit" in page
    assert "rocket-own" not in page
    client.force_login(cast.member)
    assert "rocket-own" in found(client, "rocket own")
