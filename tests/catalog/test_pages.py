"""The catalogue's pages, as strangers and people of the house get them."""

import gzip

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from apps.accounts.context import base_url
from apps.catalog import listing, seed
from apps.catalog.models import Endpoint, LanguageModel, Provider, Source
from apps.catalog.sheet import USES
from apps.connections.models import Connection
from apps.core.snippets import snippets
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import offer
from tests.pages.markup import Page

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


pytestmark = pytest.mark.django_db


def read(client: Client, address: str, **headers: str) -> str:
    answer = client.get(address, headers=headers)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_whole_catalogue_is_listed_in_few_queries_and_bytes(client: Client) -> None:
    seed.load()
    first = read(client, "/models/")
    assert "602 models match" not in first  # free variants are models of their own
    assert first.count("<tr>") == 51
    with CaptureQueriesContext(connection) as asked:
        page = read(client, "/models/?sort=pricing-low-to-high&page=2")
    assert len(asked) <= 2
    assert len(gzip.compress(page.encode())) <= 60_000
    assert Page(page).problems == []
    slug = "openai/gpt-5-mini"
    with CaptureQueriesContext(connection) as asked:
        model = read(client, f"/models/{slug}/")
    assert len(asked) <= 4  # one of them whether the house shows its rankings
    for words in ("400,000 tokens", "$0.25", "Azure", "Keeps 30 days", "Source: "):
        assert words in model, words
    assert Page(model).problems == []


@pytest.mark.parametrize(
    ("cutoff", "shown"),
    [("2025-07", "Jul 2025"), ("2025-07-31", "Jul 2025"), ("a <b>while</b>", "a &lt;b&gt;while")],
)
def test_what_a_model_knows_until_is_a_month(client: Client, cutoff: str, shown: str) -> None:
    offer("acme/open", "acme")
    LanguageModel.objects.update(knowledge_cutoff=cutoff)
    assert f"<dd>{shown}" in read(client, "/models/acme/open/")


@pytest.mark.parametrize(("name", "mark"), [("Z.ai", "Za"), ("01.AI", "01"), ("Ö", "Ö"), ("–", "")])
def test_a_door_shows_two_letters(name: str, mark: str) -> None:
    assert listing.mark_of(name) == mark


def test_strangers_are_not_told_what_only_this_house_has(cast: Cast, client: Client) -> None:
    offer("acme/open", "acme")
    offer("home/llama", "study", source=Source.OWN)
    assert "home/llama" not in read(client, "/models/")
    assert client.get("/models/home/llama/").status_code == 404
    client.force_login(cast.stranger)
    assert "home/llama" in read(client, "/models/")
    assert "home/llama" in read(client, "/models/home/llama/")


def test_strangers_see_a_model_without_the_endpoints_that_only_this_house_has(
    cast: Cast, client: Client
) -> None:
    offer("acme/open", "acme")
    cheap = {"prompt": "0.1", "completion": "0.1"}
    offer("acme/open", "study", source=Source.OWN, pricing=cheap)
    for address in ("/models/", "/models/acme/open/", "/search/?q=acme/open", "/models/?q=open"):
        page = read(client, address)
        assert "acme/open" in page and "Study" not in page, address
    page = read(client, "/models/acme/open/")
    assert "$0.50" in page and "$0.10" not in page and "1 endpoint." in page
    client.force_login(cast.stranger)
    page = read(client, "/models/acme/open/")
    assert "$0.50" in page and "$0.10" in page and "Study" in page


def test_the_demonstration_is_in_every_house(client: Client) -> None:
    listed = read(client, "/models/")
    assert "gatehouse/demo:free" in listed and "May train" not in listed
    assert "No charge" in read(client, "/models/gatehouse/demo:free/")


def test_htmx_gets_the_rows_and_a_clean_address(client: Client) -> None:
    offer("acme/open", "acme")
    answer = client.get("/models/?q=open&model_authors=&max_price=", headers={"HX-Request": "true"})
    assert answer["HX-Replace-Url"] == "/models/?q=open"
    assert b"<h1" not in answer.content
    assert b"acme/open" in answer.content
    assert b'<div id="count" hx-swap-oob="innerHTML">1 model matches</div>' in answer.content
    assert b"hx-swap-oob" not in client.get("/models/?q=open").content


def test_a_change_is_seen_at_once_and_a_hidden_model_is_gone(client: Client) -> None:
    offer("acme/open", "acme", name="First name")
    assert "First name" in read(client, "/models/")
    LanguageModel.objects.filter(slug="acme/open").update(name="Second name")
    assert "Second name" in read(client, "/models/")
    LanguageModel.objects.filter(slug="acme/open").update(is_listed=False)
    assert "Second name" not in read(client, "/models/")
    assert client.get("/models/acme/open/").status_code == 404


def test_a_free_variant_has_its_own_row_page_and_caveat(client: Client) -> None:
    offer("acme/open", "acme")
    offer("acme/open", "acme", variant="free", pricing={"prompt": "0", "completion": "0"})
    free, paid = read(client, "/models/acme/open:free/"), read(client, "/models/acme/open/")
    assert "May train" in free and "No charge" in free
    assert "May train" not in paid and "$0.50" in paid
    assert read(client, "/models/?free=true&model_authors=acme").count("<tr>") == 2


@pytest.mark.parametrize("use", [*USES, "nonsense"])
def test_every_way_to_use_a_model_names_it(client: Client, use: str) -> None:
    offer("acme/open", "acme", policy={})
    page = read(client, f"/models/acme/open/?use={use}")
    (shown,) = snippets(base_url(), model="acme/open", only=[use if use in USES else "curl"])
    assert all(escape(line) in page for line in shown.text.splitlines())
    assert all(escape(step.value) in page for step in shown.steps)
    assert "acme/open" in shown.text or "acme/open" in [step.value for step in shown.steps]
    assert "the stricter reading holds" in page
    assert Page(page).problems == []


def test_what_others_wrote_stays_text(client: Client) -> None:
    offer("acme/open", "acme", name=HOSTILE, tag=HOSTILE[:90], policy={"note": HOSTILE})
    Provider.objects.update(name=HOSTILE[:90], privacy_url="javascript:alert(1)")
    for address in ("/models/", "/models/acme/open/", f"/models/?q={HOSTILE}"):
        page = read(client, address)
        assert "<script>alert" not in page and "<img" not in page
        assert "javascript:" not in page
        assert Page(page).problems == []


@pytest.mark.parametrize(
    "pricing", [{}, {"prompt": "x", "completion": "1"}, {"prompt": "-1", "completion": "0"}]
)
def test_an_unknown_price_is_a_dash(client: Client, pricing: dict[str, str]) -> None:
    offer("acme/open", "acme", pricing=pricing)
    assert "–" in read(client, "/models/?sort=pricing-low-to-high")
    assert "Its price is not known" in read(client, "/models/acme/open/")


@pytest.mark.parametrize("path", ["x/", "a/b/c/d/", "%00/", "acme/open:free/", "<b>/"])
def test_a_model_that_cannot_be_is_404(client: Client, path: str) -> None:
    offer("acme/open", "acme")
    assert client.get(f"/models/{path}").status_code == 404


def test_an_empty_catalogue_says_so(client: Client) -> None:
    Endpoint.objects.all().delete()
    page = read(client, "/models/?q=x")
    assert "No model fits all of this" in page
    assert Page(page).problems == []


def test_a_model_page_leads_to_a_chat_and_tells_what_it_cost_here(
    cast: Cast, client: Client
) -> None:
    offer("acme/open", "acme")
    for person, cost in ((cast.member, "1.5"), (cast.owner, "2.25")):
        make_quarter(cast, person, cost, model="acme/open")
    assert "/chat/?model=" not in read(client, "/models/acme/open/")
    for person, spent in ((cast.member, "$1.50"), (cast.owner, "$3.75")):
        client.force_login(person)
        page = read(client, "/models/acme/open/")
        assert 'href="/chat/?model=acme%2Fopen"' in page
        assert f"<dd>{spent}</dd>" in page
        assert Page(page).problems == []


def test_endpoints_the_house_is_connected_to_come_first(cast: Cast, client: Client) -> None:
    offer("acme/open", "cheap", pricing={"prompt": "0.1", "completion": "0.2"})
    dear = offer("acme/open", "dear")
    address = "https://provider.example/v1"
    Connection.objects.create(provider=dear.provider, name="Dear", base_url=address)
    page = read(client, "/models/acme/open/")
    assert "onnected" not in page and page.index(">Cheap</a>") < page.index(">Dear</a>")
    client.force_login(cast.stranger)
    page = read(client, "/models/acme/open/")
    assert page.index(">Dear</a>") < page.index('<tr class="out">') < page.index(">Cheap</a>")
    assert page.count("not connected") == 1
    assert Page(page).problems == []
