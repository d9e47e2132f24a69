"""Which endpoint is tried first, which next, and when there is no next."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.gateway import behaviours as provider
from tests.gateway.behaviours import Ok, Status, Stream
from tests.gateway.running import WebHouse, decoded
from tests.waiting import until

BROKEN = Status(500)
_numbers: Iterator[int] = iter(range(2, 13))


@pytest.fixture
def model() -> str:
    """A model at both upstreams that no other test makes fail."""
    return f"test/pair-{next(_numbers)}"


def served_by(house: WebHouse, model: str, **fields: object) -> str:
    response = house.ask(model, **fields)
    assert response.status_code == 200, response.text
    return str(decoded(response.text)["provider"])


def test_the_cheaper_one_is_first_unless_the_caller_says_otherwise(
    house: WebHouse, model: str
) -> None:
    assert served_by(house, model) == "First"
    assert served_by(house, model, provider={"order": ["custom/second"]}) == "Second"
    assert served_by(house, model, provider={"ignore": ["custom/first"]}) == "Second"
    refused = house.ask(model, provider={"only": ["elsewhere"]})
    assert refused.status_code == 404
    availability = refused.json()["error"]["availability"]
    assert availability["excluded_by"] == ["allowed_providers"]


@pytest.mark.parametrize("stream", [False, True])
def test_before_the_first_byte_the_next_one_is_tried(
    house: WebHouse, model: str, stream: bool
) -> None:
    house.first.then(BROKEN)
    response = house.ask(model, stream=stream)
    assert response.status_code == 200
    receipt = house.receipt(response.headers["x-generation-id"])
    assert receipt["cost_usd"] == house.second.last.cost * 2  # the second is twice as dear
    assert [one["error"] for one in receipt["details"]["attempts"]] == ["status_500", ""]
    assert receipt["details"]["attempts"][0]["cost"] == "0"
    assert receipt["hold_usd"] >= receipt["cost_usd"]


def test_who_failed_is_let_go(house: WebHouse, model: str) -> None:
    house.first.then(Stream(error_after=0, hang_after=1))
    assert house.stream(model).text == "Hello from upstream."
    failed = house.first.last
    until(lambda: failed.closed_at is not None, 5, "the line to the first one stays open")


def test_after_the_first_byte_nobody_else_is_tried(house: WebHouse, model: str) -> None:
    house.first.then(Stream(cut_after=2))
    stream = house.stream(model)
    assert stream.error is not None
    assert house.second.served == []


def test_a_try_that_may_be_billed_stays_held_and_is_charged(house: WebHouse, model: str) -> None:
    house.first.then(provider.CUT_BEFORE_HEADERS)
    response = house.ask(model, max_tokens=50)
    assert response.status_code == 200
    receipt = house.receipt(response.headers["x-generation-id"])
    first, second = receipt["details"]["attempts"]
    assert first["error"] == "connection_lost"
    assert receipt["is_estimated"]
    assert receipt["cost_usd"] > house.second.last.cost * 2
    assert receipt["hold_usd"] >= receipt["cost_usd"]
    assert decoded(response.text)["usage"]["cost"] == receipt["cost_usd"]
    assert receipt["cost_usd"] == Decimal(first["cost"]) + Decimal(second["cost"])


def test_without_fallbacks_the_first_error_is_the_answer(house: WebHouse, model: str) -> None:
    house.first.then(BROKEN)
    assert house.ask(model, provider={"allow_fallbacks": False}).status_code == 502
    assert house.second.served == []


def test_when_all_fail_the_answer_names_the_others(house: WebHouse, model: str) -> None:
    house.first.then(BROKEN)
    house.second.then(provider.LIMITED)
    response = house.ask(model)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "7"
    (previous,) = response.json()["error"]["metadata"]["previous_errors"]
    assert previous["code"] == "status_500"


def test_three_failures_put_an_endpoint_last(house: WebHouse, model: str) -> None:
    for _ in range(3):
        house.first.then(BROKEN)
        assert served_by(house, model) == "Second"
    assert len(house.first.served) == 3
    assert served_by(house, model) == "Second"
    assert len(house.first.served) == 3


def test_a_limited_endpoint_is_last_until_it_may_be_asked_again(
    house: WebHouse, model: str
) -> None:
    house.first.then(Status(429, {"Retry-After": "3600"}))
    assert served_by(house, model) == "Second"
    assert served_by(house, model) == "Second"
    assert len(house.first.served) == 1


def test_more_models_are_tried_in_their_order(house: WebHouse, model: str) -> None:
    house.first.then(BROKEN)
    house.second.then(BROKEN)
    response = house.ask(model, models=["test/one"])
    answer = decoded(response.text)
    assert answer["model"] == "test/one"
    assert house.receipt(answer["id"])["requested_model"] == model


def test_an_unknown_model_among_others_is_passed_over(house: WebHouse) -> None:
    assert served_by(house, "test/none", models=["test/one"]) == "First"


@pytest.mark.parametrize("suffix", ["nitro", "floor"])
def test_suffixes_that_sort_are_understood(house: WebHouse, suffix: str) -> None:
    house.first.then(Ok())
    assert house.ask(f"test/one:{suffix}").status_code == 200
    assert house.first.last.json["model"] == "scripted-1"


@pytest.mark.parametrize("suffix", ["online", "free", "thinking", "x"])
def test_suffixes_that_would_choose_something_else_are_not(house: WebHouse, suffix: str) -> None:
    response = house.ask(f"test/one:{suffix}")
    assert response.status_code == 400
    error = response.json()["error"]
    assert error["availability"]["code"] == "model_not_found"
    assert "test/one" in error["availability"]["fallback_models"]
