"""The pages of providers, as strangers and people of the house get them."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.catalog import seed
from apps.catalog.models import Provider, Source
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db

KNOWN = {
    "trains": "no",
    "retention_days": 30,
    "zdr": "on_request",
    "source": "Its terms",
    "as_of": "2026-09-24",
    "confidence": "high",
    "note": "Flagged content is kept longer.",
}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    page = answer.content.decode()
    assert Page(page).problems == []
    return page


def test_a_provider_tells_what_it_does_who_says_so_and_how_sure_that_is(client: Client) -> None:
    offer("acme/open", "acme", policy=KNOWN, pricing={"prompt": "0.5", "completion": "2"})
    offer("acme/open", "other", pricing={"prompt": "0.1", "completion": "0.1"})
    Provider.objects.filter(slug="acme").update(
        headquarters="FR",
        privacy_url="https://acme.example/privacy",
        status_url="javascript:alert(1)",
    )
    page = read(client, "/providers/acme/")
    for words in (
        "Keeps 30 days",
        "On request: it depends on the account",
        "Source: Its terms; as of 24 Sep 2026",
        "well supported",
        "Flagged content is kept longer.",
        "France",
        'href="https://acme.example/privacy" rel="noopener noreferrer nofollow"',
        'href="/models/acme/open/"',
        "$0.50",
    ):
        assert words in page, words
    assert "javascript:" not in page
    assert "$0.10" not in page  # another provider's price


def test_strangers_do_not_learn_what_is_connected(cast: Cast, client: Client) -> None:
    offer("acme/open", "acme")
    offer("acme/open", "other")
    connect("acme", cast)
    for address in ("/providers/", "/providers/acme/"):
        page = read(client, address)
        for words in ("onnected", "easured", "/connections/"):
            assert words not in page, (address, words)
    client.force_login(cast.member)
    assert "1 is connected here" in read(client, "/providers/")
    assert "<dd>Connected</dd>" in read(client, "/providers/acme/")
    assert "Not measured here yet" in read(client, "/providers/acme/")
    assert "<dd>Not connected</dd>" in read(client, "/providers/other/")
    assert "Connect it" not in read(client, "/providers/other/")
    client.force_login(cast.owner)
    assert 'href="/connections/new/other/"' in read(client, "/providers/other/")


def test_strangers_do_not_learn_of_a_provider_that_only_this_house_has(
    cast: Cast, client: Client
) -> None:
    offer("home/llama", "study", source=Source.OWN)
    Provider.objects.filter(slug="study").update(source=Source.OWN)
    assert "Study" not in read(client, "/providers/")
    assert client.get("/providers/study/").status_code == 404
    client.force_login(cast.stranger)
    assert "Study" in read(client, "/providers/")
    assert "home/llama" in read(client, "/providers/study/")


@pytest.mark.parametrize("slug", ["nobody", "custom", "<b>", "a/b", "%00", "x" * 500])
def test_a_provider_that_cannot_be_is_404(cast: Cast, client: Client, slug: str) -> None:
    client.force_login(cast.owner)
    assert client.get(f"/providers/{slug}/").status_code == 404


def test_what_others_wrote_stays_text(client: Client) -> None:
    offer("acme/open", "acme", policy={"note": HOSTILE, "source": HOSTILE, "as_of": HOSTILE})
    Provider.objects.filter(slug="acme").update(name=HOSTILE[:90], terms_url="data:text/html,x")
    for address in ("/providers/", "/providers/acme/", "/models/acme/open/"):
        page = read(client, address)
        assert "<script>alert" not in page and "<img" not in page
        assert "data:text" not in page


def test_the_whole_catalogue_s_providers_are_one_page_of_few_queries(client: Client) -> None:
    seed.load()
    page = read(client, "/providers/")
    assert page.count('<th scope="row"') >= 90
    with CaptureQueriesContext(connection) as asked:
        read(client, "/providers/")
    assert len(asked) <= 3
    page = read(client, "/providers/openrouter/")
    assert "The newest twenty." in page
    assert 'href="/models/?providers=openrouter"' in page
    with CaptureQueriesContext(connection) as asked:
        read(client, "/providers/openrouter/")
    assert len(asked) <= 3
