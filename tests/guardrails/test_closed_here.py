"""In the catalogue: what one's own rules close is marked, with the rule, for them alone."""

import pytest
from django.test import Client

from apps.projects.models import Project
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.guardrails.sheets import put
from tests.pages.markup import Page

KEPT = "it keeps what it is sent"
LIST, CLOSED, HALF = "/models/", "/models/acme/gamma/", "/models/acme/beta/"


@pytest.fixture
def shelf(cast: Cast) -> Cast:
    """gamma keeps everywhere, beta at one of two, omega is not connected."""
    keeps = {"trains": "no", "retention_days": 30}
    offer("acme/beta", "east", policy=keeps)
    offer("acme/beta", "north")
    offer("acme/gamma", "east")
    offer("acme/omega", "south")
    connect("north", cast)
    connect("east", cast)
    put(cast, cast.project, zero_retention=True)
    return cast


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    assert Page(page).problems == []
    return page


def test_the_list_marks_what_is_closed_for_who_works_there(shelf: Cast, client: Client) -> None:
    client.force_login(shelf.member)
    page = read(client, LIST)
    assert page.count('<tr class="out">') == 1
    assert f"Closed in Home: {KEPT}" in page


@pytest.mark.parametrize("who", ["stranger", "viewer", None])
def test_who_makes_no_calls_is_told_of_no_rule(
    shelf: Cast, client: Client, who: str | None
) -> None:
    if who:
        client.force_login(getattr(shelf, who))
    for path in (LIST, CLOSED, HALF):
        assert "losed in" not in read(client, path)


def test_a_models_page_says_by_which_rule_it_is_closed(shelf: Cast, client: Client) -> None:
    client.force_login(shelf.member)
    page = read(client, CLOSED)
    assert f"gamma is closed in Home: {KEPT}" in page
    assert "/projects/home/guardrails/" in page
    half = read(client, HALF)
    assert "is closed in Home" not in half and f"closed: {KEPT}" in half
    table = half[half.index('class="table fold three catalogue endpoints"') :]
    assert table.index("North") < table.index("East")


def test_the_project_one_works_in_decides(shelf: Cast, client: Client) -> None:
    other = Project.start(name="Attic", owner=shelf.owner)
    client.force_login(shelf.owner)
    client.post("/switch/", {"project": other.slug, "next": "/"})
    assert "losed in" not in read(client, LIST)
    client.post("/switch/", {"project": "home", "next": "/"})
    assert "Closed in Home" in read(client, LIST)
