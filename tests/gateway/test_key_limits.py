"""Limits and models of a key, at two web processes on one database: what one of them admitted
counts at the other, and what changed is so at both at once."""

import contextlib
import dataclasses
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from django.conf import settings

from apps.keys import tokens
from tests.gateway.behaviours import Ok, Stream
from tests.gateway.running import PATH, Row, WebHouse
from tests.house.running import free_port
from tests.waiting import until

LEASE = {"GATEHOUSE_LEASE_SECONDS": "2", "GATEHOUSE_LEASE_RENEW_SECONDS": "1"}


@pytest.fixture(scope="module")
def neighbour(standing_house: WebHouse) -> Iterator[WebHouse]:
    """A second web process of the same house."""
    with a_neighbour(standing_house) as other:
        yield other


@contextlib.contextmanager
def a_neighbour(house: WebHouse, **environment: str) -> Iterator[WebHouse]:
    port = free_port()
    here = house.environment | {"GATEHOUSE_PORT": str(port)} | environment
    other = dataclasses.replace(house, port=port, environment=here, process=None)
    other.start()
    try:
        yield other
    finally:
        if other.process is not None and other.process.poll() is None:
            other.stop()


@pytest.fixture
def key(house: WebHouse) -> Iterator[Row]:
    """A key that nobody used yet, without limits."""
    facts = house.facts["keys"]["other"]
    forget_calls(house, facts["id"])
    yield facts
    forget_calls(house, facts["id"])
    change(house, facts, requests_per_minute=None, max_in_flight=None, allowed_models="[]")


def forget_calls(house: WebHouse, key_id: int) -> None:
    """They stay, as calls of nobody's: the sums must go on agreeing."""
    house.rows("UPDATE usage_generation SET key_id = NULL WHERE key_id = %s", key_id)


def change(house: WebHouse, key: Row, **fields: Any) -> None:
    columns = ", ".join(f"{name} = %s" for name in fields)
    house.rows(
        f"UPDATE keys_apikey SET {columns}, policy_version = policy_version + 1 WHERE id = %s",
        *fields.values(),
        key["id"],
    )


def bearer(key: Row) -> dict[str, str]:
    return {"Authorization": f"Bearer {key['secret']}"}


def ask(house: WebHouse, key: Row, model: str = "test/one", **fields: Any) -> httpx.Response:
    body = {"model": model, "messages": [{"role": "user", "content": "Hello?"}], **fields}
    return house.client.post(PATH, json=body, headers=bearer(key))


def statuses(answers: list[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def test_two_processes_share_the_minute(house: WebHouse, neighbour: WebHouse, key: Row) -> None:
    change(house, key, requests_per_minute=6)
    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(lambda one: ask(one, key), [house, neighbour] * 6))
    assert statuses(answers) == [200] * 6 + [429] * 6
    refused = next(answer for answer in answers if answer.status_code == 429)
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert refused.json()["error"] == {
        "code": 429,
        "message": "This API key may begin 6 calls a minute, and that many began."
        f" Try again in {wait} s.",
        "metadata": {
            "error_type": "rate_limit_exceeded",
            "limit": "requests_per_minute",
            "limit_value": 6,
            "retry_after_seconds": wait,
        },
    }
    assert len(house.first.served) == 6


def test_two_processes_share_what_runs_at_once(
    house: WebHouse, neighbour: WebHouse, key: Row
) -> None:
    change(house, key, max_in_flight=2)
    house.first.behaviour = Ok(wait=1.5)
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda one: ask(one, key), [house, neighbour] * 3))
    assert statuses(answers) == [200] * 2 + [429] * 4
    refused = next(answer for answer in answers if answer.status_code == 429)
    assert refused.headers["Retry-After"] == "1"
    assert "may have 2 calls running at once" in refused.json()["error"]["message"]
    house.first.behaviour = Ok()
    for one in (house, neighbour, house):
        assert ask(one, key).status_code == 200, "a place was not given back"


def cut(house: WebHouse, key: Row) -> None:
    """The client leaves in the middle of its stream."""
    house.first.behaviour = Stream(words=("a",) * 50, pace=0.1)
    body = {"model": "test/one", "stream": True, "messages": [{"role": "user", "content": "x"}]}
    with house.client.stream("POST", PATH, json=body, headers=bearer(key)) as answer:
        assert answer.status_code == 200
        next(answer.iter_raw())


def broken(house: WebHouse, key: Row) -> None:
    house.first.behaviour = Stream(cut_after=1)
    ask(house, key, stream=True)


ENDS: dict[str, Callable[[WebHouse, Row], None]] = {"the client leaves": cut, "a cut": broken}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_a_place_comes_back_however_the_call_ends(
    house: WebHouse, neighbour: WebHouse, key: Row, end: Callable[[WebHouse, Row], None]
) -> None:
    change(house, key, max_in_flight=1)
    end(house, key)
    house.first.behaviour = Ok()
    until(lambda: ask(neighbour, key).status_code == 200, 10, "the place does not come back")


def test_a_place_comes_back_when_its_process_is_killed(house: WebHouse, key: Row) -> None:
    change(house, key, max_in_flight=1)
    house.first.behaviour = Stream(words=("a",) * 500, pace=0.1)
    with a_neighbour(house, **LEASE) as doomed:
        body = {"model": "test/one", "stream": True, "messages": [{"role": "user", "content": "x"}]}
        with (
            pytest.raises(httpx.HTTPError),
            doomed.client.stream("POST", PATH, json=body, headers=bearer(key)) as answer,
        ):
            parts = answer.iter_raw()
            next(parts)
            assert ask(house, key).status_code == 429
            assert doomed.process is not None
            doomed.process.kill()
            doomed.process.wait()
            list(parts)
    house.first.behaviour = Ok()
    # The sweep waits until this process has been in touch for as long as a lease lasts.
    until(lambda: ask(house, key).status_code == 200, 60, "the place does not come back")


def test_a_key_without_limits_has_none(house: WebHouse, neighbour: WebHouse, key: Row) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda one: ask(one, key), [house, neighbour] * 8))
    assert statuses(answers) == [200] * 16


def test_a_key_calls_and_lists_only_its_models(
    house: WebHouse, neighbour: WebHouse, key: Row
) -> None:
    change(house, key, allowed_models='["test/free", "test/pair-1"]')
    for one in (house, neighbour):
        refused = ask(one, key)
        assert refused.status_code == 404
        error = refused.json()["error"]
        assert "is not among the models that are" in error["message"]
        assert ask(one, key, "test/free").status_code == 200
        listed = one.client.get("/api/v1/models", headers=bearer(key)).json()
        assert [entry["id"] for entry in listed["data"]] == ["test/free", "test/pair-1"]
    change(house, key, allowed_models="[]")
    until(lambda: ask(neighbour, key).status_code == 200, 10, "it stays refused")


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        ({}, (-1, "There is no limit.")),
        ({"requests_per_minute": 30}, (30, "In any 60 seconds.")),
        (
            {"requests_per_minute": 30, "max_in_flight": 2},
            (30, "In any 60 seconds. At most 2 run at once."),
        ),
        ({"max_in_flight": 1}, (-1, "At most 1 runs at once.")),
    ],
)
def test_a_key_is_told_its_limits(
    house: WebHouse, key: Row, limits: Row, told: tuple[int, str]
) -> None:
    change(house, key, **{"requests_per_minute": None, "max_in_flight": None, **limits})
    rate = house.client.get("/api/v1/key", headers=bearer(key)).json()["data"]["rate_limit"]
    assert (rate["requests"], rate["note"]) == told


def test_a_rolled_key_works_at_both_until_its_old_secret_is_ended(
    house: WebHouse, neighbour: WebHouse, key: Row
) -> None:
    old = settings.HOUSE_SECRETS.digest(key["secret"])
    new = {**key, "secret": tokens.mint()}
    change(
        house,
        key,
        digest=settings.HOUSE_SECRETS.digest(new["secret"]),
        old_digest=old,
        old_ends_at=datetime.now(UTC) + timedelta(hours=1),
    )
    for one in (house, neighbour):
        assert [ask(one, secret).status_code for secret in (key, new)] == [200, 200]
    change(house, key, old_digest=None, old_ends_at=None)
    for one in (house, neighbour):
        assert [ask(one, secret).status_code for secret in (key, new)] == [401, 200]
    change(house, key, digest=old)
    until(lambda: ask(neighbour, key).status_code == 200, 10, "the key does not come back")
