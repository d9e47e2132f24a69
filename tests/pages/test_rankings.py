"""The page of rankings: for people of the house, for strangers where it is public, and for nobody
else."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household, User
from apps.catalog.models import Endpoint, Source
from apps.usage.models import App
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import offer
from tests.pages.asking import queries
from tests.pages.guarded import assert_guarded
from tests.pages.markup import Page

PERIODS, ORDERS = ("day", "week", "month"), ("tokens", "requests", "people")


@pytest.fixture
def house(cast: Cast) -> list[User]:
    """Five people; all use acme/one through Chat, one uses acme/two through Diary."""
    offer("acme/one", "acme")
    offer("acme/two", "acme")
    return [cast.owner, cast.admin, cast.member, cast.viewer, cast.stranger]


def use_it(cast: Cast, house: list[User], at: datetime) -> None:
    """Of 21 calls and more shares are told."""
    for person in house:
        make_quarter(
            cast,
            person,
            "0.01",
            at=at,
            model="acme/one",
            app="Chat",
            requests=5,
            prompt_tokens=1000,
        )
    make_quarter(
        cast, house[2], "0", at=at, model="acme/two", app="Diary", requests=9, prompt_tokens=777
    )


def last_month() -> datetime:
    now = timezone.now() - timedelta(days=1)
    return now.astimezone(UTC).replace(day=1, hour=12, minute=0, second=0) - timedelta(days=5)


@pytest.mark.parametrize("period", PERIODS)
@pytest.mark.parametrize("order", ORDERS)
def test_people_of_the_house_see_all_of_it(
    cast: Cast, house: list[User], client: Client, period: str, order: str
) -> None:
    use_it(cast, house, timezone.now() - timedelta(minutes=15))
    for person in (cast.owner, cast.stranger):
        client.force_login(person)
        answer = client.get(f"/rankings/?period={period}&order={order}")
        page = answer.content.decode()
        assert Page(page).problems == []
        assert_guarded(answer.headers)
        found = answer.context["found"]
        rows = [(line.row.name, line.row.use) for line in found.models.lines]
        assert [(name, use.tokens, len(use.people)) for name, use in rows] == [
            ("acme/one", 5050, 5),
            ("acme/two", 787, 1),
        ]
        assert [line.row.name for line in found.apps.lines] == ["Chat", "Diary"]
        assert [line.name.words for line in found.authors.lines] == ["Acme"]
        assert [grown.name.words for grown in found.rising_apps] == ["Chat", "Diary"]
        assert found.bill.words == "13 % of the tokens cost nothing."
        assert found.window.told in page


def test_what_no_model_answered_and_what_named_no_app_has_no_rank(
    cast: Cast, house: list[User], client: Client
) -> None:
    at = timezone.now()
    make_quarter(cast, cast.member, "0", at=at, model="", app="", requests=4)
    make_quarter(cast, cast.member, "1", at=at, model="gone/model", app="", requests=3)
    client.force_login(cast.member)
    answer = client.get("/rankings/?period=day")
    found = answer.context["found"]
    assert [line.name.words for line in found.models.lines] == ["gone/model"]
    assert (found.apps.lines, found.nameless) == ([], 7)
    assert "7 calls more named no app" in answer.content.decode()


@pytest.mark.parametrize("address", ["/rankings/", "/rankings/?period=day", "/rankings/download/"])
def test_strangers_are_asked_to_sign_in_unless_it_is_public(
    cast: Cast, house: list[User], client: Client, address: str
) -> None:
    for is_public in (False, True):
        Household.objects.update(rankings_are_public=is_public)
        answer = client.get(address)
        if is_public and "download" not in address:
            assert answer.status_code == 200
        else:
            assert answer.status_code == 302
            assert answer["Location"].startswith("/accounts/login/?next=/rankings/")


@pytest.mark.parametrize("query", ["", "?period=day&order=people", "?order=requests&period=\0"])
def test_strangers_read_names_of_many_and_nothing_else(
    cast: Cast, house: list[User], client: Client, query: str
) -> None:
    Household.objects.update(rankings_are_public=True, name="The Millers", zone="Asia/Kathmandu")
    use_it(cast, house, last_month())
    make_quarter(cast, cast.member, "1", at=timezone.now(), model="acme/two", app="Diary")
    answer = client.get(f"/rankings/{query}")
    page = answer.content.decode()
    assert Page(page).problems == []
    assert_guarded(answer.headers)
    found = answer.context["found"]
    assert [line.row.name for line in found.models.lines] == ["acme/one"]
    assert [line.row.name for line in found.apps.lines] == ["Chat"]
    assert found.models.lines[0].row.use.tokens == 5100  # of 5050
    assert "5,100" in page and "not told" in page and f"{last_month():%B %Y}, UTC" in page
    for hidden in ("acme/two", "Diary", "777", "787", "5,050", "Miller", "Kathmandu", "People<"):
        assert hidden not in page, hidden


def test_a_model_only_this_house_has_is_not_named_to_strangers(
    cast: Cast, house: list[User], client: Client
) -> None:
    Household.objects.update(rankings_are_public=True)
    use_it(cast, house, last_month())
    Endpoint.objects.filter(model__slug="acme/one").update(source=Source.OWN)
    page = client.get("/rankings/").content.decode()
    assert "acme/one" not in page and "Chat" in page


def test_the_name_an_app_told_last_is_for_people_of_the_house(
    cast: Cast, house: list[User], client: Client
) -> None:
    """One call can change it, and three people had the name before."""
    Household.objects.update(rankings_are_public=True)
    for identity in ("cline.bot", "Chat"):
        App.objects.create(identity=identity, slug=identity[:2], name="Ana was here")
        for person in house:
            make_quarter(cast, person, "1", at=last_month(), model="acme/one", app=identity)
            make_quarter(cast, person, "1", at=timezone.now(), model="acme/one", app=identity)
    page = client.get("/rankings/").content.decode()
    assert "Ana was here" not in page and "Cline" in page and "Chat" in page
    client.force_login(cast.viewer)
    page = client.get("/rankings/").content.decode()
    assert page.count("Ana was here") >= 2 and "cline.bot" in page


def test_an_empty_house_says_what_the_page_is_for(cast: Cast, client: Client) -> None:
    Household.objects.update(rankings_are_public=True)
    page = client.get("/rankings/").content.decode()
    assert Page(page).problems == [] and "Nothing to tell of that month" in page
    client.force_login(cast.member)
    page = client.get("/rankings/?period=nonsense&order=spend").content.decode()
    assert Page(page).problems == [] and "Nothing was used in this time" in page


def test_the_first_ten_stand_there_and_the_others_are_one_sum_until_asked_for(
    cast: Cast, house: list[User], client: Client
) -> None:
    Household.objects.update(rankings_are_public=True)
    for number in range(12):
        offer(f"acme/m{number}", "acme")
        for person in house:
            for at in (timezone.now(), last_month()):
                tokens = 10_000 * (number + 1)
                facts = {"model": f"acme/m{number}", "app": "Chat", "prompt_tokens": tokens}
                make_quarter(cast, person, "1", at=at, **facts)
    for person in (cast.viewer, None):
        if person:
            client.force_login(person)
        else:
            client.logout()
        answer = client.get("/rankings/")
        table = answer.context["found"].models
        assert (len(table.lines), table.hidden) == (10, 2)
        assert table.rest.tokens == (150_100 if person else 150_000)
        assert 'href="?show=all"' in answer.content.decode()
        table = client.get("/rankings/?show=all").context["found"].models
        assert (len(table.lines), table.others) == (12, "")


def test_the_file_has_all_of_it_and_runs_nothing(
    cast: Cast, house: list[User], client: Client
) -> None:
    at = timezone.now()
    use_it(cast, house, at)
    make_quarter(cast, cast.member, "0", at=at, model="acme/one", app="=HYPERLINK(1)")
    client.force_login(cast.viewer)
    answer = client.get("/rankings/download/?period=week&order=people")
    rows = list(csv.DictReader(answer.content.decode().splitlines()))
    told = [(row["kind"], row["rank"], row["name"], row["people"]) for row in rows]
    assert told == [
        ("model", "1", "acme/one", "5"),
        ("model", "2", "acme/two", "1"),
        ("app", "1", "Chat", "5"),
        ("app", "2", "Diary", "1"),
        ("app", "3", "'=HYPERLINK(1)", "1"),
    ]


def test_who_looks_after_the_house_makes_it_public_and_the_front_door_leads_there(
    cast: Cast, client: Client
) -> None:
    assert "/rankings/" not in client.get("/").content.decode()
    client.force_login(cast.owner)
    form = {
        "name": "Home",
        "purpose": "family",
        "zone": "UTC",
        "week_starts_on": "0",
        "receipt_months": "13",
    }
    client.post("/settings/household/", {**form, "rankings_are_public": "on"})
    assert Household.current().rankings_are_public
    assert 'href="/rankings/"' in client.get("/models/").content.decode()
    client.logout()
    assert 'href="/rankings/"' in client.get("/").content.decode()
    assert client.get("/rankings/").status_code == 200


def test_the_page_asks_as_often_however_much_was_used(
    cast: Cast, house: list[User], client: Client
) -> None:
    client.force_login(cast.owner)
    few = queries(client, "/rankings/?period=month")
    use_it(cast, house, timezone.now())
    use_it(cast, house, timezone.now() - timedelta(days=40))
    assert queries(client, "/rankings/?period=month") <= few + 1
