"""What a guardrail would close before it is saved, in figures; nothing is changed by asking."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.gateway.guardrail_pages.impact import Impact, Side, impact_of
from apps.gateway.guardrail_pages.subjects import Subject, of_house, of_key, of_project
from apps.gateway.snapshot import load_catalog
from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Rail
from apps.keys.making import Rules, make_key
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import connect, offer
from tests.guardrails.sheets import PROJECT, put, send, sheet

KEEPS = {"trains": "no", "retention_days": 30}
TRAINS = {"trains": "yes", "retention_days": 0}
FREE: dict[str, Any] = {"pricing": {"prompt": "0", "completion": "0"}}
KEPT = "it keeps what it is sent, or nobody knows that it does not"
DEMO = 1  # the demonstration is connected everywhere, and keeps nothing


@pytest.fixture
def shelf(cast: Cast) -> Cast:
    """north keeps nothing, east keeps 30 days, west trains, south is not connected."""
    offer("acme/alpha", "north")
    offer("acme/beta", "east", policy=KEEPS)
    offer("acme/beta", "north")
    offer("acme/gamma", "east")
    offer("acme/delta", "west", policy=TRAINS, **FREE)
    offer("acme/omega", "south")
    for provider in ("north", "east", "west"):
        connect(provider, cast)
    return cast


def asked(subject: Subject, **facts: Any) -> Impact:
    return impact_of(subject, Rail(**facts), load_catalog())


def test_before_and_after_are_counted_over_what_is_connected(shelf: Cast) -> None:
    subject = of_project(shelf.owner, "home")
    impact = asked(subject, zero_retention=True)
    assert impact.before == Side(models=4 + DEMO, endpoints=5 + DEMO, providers=4, free=1 + DEMO)
    assert impact.after == Side(models=3 + DEMO, endpoints=3 + DEMO, providers=3, free=1 + DEMO)
    assert (impact.connected, impact.listed) == (4 + DEMO, 5 + DEMO)
    assert (impact.closes, impact.opens) == (1, 0)


@pytest.mark.parametrize(
    ("facts", "models"),
    [
        ({}, 4),
        ({"no_training": True}, 3),
        ({"zero_retention": True, "no_training": True}, 2),
        ({"only_free": True}, 1),
        ({"allowed_models": ("acme/alpha",)}, 1),
        ({"denied_providers": ("east",)}, 3),
        ({"allowed_providers": ("east", "west")}, 3),
    ],
)
def test_every_kind_of_rule_counts(shelf: Cast, facts: dict[str, Any], models: int) -> None:
    closes_demo = facts.keys() & {"allowed_models", "allowed_providers"}
    impact = asked(of_project(shelf.owner, "home"), **facts)
    assert impact.after.models == models + (0 if closes_demo else DEMO)


def test_each_switch_says_what_it_closes_beyond_the_rest(shelf: Cast) -> None:
    impact = asked(of_project(shelf.owner, "home"), zero_retention=True)
    assert impact.effects["zero_retention"] == "closes 1"
    assert impact.effects["no_training"] == "would close 1"
    assert impact.effects["scrubs"] == "closes none"


def test_what_was_used_and_stops_is_named_with_its_rule(shelf: Cast) -> None:
    now = timezone.now()
    for model, days in (("acme/gamma", 29), ("acme/delta", 1), ("acme/alpha", 1)):
        make_quarter(shelf, shelf.member, "0.1", at=now - timedelta(days=days), model=model)
    make_quarter(shelf, shelf.member, "0.1", at=now - timedelta(days=31), model="acme/beta")
    make_quarter(shelf, shelf.member, "0.1", model="acme/gamma", project_id=shelf.project.pk + 1)
    impact = asked(
        of_project(shelf.owner, "home"), zero_retention=True, denied_models=("acme/beta",)
    )
    assert [(stop.name, stop.calls, stop.reason) for stop in impact.stops] == [("gamma", 2, KEPT)]
    everything = asked(of_house(shelf.owner), zero_retention=True)
    assert [stop.calls for stop in everything.stops] == [4]
    doors = impact.doors
    counts = (doors.open.count("M"), doors.lost.count("M"), doors.shut.count("M"))
    assert counts == (2 + DEMO, 1, 1)


def test_what_is_closed_already_does_not_stop(shelf: Cast) -> None:
    make_quarter(shelf, shelf.member, "0.1", model="acme/gamma")
    put(shelf, Household.current(), zero_retention=True)
    impact = asked(of_project(shelf.owner, "home"), zero_retention=True)
    assert impact.stops == () and impact.before == impact.after


def test_a_keys_own_list_narrows_what_it_counts(shelf: Cast) -> None:
    rules = Rules("Laptop", allowed_models=("acme/beta", "acme/gamma"))
    key, _ = make_key(rules, project=shelf.project, owner=shelf.member, actor=None)
    impact = asked(of_key(shelf.member, key.pk), zero_retention=True)
    assert (impact.before.models, impact.after.models) == (2, 1)


def test_the_piece_is_answered_before_anything_is_saved(shelf: Cast, client: Client) -> None:
    make_quarter(shelf, shelf.member, "0.1", model="acme/gamma")
    client.force_login(shelf.owner)
    sent = {**sheet(zero_retention="on"), "do": "preview"}
    piece = send(client, PROJECT, sent, htmx=True).content.decode()
    assert "<html" not in piece and "Save, close 1<" in piece
    assert f'class="was">{4 + DEMO}</span>' in piece and 'id="ride-count"' in piece
    assert "gamma" in piece and KEPT in piece
    page = send(client, PROJECT, sent).content.decode()
    assert "<html" in page and "Save, close 1<" in page
    assert 'name="zero_retention" aria-describedby="zero_retention-means" checked' in page
    assert not Guardrail.objects.exists()


def test_a_piece_says_what_is_wrong_where_it_cannot_count(shelf: Cast, client: Client) -> None:
    client.force_login(shelf.owner)
    sent = {**sheet(allowed_models="acme/nothing"), "do": "preview"}
    answer = send(client, PROJECT, sent, htmx=True)
    piece = answer.content.decode()
    assert answer.status_code == 200  # what is half typed is no mistake yet
    assert "Not counted" in piece and '<a href="#id_allowed_models">Only these models</a>' in piece
