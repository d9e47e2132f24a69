"""What changed: for everybody, day by day, narrowed by the address, and as RSS."""

from datetime import timedelta
from html import unescape
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.catalog import history
from apps.catalog.history import Change
from apps.catalog.models import Source
from tests.cast import Cast
from tests.catalog.shelf import offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db
DEAR, CHEAP = {"prompt": "3", "completion": "15"}, {"prompt": "2.50", "completion": "15"}
EVIL = "acme/<script>alert(1)</script>"


@pytest.fixture
def told() -> None:
    """Three days: a price, a model that came at two places, one that went, one of the house's."""
    offer("acme/one", "acme")
    offer("acme/two", "acme")
    offer("house/mine", "house", source=Source.OWN)
    now = timezone.now()
    for days, changes in (
        (0, [Change("repriced", "acme/one", "acme/one@acme", "pricing", DEAR, CHEAP)]),
        (
            1,
            [
                Change("new", "acme/two"),
                Change("new", "acme/two", "acme/two@acme", after=CHEAP),
                Change("new", "acme/two", "acme/two@hosts", after=CHEAP),
                Change("new", "house/mine", is_public=False),
            ],
        ),
        (
            2,
            [
                Change("gone", EVIL),
                Change("edited", "acme/one", "", "context_length", 8000, 200_000),
            ],
        ),
    ):
        history.record(changes, source="models.dev", at=now - timedelta(days=days))


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/models/changes/{query}")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Page(page).problems == []
    return unescape(" ".join(page.split()))


def test_an_empty_history_says_so(client: Client) -> None:
    assert "Nothing changed yet" in shown(client)


def test_each_change_is_told_with_what_was_and_what_is(told: None, client: Client) -> None:
    page = shown(client)
    assert '$3.00</s> → <b><span class="visually-hidden">is </span>$2.50</b>' in page
    assert "Completion" not in page.partition("</h2>")[2].partition("<section")[0]
    assert "8k</s>" in page and "200k</b>" in page
    assert "at 2 providers" in page, "places that came with their model are told with it"
    assert page.count('class="badge') == 4
    assert "says models.dev" in page


def test_a_name_is_only_text(told: None, client: Client) -> None:
    assert "<script>alert" not in client.get("/models/changes/").content.decode()


def test_strangers_do_not_see_what_is_the_houses_own(
    told: None, cast: Cast, client: Client
) -> None:
    assert "house/mine" not in shown(client)
    assert "house/mine" not in client.get("/models/changes/rss/").content.decode()
    client.force_login(cast.stranger)
    assert "house/mine" in shown(client)


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("?what=new", "acme/two", "acme/one"),
        ("?what=repriced", "$2.50", "acme/two"),
        ("?what=gone", "script", "acme/one"),
        ("?author=acme", "acme/one", "house/mine"),
        ("?author=acme&what=new", "acme/two", "acme/one"),
    ],
)
def test_the_address_narrows_it(
    told: None, client: Client, query: str, there: str, absent: str
) -> None:
    body = shown(client, query).partition("</form>")[2]
    assert there in body and absent not in body


@pytest.mark.parametrize(
    "query",
    [
        "?what=nothing",
        "?author=%25%27%22<b>",
        "?author=nobody&what=gone",
        "?page=-1",
        "?page=99999999999999999999",
        "?page=999",
        "?page=²",
        "?what[]=new&author=&page=",
        f"?author={'x' * 10_000}",
        "?author=%00",
    ],
)
def test_nonsense_in_the_address_is_a_sensible_page(told: None, client: Client, query: str) -> None:
    shown(client, query)
    assert client.get(f"/models/changes/rss/{query}").status_code == 200


def test_pages_follow_each_other(client: Client) -> None:
    changes = [Change("gone", f"acme/m-{number}") for number in range(120)]
    history.record(changes, source="a test")
    first, second, third = (shown(client, f"?page={number}") for number in (1, 2, 3))
    assert [page.count('class="badge') for page in (first, second, third)] == [50, 50, 20]
    assert 'rel="next"' in second and 'rel="prev"' in second and 'rel="next"' not in third


def test_few_queries_however_many_lines(
    client: Client, django_assert_max_num_queries: object
) -> None:
    changes = [Change("new", f"acme/m-{number}") for number in range(60)]
    history.record(changes, source="a test")
    shown(client)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        shown(client)


def test_the_feed_is_sound_and_narrowed_alike(told: None, client: Client) -> None:
    answer = client.get("/models/changes/rss/?author=acme")
    assert answer["Content-Type"].startswith("application/rss+xml")
    items = ElementTree.fromstring(answer.content).findall("channel/item")
    titles = [item.findtext("title") for item in items]
    assert titles[:2] == ["Other prices: one at Acme", "New: two at 2 providers"]
    assert items[0].findtext("description") == "Prompt: $3.00 → $2.50"
    assert items[0].findtext("link") == f"{settings.GATEHOUSE_URL}/models/acme/one/"
    everything = ElementTree.fromstring(client.get("/models/changes/rss/").content)
    assert len(everything.findall("channel/item")) == 4
