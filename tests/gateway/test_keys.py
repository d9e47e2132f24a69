"""Who may call: keys in either header, refused at once when they are revoked, and no loops."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.gateway.running import PATH, WebHouse
from tests.waiting import until

BODY = json.dumps({"model": "test/one", "messages": [{"role": "user", "content": "a"}]}).encode()
OTHER = {"switched off": "disabled_at = now()", "revoked": "revoked_at = now()"}


def post(house: WebHouse, **headers: str) -> Any:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return house.client.post(PATH, content=BODY, headers=named)


@pytest.fixture
def other_key(house: WebHouse) -> Iterator[str]:
    """A second key, whole again afterwards."""
    facts = house.facts["keys"]["other"]
    yield str(facts["secret"])
    house.rows(
        "UPDATE keys_apikey SET revoked_at = NULL, disabled_at = NULL, expires_at = NULL"
        " WHERE id = %s",
        facts["id"],
    )
    until(
        lambda: post(house, authorization=f"Bearer {facts['secret']}").status_code == 200,
        10,
        "the key does not come back",
    )


def test_either_header_carries_a_key(house: WebHouse) -> None:
    assert post(house, authorization=f"Bearer {house.key}").status_code == 200
    assert post(house, authorization=f"bearer  {house.key}").status_code == 200
    assert post(house, x_api_key=house.key).status_code == 200
    both = post(house, authorization=f"Bearer {house.key}", x_api_key=house.key)
    assert both.status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer"}, 401),
        ({"authorization": "Basic YTpi"}, 401),
        ({"authorization": "Bearer gate_live_nonsense"}, 401),
        ({"authorization": "Bearer sk-or-v1-" + "0" * 64}, 401),
        ({"x_api_key": "nonsense"}, 401),
        ({"x_api_key": ""}, 401),
    ],
)
def test_without_a_key_that_works_nothing_happens(
    house: WebHouse, headers: dict[str, str], status: int
) -> None:
    before = house.count()
    response = post(house, **headers)
    assert response.status_code == status
    error = response.json()["error"]
    assert error["metadata"]["error_type"] == "authentication"
    assert error["code"] == status
    assert house.count() == before
    assert house.first.served == []


def test_a_mistyped_key_is_as_unknown_as_any(house: WebHouse) -> None:
    mistyped = house.key[:-1] + ("a" if house.key[-1] != "a" else "b")
    assert post(house, authorization=f"Bearer {mistyped}").status_code == 401


def test_two_different_keys_are_a_mistake(house: WebHouse, other_key: str) -> None:
    response = post(house, authorization=f"Bearer {house.key}", x_api_key=other_key)
    assert response.status_code == 400
    assert "different keys" in response.json()["error"]["message"]


@pytest.mark.parametrize("change", OTHER.values(), ids=OTHER)
@pytest.mark.parametrize("is_deaf", [False, True])
def test_a_key_is_refused_from_the_commit_on(
    house: WebHouse, other_key: str, change: str, is_deaf: bool
) -> None:
    assert post(house, authorization=f"Bearer {other_key}").status_code == 200
    house.first.forget()
    if is_deaf:
        silence_listener(house)
    house.rows(f"UPDATE keys_apikey SET {change} WHERE digest = ({DIGEST})", other_id(house))
    assert post(house, authorization=f"Bearer {other_key}").status_code == 401
    assert house.first.served == []


def test_a_key_that_expires_is_refused(house: WebHouse, other_key: str) -> None:
    house.rows("UPDATE keys_apikey SET expires_at = now() WHERE id = %s", other_id(house))
    assert post(house, authorization=f"Bearer {other_key}").status_code == 401


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE projects_membership SET is_active = %s WHERE user_id = %s",
        "UPDATE accounts_user SET is_active = %s WHERE id = %s",
        "UPDATE projects_project SET archived_at = CASE WHEN %s OR %s = 0 THEN NULL ELSE now() END",
    ],
)
def test_a_key_goes_with_its_owner_and_its_project(house: WebHouse, change: str) -> None:
    bearer = f"Bearer {house.facts['keys']['member']['secret']}"
    assert post(house, authorization=bearer).status_code == 200
    house.first.forget()
    silence_listener(house)
    try:
        house.rows(change, False, house.facts["member"])
        status = post(house, authorization=bearer).status_code
    finally:
        house.rows(change, True, house.facts["member"])
    assert status == 401
    assert house.first.served == []
    until(lambda: post(house, authorization=bearer).status_code == 200, 10, "it stays away")


def test_a_call_that_passed_through_a_house_goes_no_further(house: WebHouse) -> None:
    response = post(house, authorization=f"Bearer {house.key}", x_gatehouse_hop="1")
    assert response.status_code == 400
    assert "already passed through" in response.json()["error"]["message"]
    assert house.first.served == []


DIGEST = "SELECT digest FROM keys_apikey WHERE id = %s"


def other_id(house: WebHouse) -> int:
    return int(house.facts["keys"]["other"]["id"])


def silence_listener(house: WebHouse) -> None:
    """Ends the connection by which the house hears of changes; it comes back after a second."""
    until(
        lambda: house.rows(
            "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE 'LISTEN%%'"
        ),
        10,
        "nobody listens",
    )
