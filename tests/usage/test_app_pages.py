"""The list of apps and the page of each: what they did, of what the reader may see."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.keys.making import Rules, make_key
from apps.projects.models import Project
from apps.usage.app_names import Told, learn
from apps.usage.models import App
from tests.cast import Cast, make_quarter
from tests.pages.asking import queries
from tests.pages.guarded import assert_guarded

HOSTILE = "=1+1|<script>alert(1)</script>{{ x }}" + "é" * 40


@pytest.fixture
def house(cast: Cast) -> Cast:
    """Kitchen is used by two, in two projects and with one key; Diary by the stranger alone."""
    learn(
        [
            Told("kitchen.example", "Kitchen", ("writing-assistant",)),
            Told("Diary", "Diary", ("game",)),
            Told("evil.example", HOSTILE),
        ]
    )
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    other = Project.objects.create(slug="garden", name="Garden")
    make_quarter(cast, cast.member, "1.5", app="kitchen.example", key_id=key.pk)
    make_quarter(cast, cast.owner, "2", app="kitchen.example", project_id=other.pk, model="b/two")
    make_quarter(cast, cast.stranger, "0.25", app="Diary", project_id=other.pk)
    make_quarter(cast, cast.member, "0.1", app="evil.example")
    make_quarter(cast, cast.member, "0.2", app="not noted")
    make_quarter(cast, cast.member, "0.3")
    return cast


def shown(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_each_app_has_one_row_with_what_it_used(house: Cast, client: Client) -> None:
    client.force_login(house.owner)
    found = apps_in(client, "/apps/?project=")
    assert [name for name, _ in found] == [
        "Kitchen", "No name given", "Diary", "not noted", HOSTILE,
    ]  # fmt: skip
    kitchen = dict(found)["Kitchen"]
    assert (kitchen.requests, kitchen.spend) == (4, Decimal("3.5"))
    assert (len(kitchen.people), len(kitchen.keys)) == (2, 1)


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("member", ["Kitchen", "No name given", "not noted", HOSTILE]),
        ("admin", ["Kitchen", "No name given", "Diary", "not noted", HOSTILE]),
        ("stranger", ["Diary"]),
        ("viewer", []),
    ],
)
def test_people_see_the_apps_of_what_they_may_see(
    house: Cast, client: Client, who: str, names: list[str]
) -> None:
    client.force_login(getattr(house, who))
    assert [name for name, _ in apps_in(client, "/apps/?project=")] == names


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("category=game", ["Diary"]),
        ("category=nonsense", None),
        ("order=requests&model=b/two", ["Kitchen"]),
        ("period=last_month", []),
        ("project=garden", ["Kitchen", "Diary"]),
        ("order=nonsense&period=%00&by=%00&show=x", None),
    ],
)
def test_the_list_is_filtered_by_its_address(
    house: Cast, client: Client, query: str, names: list[str] | None
) -> None:
    client.force_login(house.owner)
    place = "" if "project" in query else "project=&"
    found = [name for name, _ in apps_in(client, f"/apps/?{place}{query}")]
    assert found == names if names is not None else len(found) == 5


def test_an_apps_page_tells_of_it_alone(house: Cast, client: Client) -> None:
    client.force_login(house.owner)
    page = shown(client, "/apps/kitchen-example/?project=")
    assert "$3.50" in page
    assert "Used by 2 people, with 1 key" in page
    assert "kitchen.example" in page
    assert "Help with writing" in page
    by_model = client.get("/apps/kitchen-example/?project=").context["rows"]
    assert [row.name.words for row in by_model] == ["b/two", "openai/gpt-5-mini"]

    client.force_login(house.member)
    page = shown(client, "/apps/kitchen-example/?project=")
    assert "$1.50" in page
    assert "$3.50" not in page


@pytest.mark.parametrize("by", ["model", "app", "key", "person", "project", "provider", "x"])
@pytest.mark.parametrize("show", ["spend", "tokens", "requests"])
def test_it_is_split_by_anything_else(house: Cast, client: Client, by: str, show: str) -> None:
    client.force_login(house.owner)
    address = f"/apps/kitchen-example/?project=&by={by}&show={show}&app=Diary"
    rows = client.get(address).context["rows"]
    assert sum(row.group.spend for row in rows) == Decimal("3.5")


def test_calls_without_an_app_have_a_page_too(house: Cast, client: Client) -> None:
    client.force_login(house.owner)
    page = shown(client, "/apps/unknown/?project=")
    assert "more than 20 apps in a day" in page
    assert "$0.30" in page


def test_one_that_was_not_used_in_the_reach_of_somebody_shows_nothing(
    house: Cast, client: Client
) -> None:
    client.force_login(house.viewer)
    assert "Nothing in this period" in shown(client, "/apps/kitchen-example/")


def test_what_an_app_calls_itself_breaks_no_page(house: Cast, client: Client) -> None:
    client.force_login(house.owner)
    slug = App.objects.get(identity="evil.example").slug
    for address in ("/apps/", f"/apps/{slug}/", "/activity/?by=app", "/rankings/"):
        page = shown(client, address)
        assert "<script>alert(1)" not in page


def test_an_app_that_does_not_exist_is_not_found(house: Cast, client: Client) -> None:
    client.force_login(house.owner)
    for slug in ("nothing", "a" * 200, "Kitchen"):
        assert client.get(f"/apps/{slug}/").status_code == 404


def test_both_pages_are_guarded_and_cost_the_same_for_many(house: Cast, client: Client) -> None:
    assert_guarded(client.get("/apps/"))
    client.force_login(house.owner)
    few = queries(client, "/apps/?project=")
    for number in range(20):
        make_quarter(house, house.member, "1", app=f"{number}.example")
    assert queries(client, "/apps/?project=") == few


def apps_in(client: Client, address: str) -> list[tuple[str, Any]]:
    answer = client.get(address)
    assert answer.status_code == 200
    return [(row.app.name, row.use) for row in answer.context["found"].rows]
