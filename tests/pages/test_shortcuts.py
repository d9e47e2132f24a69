"""The keys that do something everywhere: told truly, and the same in the frame's links."""

import re

from django.test import Client

from apps.core.shortcuts import PLACES
from tests.cast import Cast
from tests.pages.markup import Page


def test_every_letter_told_leads_where_it_says(cast: Cast, client: Client) -> None:
    told = {one.keys[1]: one.words for one in PLACES}
    client.force_login(cast.owner)
    for path in ("/", "/chat/"):
        page = client.get(path).content.decode()
        links = re.findall(r'<a [^>]*data-go="(\w)"[^>]*>(.*?)</a>', page)
        shown = {letter: re.sub("<[^>]*>", "", words) for letter, words in links}
        assert {**shown, "c": "New chat"} == told
        assert shown["c"] == "Chat"


def test_strangers_are_told_what_they_have(cast: Cast, client: Client) -> None:
    page = client.get("/shortcuts/").content.decode()
    assert Page(page).problems == []
    letters = set(re.findall(r"<kbd>(\w)</kbd>", page)) - {"g", "K"}
    assert letters == set(re.findall(r'data-go="(\w)"', page)) == {"h", "m"}


def test_the_keys_are_a_page_and_a_piece(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get("/shortcuts/")
    assert Page(page.content.decode()).problems == []
    piece = client.get("/shortcuts/", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in piece and "<kbd>K</kbd>" in piece
    assert 'href="/shortcuts/"' in client.get("/settings/").content.decode()
