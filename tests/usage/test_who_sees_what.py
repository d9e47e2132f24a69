"""Who sees what: every page, list, file and route that tells of calls, for people of every standing
and for keys, about their own calls, those of others beside them, and those of another project. What
is seen is read from the answer itself: see tests/usage/household.py."""

import html
import re
from collections.abc import Collection

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client
from django.urls import get_resolver

from tests.cast import Cast
from tests.pages.test_rights import routes
from tests.usage.household import (
    ANSWERED,
    ASKED,
    MODEL,
    House,
    Made,
    costs_in,
    costs_of,
    lately,
    make_house,
    marks_in,
    marks_of,
)

READERS = (
    "owner",
    "admin",
    "lead",
    "member",
    "viewer",
    "child",
    "former",
    "clubber",
    "stranger",
)
KEYS = ("lead in home", "member in home", "child in home", "clubber in club", "member in club")

MONTH = f"{lately():%Y-%m}"  # of these calls

# Lists that name every call, or every app, that their reader may see of this place.
EVERY, HOME, CLUB = "", "home", "club"
NAMING = {
    "/calls/?project=": EVERY,
    "/calls/?project=home": HOME,
    "/calls/?project=club": CLUB,
    "/calls/?period=30d&project=": EVERY,
    "/calls/export/?project=": EVERY,
    "/calls/export/?project=home": HOME,
    f"/activity/report/export/?month={MONTH}": EVERY,
    "/activity/?by=app&rows=all&project=": EVERY,
    "/activity/?by=app&project=home": HOME,
    "/activity/?by=app&project=club": CLUB,
    "/activity/export/?by=app&project=": EVERY,
    "/activity/export/?by=app&project=home": HOME,
    "/apps/?project=": EVERY,
    "/apps/?project=home": HOME,
    "/apps/?order=people&project=club": CLUB,
}
# Pages that tell sums or a part of the calls: nothing is in them that their reader may not see.
PARTS = (
    "/",
    "/projects/",
    "/projects/home/",
    "/projects/home/keys/",
    "/projects/home/members/",
    "/projects/home/budgets/",
    "/projects/club/",
    "/projects/club/members/",
    "/keys/",
    "/keys/{key}/",
    "/budgets/",
    "/connections/",
    "/activity/?by=person&project=",
    "/activity/?by=key&project=",
    "/activity/?by=project&project=",
    "/activity/?by=model&project=",
    "/activity/?by=provider&project=",
    "/activity/?by=app&project=&person={other}",
    "/activity/?by=app&key={key}",
    "/activity/?by=app&project=&app={mark}",
    "/calls/?project=&person={other}",
    "/calls/?key={key}",
    "/calls/?project=&app={mark}",
    "/calls/export/?project=&person={other}",
    "/models/" + MODEL + "/",
    "/search/?q=Mark",
    "/apps/",
    "/apps/{slug}/",
    "/activity/bill/",
    "/activity/savings/",
    f"/activity/report/?month={MONTH}",
)
# Of the whole house together, as everybody signed in may see it (tests/pages/test_rankings.py).
TOGETHER = {"rankings", "rankings/download", "rankings/openrouter"}
WRITES = {"activity/savings/dismissal", "activity/savings/return"}  # of what one was shown oneself
OPTION = re.compile(r"<option.*?</option>")  # what one may choose is of every place one sees
ROOMS = ("calls", "activity", "apps", "rankings", "bills")
ROUTES = ("generation", "credits", "activity", "analytics/query", "key")


@pytest.fixture
def house(cast: Cast) -> House:
    return make_house(cast)


def seen_by(person: object, path: str) -> str:
    """The whole answer, however it is sent; nothing where there is none."""

    @async_to_sync
    async def read() -> str:
        client = AsyncClient()
        await client.aforce_login(person)  # type: ignore[arg-type]
        answer = await client.get(path)
        if answer.status_code != 200:
            assert answer.status_code == 404, (path, answer.status_code)
            return ""
        if answer.streaming:
            return b"".join([part async for part in answer.streaming_content]).decode()
        return html.unescape(answer.content.decode())

    return read()


def filled(house: House, path: str) -> dict[str, str]:
    """The addresses meant, each with the mark it asks for itself, which is written back to anybody
    who asks: an app's name is no secret in the house, since all there see the rankings."""
    key, found = house.keys["child in home"].pk, {}
    for other in house.calls[::4]:
        asked = path.format(
            other=other.person.pk, key=key, mark=other.mark, slug=other.mark.lower()
        )
        found[asked] = other.mark if "{mark}" in path or "{slug}" in path else ""
    return found


def within(calls: Collection[Made], place: str) -> list[Made]:
    return [one for one in calls if not place or one.project.slug == place]


@pytest.mark.parametrize(("path", "place"), NAMING.items())
def test_a_list_names_what_its_reader_may_see_and_no_more(
    house: House, path: str, place: str
) -> None:
    for reader in READERS:
        whole = seen_by(house.people[reader], path)
        text = OPTION.sub("", whole)
        allowed = within(house.may_see(reader), place)
        assert marks_in(whole) <= marks_of(house.may_see(reader)), reader
        assert marks_in(text) == (marks_of(allowed) if text else set()), reader
        assert (
            text
            or not any(one.person == house.people[reader] for one in allowed)
            or (
                reader == "former"  # who left has no page of that place, only of all their own
            )
        )
        assert costs_in(text) & ~costs_of(allowed) == 0, reader


@pytest.mark.parametrize("path", PARTS)
def test_nothing_else_shows_what_its_reader_may_not_see(house: House, path: str) -> None:
    for reader in READERS:
        allowed = house.may_see(reader)
        for asked, mark in filled(house, path).items():
            told = marks_in(seen := seen_by(house.people[reader], asked))
            assert told - {mark} <= marks_of(allowed), (reader, asked)
            assert costs_in(seen) & ~costs_of(allowed) == 0, (reader, asked)


def test_a_receipt_exists_for_who_may_see_it_alone(house: House, client: Client) -> None:
    for reader in READERS:
        client.force_login(house.people[reader])
        allowed = house.may_see(reader)
        for one in house.calls:
            for path in (f"/calls/{one.id}/", f"/calls/{one.id}/json/"):
                answer = client.get(path)
                assert answer.status_code == (200 if one in allowed else 404), (reader, path)
                assert marks_in(answer.content.decode()) <= {one.mark}


def test_whoever_asks_for_a_project_that_is_not_theirs_learns_nothing(house: House) -> None:
    for path in ("/calls/?project=club", "/calls/export/?project=club", "/activity/?project=club"):
        for reader in ("viewer", "child", "stranger", "former"):
            assert seen_by(house.people[reader], path) == "", reader


@pytest.mark.parametrize("name", KEYS)
def test_a_key_reads_its_own_calls_alone(house: House, client: Client, name: str) -> None:
    own = house.of_key(name)
    headers = {"Authorization": f"Bearer {house.secrets[name]}"}
    for one in house.calls:
        answer = client.get(f"/api/v1/generation?id={one.id}", headers=headers)
        assert answer.status_code == (200 if one in own else 404)
        assert marks_in(answer.content.decode()) == (marks_of(own) if one in own else set())
    told = client.get("/api/v1/credits", headers=headers).json()["data"]
    assert told["total_usage"] == costs_of(own)
    days = client.get("/api/v1/activity", headers=headers).json()["data"]
    assert sum(day["usage"] for day in days) == costs_of(own)
    assert client.get("/api/v1/key", headers=headers).json()["data"]["usage"] == costs_of(own)
    question = {"metrics": ["total_usage"], "dimensions": ["app"]}
    answer = client.post(
        "/api/v1/analytics/query", question, content_type="application/json", headers=headers
    )
    assert marks_in(answer.content.decode()) == marks_of(own), answer.content
    for path in ("/calls/", f"/calls/{own[0].id}/", "/activity/"):
        assert client.get(path, headers=headers).status_code == 302  # a key opens no page


def test_no_page_about_usage_shows_a_word_of_a_childs_chat(house: House) -> None:
    theirs = [one for one in house.calls if one.person == house.people["child"]]
    pages = [*NAMING, *(path for path in PARTS if "{" not in path), "/activity/?by=person&project="]
    pages += [f"/calls/{one.id}/{end}" for one in theirs for end in ("", "json/")]
    for reader in ("owner", "admin", "lead"):
        for path in pages:
            text = seen_by(house.people[reader], path)
            assert ASKED not in text.lower(), (reader, path)
            assert ANSWERED not in text.lower(), (reader, path)


def test_every_address_about_usage_is_in_this_matrix() -> None:
    """A new page or route about calls stands in a table above, or here with the reason."""
    known = {path.partition("?")[0].strip("/") for path in (*NAMING, *PARTS)} | {"apps/*"}
    known |= {"calls/*", "calls/*/json", *(f"api/v1/{route}" for route in ROUTES)}
    addresses = {
        "/".join("*" if "<" in part else part for part in f"{route}".strip("/").split("/"))
        for route in routes(get_resolver())
        if route.strip("/").startswith(ROOMS) or route.startswith(("api/v1/",))
    }
    told = {one for one in addresses if not one.startswith("api/v1/")}
    told |= {one for one in addresses if one.removeprefix("api/v1/").startswith(ROUTES)}
    assert told - known - TOGETHER - WRITES == set()
