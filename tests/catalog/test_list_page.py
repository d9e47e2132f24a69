"""The list with all its parts: what it finds, its downloads, odd addresses, its cost."""

import csv
import gzip
import io
import re
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog import listing, seed
from apps.catalog.filters import Around, ModelFilter
from apps.catalog.models import Author, Endpoint, LanguageModel
from apps.catalog.use_cases import USE_CASES
from tests.cast import Cast
from tests.catalog.queries import QUERIES
from tests.catalog.shelf import connect, offer
from tests.guardrails.sheets import put
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db
ROW = re.compile(r"<code>([^<]+)</code>")


def read(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    text: str = answer.content.decode()
    return text


def slugs(page: str) -> list[str]:
    return ROW.findall(page)


def lines(client: Client, query: str = "") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(read(client, f"/models/download/?{query}"))))


def test_page_download_and_filter_answer_alike(client: Client) -> None:
    seed.load()
    catalog = listing.current(with_own=False)
    for query in QUERIES:
        wanted = ModelFilter.from_query(QueryDict(query), catalog)
        found = [one.slug for one in wanted.apply(catalog.entries.values(), Around())]
        assert slugs(read(client, f"/models/?{query}")) == found[:50], query
        assert [line["id"] for line in lines(client, query)] == found, query


@pytest.mark.parametrize(
    "query",
    [
        "page=99999&limit=-1&offset=x",
        "min_price=5&max_price=1",
        "max_price=-1&max_chat_price=NaN&context=-5&max_age_days=1e9",
        "q=" + "a" * 10_000,
        "q=%25%5F%00%27%22%5C",
        "q=" + quote("🙂 \u202e ﷺ " * 20),
        "providers=%00&model_authors=<b>&supported_parameters=,,,&use_case=%ff",
        "input_modalities=text&output_modalities=all&output_modalities=x",
        "zdr=maybe&sort=drop+table&fmt=xml&category=trivia&region=eu",
        "min_age_days=9&max_age_days=3&free=true&min_price=1",
        "&".join(f"providers=p{number}" for number in range(500)),
    ],
)
@pytest.mark.parametrize("way", ["", "download/", "feed/"])
def test_odd_questions_get_a_sensible_answer(client: Client, query: str, way: str) -> None:
    offer("acme/open", "acme")
    page = read(client, f"/models/{way}?{query}")
    if not way:
        assert Page(page).problems == []


def test_what_was_typed_and_cannot_be_used_is_told_and_kept(client: Client) -> None:
    page = read(client, "/models/?max_chat_price=cheap")
    assert "Enter a price in dollars, such as 1.50." in page
    assert re.search(r'<input[^>]*name="max_chat_price"[^>]*value="cheap"', page)


def test_counts_follow_the_filters_and_htmx_gets_each_in_its_place(client: Client) -> None:
    offer("acme/one", "acme")
    offer("acme/two", "other", policy={"trains": "yes"})
    page = read(client, "/models/?model_authors=acme")
    assert '<small class="n" id="n-providers-acme">1</small>' in page
    assert '<small class="n" id="n-zdr-true">1</small>' in page
    piece = read(client, "/models/?q=two&model_authors=acme", **{"HX-Request": "true"})
    assert '<small class="n" id="n-providers-acme" hx-swap-oob="true">0</small>' in piece
    places = re.findall(r'<small class="n" id="([^"]+)" hx-swap-oob', piece)
    assert len(places) == len(set(places)) > 15
    assert all(f'id="{place}"' in page for place in places)


def test_use_cases_tell_their_rules(client: Client) -> None:
    offer("acme/coder", "acme")
    page = read(client, "/models/")
    rules = {one.name: one.rule for one in USE_CASES}
    assert f'title="Shown where {rules["coding"]}"' in page
    assert f"<dd>Shown where {rules['agents']}.</dd>" in page
    assert "Making video" not in page  # nobody does here
    assert slugs(read(client, "/models/?use_case=coding")) == ["acme/coder"]


def test_only_who_lives_here_may_ask_what_is_connected(cast: Cast, client: Client) -> None:
    offer("acme/here", "acme")
    offer("acme/closed", "far", policy={"trains": "no", "retention_days": 30})
    offer("acme/away", "nowhere")
    connect("acme", cast)
    connect("far", cast)
    put(cast, cast.project, zero_retention=True)
    page = read(client, "/models/?connected=true")
    assert slugs(page) == [] and 'name="connected"' not in page
    client.force_login(cast.member)
    connected = slugs(read(client, "/models/?connected=true"))
    assert {"acme/here", "acme/closed"} < set(connected) and "acme/away" not in connected
    mine = slugs(read(client, "/models/?mine=true"))
    assert "acme/here" in mine and "acme/closed" not in mine
    (line,) = lines(client, "q=acme/closed")
    assert (line["is_connected"], line["i_may_use"]) == ("True", "False")


def test_a_row_shows_the_endpoint_that_fits(client: Client) -> None:
    cheap = {"prompt": "0.1", "completion": "0.1"}
    offer("acme/open", "cheap", pricing=cheap, policy={"trains": "yes"})
    offer("acme/open", "private")
    assert "$0.10" in read(client, "/models/?q=acme")
    page = read(client, "/models/?q=acme&zdr=true")
    assert "$0.50" in page and "$0.10" not in page and "Trains" not in page


def test_cards_tell_a_model_in_plain_words(client: Client) -> None:
    offer("acme/open", "acme")
    page = read(client, "/models/?fmt=cards&q=open")
    assert "Agents and tools" in page and "About 760 chats per $1" in page
    assert re.search(r'<input[^>]*name="fmt"[^>]*value="cards"', page)
    assert "fmt=cards" not in re.findall(r'href="([^"]*)"[^>]*>Table<', page)[0]
    assert Page(page).problems == []


def test_the_download_is_safe_in_a_spreadsheet(client: Client) -> None:
    offer("acme/open", "acme", name="=HYPERLINK(1)")
    answer = client.get("/models/download/?q=acme")
    assert answer["Content-Disposition"].startswith('attachment; filename="models-')
    (line,) = lines(client, "q=acme")
    assert line["name"] == "'=HYPERLINK(1)"
    assert (line["prompt_usd_per_million"], line["is_free"]) == ("0.5", "False")


def test_the_feed_has_new_models_and_nothing_without_a_day(client: Client) -> None:
    offer("acme/old", "acme", name="Old & <b>bold</b>\x0b")
    offer("acme/undated", "acme")
    LanguageModel.objects.filter(slug="acme/old").update(released_on="2026-01-02")
    for address in ("/models/feed/?q=acme", "/models/?use_rss=true&q=acme"):
        answer = client.get(address)
        assert answer["Content-Type"].startswith("application/rss+xml")
        items = ElementTree.fromstring(answer.content).findall("channel/item")
        assert [one.findtext("title") for one in items] == ["Acme: Old & <b>bold</b>"]
        assert items[0].findtext("link") == f"{settings.GATEHOUSE_URL}/models/acme/old/"
        assert (items[0].findtext("pubDate") or "").startswith("Fri, 02 Jan 2026")
    linked = read(client, "/models/feed/?q=acme&use_rss_chat_links=true")
    assert "/chat/?model=acme%2Fold" in linked


def test_beginners_find_choices_where_nothing_is_asked_yet(client: Client) -> None:
    seed.load()
    page = read(client, "/models/")
    assert page.index("Good choices to begin with") < page.index('<table class="table')
    for title in ("To begin with", "Thinks, and costs little", "Reads pictures", "Long documents"):
        assert f"<b>{title}</b>" in page
    assert "Good choices" not in read(client, "/models/?q=claude")
    assert Page(page).problems == []


def test_a_long_list_is_few_queries_and_few_bytes(cast: Cast, client: Client) -> None:
    seed.load()
    client.force_login(cast.member)
    read(client, "/models/")
    for query in ("", "q=claude&fmt=cards", "zdr=true&providers=azure&sort=name&page=2"):
        with CaptureQueriesContext(connection) as asked:
            page = read(client, f"/models/?{query}")
        own = [one for one in asked if "catalog_" not in one["sql"]]
        assert len(own) <= 12
        assert len(gzip.compress(page.encode())) <= 60_000


def test_an_empty_catalogue_is_no_trouble(client: Client) -> None:
    Endpoint.objects.all().delete()
    LanguageModel.objects.all().delete()
    Author.objects.all().delete()
    for way in ("", "download/", "feed/", "?fmt=cards", "?mine=true"):
        read(client, f"/models/{way}")
