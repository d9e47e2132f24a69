"""A model's page: what it says of prices, of this house, and where one can try it."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.history import Change, record
from apps.catalog.models import CatalogChange, Provider
from apps.catalog.overriding import override
from apps.guardrails.models import Guardrail
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

pytestmark = pytest.mark.django_db


def read(client: Client, slug: str = "acme/open") -> str:
    answer = client.get(f"/models/{slug}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert Page(page).problems == []
    return page


def test_tiers_hours_and_what_has_no_column_are_spelled_out(client: Client) -> None:
    pricing = {
        "prompt": "1.25",
        "completion": "10",
        "input_cache_read": "0.125",
        "input_cache_write": "1.5",
        "web_search": "0.035",
        "overrides": [
            {"min_prompt_tokens": 200_000, "prompt": "2.5", "completion": "15"},
            {"utc_start": "0100", "utc_end": "0400", "prompt": "5"},
        ],
    }
    offer("acme/open", "acme", pricing=pricing)
    page = read(client)
    for words in (
        "prompts over 200,000 tokens",
        "$2.50",
        "01:00 to 04:00",
        "$5.00",
        "$0.125",
        "$1.50 to store",
        "Also: each web search $0.035",
    ):
        assert words in page, words


def test_a_family_that_is_described_says_so_and_others_say_nothing(client: Client) -> None:
    offer("openai/gpt-oss-120b", "acme")
    offer("acme/open", "acme")
    assert "family with open weights" in read(client, "openai/gpt-oss-120b")
    assert 'class="lead' not in read(client)


def test_a_price_is_as_old_as_the_provider_s_word_and_the_house_s_own_has_no_such_day(
    cast: Cast, client: Client
) -> None:
    endpoint = offer("acme/open", "acme", price_as_of=date(2026, 11, 10))
    client.force_login(cast.owner)
    assert "prices as of 10 Nov 2026" in read(client)
    override(endpoint, {"pricing": {"prompt": "7", "completion": "8"}}, by=cast.owner)
    page = read(client)
    assert "$7.00" in page and "prices as of" not in page


def test_many_chats_for_a_dollar_are_chats(client: Client) -> None:
    offer("acme/open", "acme", pricing={"prompt": "0.03", "completion": "0.17"})
    assert "0 chats per $1" in read(client)


def test_providers_are_linked_and_their_countries_named(client: Client) -> None:
    offer("acme/open", "acme")
    Provider.objects.filter(slug="acme").update(headquarters="SE")
    page = read(client)
    assert 'href="/providers/acme/"' in page
    assert "Sweden" in page


def test_how_its_prices_went_is_told(client: Client) -> None:
    endpoint = offer("acme/open", "acme", pricing={"prompt": "1", "completion": "2"})
    assert "No change of its prices is recorded here." in read(client)
    change = Change(
        CatalogChange.What.REPRICED,
        "acme/open",
        endpoint.key,
        "pricing",
        {"prompt": "3", "completion": "2"},
        {"prompt": "1", "completion": "2"},
    )
    record([change], source="seed", at=timezone.now() - timedelta(days=9))
    page = read(client)
    assert "prompt $1.00, <b>cheaper</b>" in page
    assert "prompt $3.00, completion $2.00" in page
    assert "<path d=" in page


def test_what_happened_to_own_endpoints_is_not_told_to_strangers(
    cast: Cast, client: Client
) -> None:
    endpoint = offer("acme/open", "acme")
    prices = {"prompt": "7", "completion": "7"}
    change = Change(
        CatalogChange.What.REPRICED, "acme/open", endpoint.key, "pricing", prices, {}, False
    )
    record([change], source="somebody")
    assert "$7.00" not in read(client)
    client.force_login(cast.member)
    assert "$7.00" in read(client)


def test_the_box_to_try_it_sends_to_the_chat(cast: Cast, client: Client) -> None:
    offer("acme/open", "acme")
    assert "Sign in to try it" in read(client)
    client.force_login(cast.owner)
    page = read(client)
    assert "No provider that runs it is connected" in page
    assert 'action="/chat/ask/"' not in page
    connect("acme", cast)
    page = read(client)
    assert 'action="/chat/ask/"' in page
    assert '<input type="hidden" name="model" value="acme/open">' in page
    form = {"text": "Why?", "model": "acme/open", "token": "once"}
    answer = client.post("/chat/ask/", form)
    assert answer.status_code == 200
    assert "Why?</textarea>" in answer.content.decode()
    assert " data-begins" in answer.content.decode()


def test_what_rules_close_cannot_be_tried_and_says_why(cast: Cast, client: Client) -> None:
    offer("acme/open", "acme")
    connect("acme", cast)
    Guardrail.objects.create(covers="project", project=cast.project, denied_models=["acme/open"])
    client.force_login(cast.member)
    page = read(client)
    assert "acme" in page and "is closed in Home" in page
    assert 'action="/chat/ask/"' not in page
    assert "closed: it" in page


def test_one_sees_the_apps_of_the_calls_one_may_see(cast: Cast, client: Client) -> None:
    offer("acme/open", "acme")
    make_quarter(cast, cast.member, "1.5", model="acme/open", app="Open WebUI")
    make_quarter(cast, cast.owner, "2.25", model="acme/open", app="Garden <b>sensors</b>")
    old = timezone.now() - timedelta(days=40)
    make_quarter(cast, cast.member, "9", model="acme/open", app="Forgotten", at=old)
    assert "By app" not in read(client)
    client.force_login(cast.member)
    page = read(client)
    assert "<dt>Open WebUI</dt><dd>2 calls, $1.50</dd>" in page
    assert "Garden" not in page and "Forgotten" not in page
    client.force_login(cast.owner)
    page = read(client)
    assert page.index("Garden &lt;b&gt;") < page.index("Open WebUI</dt>")


def test_what_was_not_measured_says_so_to_people_of_the_house_alone(
    cast: Cast, client: Client
) -> None:
    offer("acme/open", "acme")
    offer("acme/open", "other")
    connect("acme", cast)
    assert "easured" not in read(client)
    client.force_login(cast.member)
    assert (
        read(client).count("not measured here yet") == 1
    )  # where nothing is connected, nothing is


def test_a_free_one_says_what_it_costs_besides_money(client: Client) -> None:
    offer("acme/open", "acme", variant="free", pricing={"prompt": "0", "completion": "0"})
    page = read(client, "acme/open:free")
    assert "pin to a public notice board" in page


def test_what_is_said_of_a_free_one_is_the_word_of_the_free_tier_in_both_places(
    client: Client,
) -> None:
    policy = {"trains": "no", "trains_free_tier": "yes", "retention_days": 0}
    offer("acme/open", "acme", variant="free", policy=policy)
    offer("acme/open", "acme")
    for slug, free, kept in (("acme/open:free", 2, 0), ("acme/open", 0, 2)):
        page = read(client, slug)
        assert page.count("Trains on chats") == free, slug
        assert page.count("Keeps nothing") == page.count("No training") == kept, slug


def test_it_leads_to_a_comparison(client: Client) -> None:
    offer("acme/open", "acme")
    assert 'href="/compare/?m=acme%2Fopen"' in read(client)
