"""The list of models: what is suggested and by which facts, what a search finds, and that a closed
model says why and how it would open."""

import re
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.catalog.models import Endpoint, LanguageModel
from apps.chat.choices import AT_HOME, KEEPS_NOTHING, MAY_TRAIN, Choice, Shelf, shown_name
from apps.chat.closed import why_closed
from apps.chat.models import Message
from apps.chat.picking import picker_of, suggested
from apps.connections.models import Connection
from apps.gateway.snapshot import Catalog, load_catalog
from apps.guardrails.models import Guardrail
from apps.routing.types import Policy
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.chat.chats import add_message, make_chat
from tests.pages.markup import Page

NEW, OLD = date(2026, 9, 1), date(2024, 9, 1)


def choice(slug: str, price: str = "0.001", **facts: Any) -> Choice:
    known = {"name": slug, "typical": Decimal(price), "released_on": NEW, "offers": 9}
    return Choice(slug=slug, **{**known, **facts})


SHELF = [
    choice("a/cheap", "0.0001"),
    choice("a/cheap-and-old", "0.0001", released_on=OLD),
    choice("a/cheap-and-newer-but-rare", "0.0001", released_on=date(2026, 10, 1), offers=1),
    choice("a/middle", "0.002"),
    choice("a/eyes", "0.002", takes=frozenset({"text", "image"}), released_on=OLD),
    choice("a/dear", "0.02"),
    choice("a/thinker", "0.02", thinks=True, released_on=OLD),
    choice("a/absurd", "9", thinks=True),
    choice("a/gift", "0", is_free=True, released_on=OLD),
    choice("gatehouse/demo:free", "0", is_free=True),
]


def test_suggestions_follow_the_facts() -> None:
    found = {row.why: row.choice.slug for row in suggested(SHELF)}
    assert found == {
        "Quick and cheap": "a/cheap",
        "Careful thinker": "a/thinker",
        "Reads pictures": "a/eyes",
        "Free": "a/gift",
    }


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_models_are_suggested_as_well(count: int) -> None:
    assert len(suggested(SHELF[:count])) == min(count, 1)


@pytest.mark.parametrize(
    ("facts", "line"),
    [
        ({"price": "0.00316"}, "310 chats per $1"),
        ({"price": "0", "is_free": True}, "free"),
        ({"price": "1.5"}, "$1.50 a chat"),
        ({"typical": None}, "– price unknown"),
        ({"price": "0", "is_free": True, "privacy": AT_HOME}, "free · at home"),
        ({"price": "0.001", "privacy": MAY_TRAIN}, "1,000 chats per $1 · may train on chats"),
    ],
)
def test_a_price_in_words(facts: dict[str, Any], line: str) -> None:
    assert " · ".join(choice("a/b", **facts).parts) == line


@pytest.mark.parametrize(
    ("name", "is_free", "shown"),
    [("Well (free)", True, "Well"), ("Well (free)", False, "Well (free)"), ("Well", True, "Well")],
)
def test_beside_its_price_a_name_does_not_say_free_again(
    name: str, is_free: bool, shown: str
) -> None:
    assert choice("a/b", name=name, is_free=is_free).short_name == shown


# --- with a catalogue ---


@pytest.fixture
def catalog(cast: Cast) -> Catalog:
    """One model at a connected provider for each reason to be closed, and one that is open."""
    trains = {"trains": "yes", "retention_days": 30}
    offer("acme/open", "near")
    offer("acme/trains", "loose", policy=trains)
    offer("acme/far", "far")
    offer("acme/keyless", "lost")
    offer("acme/ended", "near", expires_on=timezone.now().date() - timedelta(days=3))
    for name in ("near", "loose", "lost"):
        connect(name, cast)
    Connection.objects.filter(provider__slug="lost").update(credential="v9:AAAA")
    return load_catalog()


@pytest.mark.parametrize(
    ("slug", "policy", "reason", "way"),
    [
        ("acme/far", Policy(), "No connected provider runs it", "connect"),
        ("acme/keyless", Policy(), "The key of its connection does not open", "repair"),
        ("acme/trains", Policy(no_training=True), "Its provider may train on chats", "see"),
        ("acme/trains", Policy(zero_retention=True), "Its providers keep what they", "see"),
        ("acme/open", Policy(only_free=True), "only free models are open here", "see"),
        ("acme/open", Policy(only_at_home=True), "Does not run at home", "see"),
        ("acme/open", Policy(allowed_models=frozenset({"acme/far"})), "Not among", "see"),
        ("acme/open", Policy(denied_models=frozenset({"acme/open"})), "Closed here by name", "see"),
        ("acme/open", Policy(allowed_providers=frozenset({"far"})), "not allowed here", "see"),
        ("acme/open", Policy(max_prompt_price=Decimal("0.4")), "May cost more", "see"),
        ("acme/open", Policy(denied_providers=frozenset({"near"})), "closed here", "see"),
        ("acme/ended", Policy(), "Its provider ended it on", "see"),
        ("acme/never", Policy(), "It is not in the catalogue any more", ""),
    ],
)
def test_a_closed_model_says_why(
    catalog: Catalog, slug: str, policy: Policy, reason: str, way: str
) -> None:
    assert slug not in Shelf(catalog).choices(policy)
    closed = why_closed(catalog, slug, policy)
    assert reason in closed.reason
    assert closed.way == way


def test_the_price_is_of_what_the_rules_leave(cast: Cast) -> None:
    offer("acme/two", "loose", pricing={"prompt": "0", "completion": "1"}, policy={"trains": "yes"})
    offer("acme/two", "strict", pricing={"prompt": "1", "completion": "10"})
    for name in ("loose", "strict"):
        connect(name, cast)
    shelf = Shelf(load_catalog())
    loose = shelf.choices(Policy())["acme/two"]
    strict = shelf.choices(Policy(no_training=True))["acme/two"]
    assert (loose.figure, strict.figure) == ("2,000", "170")
    assert (loose.privacy, strict.privacy) == (MAY_TRAIN, KEEPS_NOTHING)


def test_a_search_keeps_what_is_chosen(catalog: Catalog) -> None:
    shelf = Shelf(catalog)
    chosen = shelf.choices(Policy())["acme/open"]
    picker = picker_of(shelf, Policy(), q="far", chosen=chosen, lately=[])
    assert (picker.found, [one.slug for one in picker.closed]) == (0, ["acme/far"])
    assert [row.choice.slug for _, rows in picker.groups for row in rows] == ["acme/open"]


def test_a_long_catalogue_makes_a_short_list(cast: Cast, client: Client) -> None:
    first = offer("acme/one", "near")
    models = LanguageModel.objects.bulk_create(
        LanguageModel(slug=f"acme/m-{n}", name=f"M {n}", author=first.model.author)
        for n in range(600)
    )
    Endpoint.objects.bulk_create(
        Endpoint(
            key=f"{one.slug}@near",
            model=one,
            provider=first.provider,
            upstream_id=one.slug,
            pricing=first.pricing,
        )
        for one in models
    )
    connect("near", cast)
    client.force_login(cast.member)
    for address in ("/chat/", "/chat/models/", "/chat/models/?q=m"):
        page = client.get(address).content.decode()
        assert 10 < len(re.findall('name="model" value', page)) < 40
        assert len(page) < 60_000
        assert Page(page).problems == []
    assert "The first 30 of 60" in page


def test_the_list_alone_is_for_ones_own_place(cast: Cast, catalog: Catalog, client: Client) -> None:
    chat = make_chat(cast, cast.member, "Hello")
    client.force_login(cast.member)
    found = client.get("/chat/models/", {"q": "ACME o", "chat": chat.pk}).content.decode()
    assert f'action="/chat/{chat.pk}/"' in found
    assert 'form="choose"' in found
    piece = client.get("/chat/models/?q=far", HTTP_HX_REQUEST="true").content.decode()
    assert "<html" not in piece
    assert "someone who looks after the house can do that" in piece
    assert "/connections/new/" not in piece
    client.force_login(cast.owner)
    assert "/connections/new/" in client.get("/chat/models/?q=far").content.decode()
    assert client.get("/chat/models/", {"chat": chat.pk}).status_code == 404
    client.force_login(cast.stranger)
    assert client.get("/chat/models/").status_code == 404


def test_a_place_without_models_says_what_is_missing(cast: Cast, client: Client) -> None:
    Connection.objects.all().delete()
    rail, _ = Guardrail.objects.get_or_create(project=cast.project)
    for person, words in (
        (cast.member, "can connect one."),
        (cast.owner, "Connect a provider</a>"),
    ):
        client.force_login(person)
        page = client.get("/chat/").content.decode()
        assert "no provider is connected that runs one" in page
        assert words in page
    offer("acme/open", "near")
    connect("near", cast)
    rail.only_at_home = True
    rail.save()
    page = client.get("/chat/").content.decode()
    assert "The rules of Home leave no model open." in page
    rail.zero_retention = True
    rail.save()
    page = client.get("/chat/").content.decode()
    assert "This is a private chat" not in page
    assert "The rules of Home leave no model open." in page
    assert "/connections/new/" not in page


def test_the_chosen_one_is_the_one_that_answered_last(
    cast: Cast, catalog: Catalog, client: Client
) -> None:
    chat = make_chat(cast, cast.member, "Hello")
    asked = chat.messages.get()
    add_message(chat, Message.Role.ASSISTANT, "Hi", asked, model="acme/trains")
    client.force_login(cast.member)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert '<span id="picked">trains</span>' in page
    Guardrail.objects.update_or_create(project=cast.project, defaults={"no_training": True})
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert '<span id="picked">trains</span>' not in page
    assert "trains answered last and is closed now: its provider may train on chats." in page


@pytest.mark.parametrize(
    ("slug", "shown"),
    [
        ("acme/open", "open"),
        ("acme/open:free", "open (free)"),
        ("gatehouse/demo:free", "Demonstration"),
        ("gone/model:free", "gone/model:free"),
    ],
)
def test_a_free_variant_is_told_from_its_model(catalog: Catalog, slug: str, shown: str) -> None:
    assert shown_name(catalog, slug) == shown
