"""The key of a trusted front end, through the running house: its calls are those of the member it
names, and nobody pays for somebody it may not name."""

import contextlib
from collections.abc import Iterator

import httpx
import pytest

from tests.gateway.budgeting import a_budget
from tests.gateway.railing import a_rail
from tests.gateway.running import Row, WebHouse
from tests.waiting import until

MEMBER = {"X-OpenWebUI-User-Email": "Member@House.example"}
TRUST = """
    UPDATE keys_apikey SET is_front_end = %s, policy_version = policy_version + 1 WHERE id = %s
"""


@contextlib.contextmanager
def trusted(house: WebHouse) -> Iterator[None]:
    number = house.facts["keys"]["main"]["id"]
    house.rows(TRUST, True, number)
    until(lambda: asked(house, MEMBER).status_code != 200 or by(house) == member(house), 5, "")
    try:
        yield
    finally:
        house.rows(TRUST, False, number)
        until(lambda: asked(house, MEMBER).status_code == 200 and by(house) == owner(house), 5, "")


def asked(house: WebHouse, headers: Row, **fields: str) -> httpx.Response:
    body = b'{"model":"test/one","max_tokens":1000,"messages":[{"role":"user","content":"Hello?"}]}'
    return house.post(body, headers=headers)


def by(house: WebHouse) -> int:
    return int(house.newest()["user_id"])


def member(house: WebHouse) -> int:
    return int(house.facts["member"])


def owner(house: WebHouse) -> int:
    key = house.facts["keys"]["main"]["id"]
    return int(house.rows("SELECT owner_id FROM keys_apikey WHERE id = %s", key)[0]["owner_id"])


def test_a_call_is_the_members_whom_the_app_names(house: WebHouse) -> None:
    with trusted(house), a_budget(house, "0.01", covers="person") as budget:
        assert asked(house, MEMBER).status_code == 200
        receipt = house.newest()
        assert receipt["user_id"] == member(house)
        assert receipt["window_ids"] == [budget.window["id"]]
        assert receipt["key_id"] == house.facts["keys"]["main"]["id"]
        assert receipt["app"] == "openwebui.com"

        budget.set_limit("0.001")
        assert asked(house, MEMBER).status_code == 402
        assert asked(house, {}).status_code == 200
        assert by(house) == owner(house)


def test_the_guardrail_of_the_member_holds(house: WebHouse) -> None:
    with trusted(house), a_rail(house, "member", allowed_models=["no-such/model"]):
        assert asked(house, MEMBER).status_code == 404
        assert asked(house, {}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "word"),
    [
        ({"X-OpenWebUI-User-Email": "nobody@house.example"}, "no member"),
        ({"X-OpenWebUI-User-Email": ""}, "e-mail address"),
        ({"X-OpenWebUI-User-Email": "a" * 5000}, "no member"),
        ({"X-OpenWebUI-User-Email": b"\xff\xfe@house.example"}, "no member"),
        ({"X-OpenWebUI-User-Name": "Member"}, "e-mail address"),
        ({"X-OpenWebUI-User-Id": "1"}, "e-mail address"),
    ],
)
def test_nobody_pays_for_somebody_who_may_not_be_named(
    house: WebHouse, headers: Row, word: str
) -> None:
    with trusted(house):
        before = house.count()
        answer = asked(house, headers)
        assert answer.status_code == 403
        assert word in answer.json()["error"]["message"]
        assert "nobody@" not in answer.text
        assert house.count() == before


@pytest.mark.parametrize("change", ["is_active = false", "role = 'viewer'"])
def test_who_left_or_only_looks_on_is_refused_at_once(house: WebHouse, change: str) -> None:
    where = "WHERE user_id = %s"
    with trusted(house):
        house.rows(f"UPDATE projects_membership SET {change} {where}", member(house))
        try:
            assert asked(house, MEMBER).status_code == 403
        finally:
            back = f"UPDATE projects_membership SET is_active = true, role = 'member' {where}"
            house.rows(back, member(house))


def test_an_owner_who_may_not_call_lends_nobody_a_key(house: WebHouse) -> None:
    change = "UPDATE projects_membership SET role = %s WHERE user_id = %s"
    with trusted(house):
        was = house.rows("SELECT role FROM projects_membership WHERE user_id = %s", owner(house))[
            0
        ]["role"]
        house.rows(change, "viewer", owner(house))
        try:
            assert asked(house, MEMBER).status_code == 401
        finally:
            house.rows(change, was, owner(house))


def test_a_key_that_is_not_trusted_says_nothing_by_such_headers(house: WebHouse) -> None:
    assert asked(house, MEMBER | {"User-Agent": "curl/8.5.0"}).status_code == 200
    receipt = house.newest()
    assert (receipt["user_id"], receipt["app"]) == (owner(house), "curl")
    assert asked(house, {"X-OpenWebUI-User-Email": "nobody@house.example"}).status_code == 200


def test_what_an_app_told_of_itself_is_noted(house: WebHouse) -> None:
    headers = {"HTTP-Referer": "https://kitchen.example/", "X-Title": "Kitchen"}
    assert asked(house, headers).status_code == 200
    assert asked(house, headers | {"X-Title": "Kitchen 2"}).status_code == 200
    assert house.newest()["app"] == "kitchen.example"

    noted = "SELECT name FROM usage_app WHERE identity = 'kitchen.example'"
    until(lambda: house.rows(noted) == [{"name": "Kitchen 2"}], 10, "the app was not noted")
