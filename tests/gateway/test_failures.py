"""A provider that fails: a valid end for the client, a truthful receipt, and nothing charged that
was surely not spent."""

from decimal import Decimal
from typing import Any

import pytest

from tests.gateway import behaviours as provider
from tests.gateway.behaviours import Ok, Status, Stream, Whole
from tests.gateway.running import Row, WebHouse
from tests.gateway.upstream import Exchange, Hangup


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("behaviour", "status", "error_type", "word"),
    [
        (Status(400, message="bad temperature"), 400, "invalid_request", "status_400"),
        (Status(401), 502, "provider_unavailable", "status_401"),
        (Status(402), 502, "provider_unavailable", "status_402"),
        (Status(403), 502, "provider_unavailable", "status_403"),
        (Status(404), 404, "invalid_request", "status_404"),
        (Status(413), 413, "invalid_request", "status_413"),
        (Status(418), 400, "invalid_request", "status_418"),
        (Status(422), 422, "invalid_request", "status_422"),
        (
            Status(400, message="maximum context length is 8192 tokens"),
            400,
            "context_length_exceeded",
            "status_400",
        ),
        (provider.LIMITED, 429, "rate_limit_exceeded", "status_429"),
        (Status(500), 502, "provider_unavailable", "status_500"),
        (Status(503), 502, "provider_unavailable", "status_503"),
        (Status(529, body=b"<html>busy</html>"), 502, "provider_unavailable", "status_529"),
        (Status(204, body=b""), 502, "provider_unavailable", "status_204"),
        (provider.REDIRECT, 502, "provider_unavailable", "status_307"),
        (provider.HTML, 502, "provider_unavailable", "nonsense"),
        (provider.EMPTY, 502, "provider_unavailable", "nonsense"),
        (provider.TRUNCATED, 502, "provider_unavailable", "nonsense"),
        (provider.A_LIST, 502, "provider_unavailable", "nonsense"),
        (provider.NO_CHOICES, 502, "provider_unavailable", "nonsense"),
        (provider.ERROR_IN_200, 502, "provider_unavailable", "provider_error"),
        (Whole(b'{"choices":[{"message":{}}],"id":1,"id":2}'), 502, None, "nonsense"),
        (Whole(b'{"choices":[1]}'), 502, None, "nonsense"),
    ],
)
def test_what_surely_cost_nothing_is_not_charged(
    house: WebHouse, behaviour: Any, status: int, error_type: str | None, word: str, stream: bool
) -> None:
    house.first.then(behaviour)
    response = house.ask(stream=stream)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert error["code"] == status
    assert error["metadata"]["error_type"] == (error_type or "provider_unavailable")
    assert error["message"].startswith("First ")
    assert "127.0.0.1" not in error["message"]
    receipt = house.receipt(response.headers["x-generation-id"])
    assert (receipt["status"], receipt["cost_usd"]) == (status, 0)
    assert receipt["details"]["attempts"][-1]["error"] == word


@pytest.mark.parametrize("wait", ["9" * 5000, "soon", "-1", "", "٣"])
def test_a_wait_that_is_none_counts_as_a_short_one(house: WebHouse, wait: str) -> None:
    """A number of five thousand digits was a fault of the house's own once."""
    head = f"HTTP/1.1 429 No\r\nRetry-After: {wait}\r\nContent-Length: 0\r\n\r\n"
    house.first.then(provider.Raw(head.encode()))
    response = house.ask()
    assert (response.status_code, response.headers["retry-after"]) == (429, "5")


def test_a_limit_says_when_to_try_again(house: WebHouse) -> None:
    house.first.then(provider.LIMITED)
    response = house.ask()
    assert response.headers["retry-after"] == "7"
    assert "7 s" in response.json()["error"]["message"]


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (provider.CUT_BEFORE_HEADERS, "connection_lost"),
        (provider.CUT_IN_HEADERS, "connection_lost"),
        (provider.CUT_IN_BODY, "connection_lost"),
        (provider.NO_HTTP, "connection_lost"),
    ],
)
def test_what_may_have_cost_something_is_charged_as_such(
    house: WebHouse, behaviour: Any, word: str, stream: bool
) -> None:
    house.first.then(behaviour)
    response = house.ask(stream=stream)
    assert response.status_code == 502
    receipt = house.receipt(response.headers["x-generation-id"])
    assert receipt["details"]["attempts"][-1]["error"] == word
    assert receipt["is_estimated"]
    # A stream that stops when it is cut can have cost its prompt; a whole answer, everything.
    assert 0 < receipt["cost_usd"] <= receipt["hold_usd"]
    assert (receipt["cost_usd"] == receipt["hold_usd"]) is not stream


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (Stream(cut_after=0), "connection_lost"),
        (Stream(reset_after=0), "connection_lost"),
        (Stream(error_after=0), "provider_error"),
        (Stream(garbage_after=0), "nonsense"),
        (Stream(half_after=0), "connection_lost"),
        (provider.long_line(), "nonsense"),
        (Whole(b"hello\n\nhow are you", "text/event-stream"), "nonsense"),
        (Whole(b"", "text/event-stream"), "nonsense"),
        (Whole(b"data: [DONE]\n\n", "text/event-stream"), "nonsense"),
    ],
)
def test_a_stream_that_fails_before_its_first_event_is_an_ordinary_error(
    house: WebHouse, behaviour: Any, word: str
) -> None:
    house.first.then(behaviour)
    response = house.ask(stream=True)
    assert response.status_code == 502, response.text
    assert response.headers["content-type"] == "application/json"
    receipt = house.receipt(response.headers["x-generation-id"])
    assert receipt["details"]["attempts"][-1]["error"] == word
    assert receipt["cost_usd"] < receipt["hold_usd"]


@pytest.mark.parametrize(
    ("behaviour", "word"),
    [
        (Stream(cut_after=2), "connection_lost"),
        (Stream(reset_after=2), "connection_lost"),
        (Stream(error_after=2), "provider_error"),
        (Stream(garbage_after=2), "nonsense"),
        (Stream(half_after=2), "connection_lost"),
        (Stream(finish_reason=None, done=None, usage="never"), "connection_lost"),
    ],
)
def test_a_stream_that_fails_later_ends_with_an_event(
    house: WebHouse, behaviour: Any, word: str
) -> None:
    house.first.then(behaviour)
    stream = house.stream()
    assert stream.response.status_code == 200
    assert stream.is_done
    assert stream.text.startswith("Hello")
    error = stream.error
    assert error is not None
    assert error["code"] == 502
    assert stream.finish_reasons[-1] == "error"
    (usage,) = stream.usages
    receipt = house.receipt(stream.response.headers["x-generation-id"])
    assert receipt["details"]["attempts"][-1]["error"] == word
    assert receipt["error_type"] == "provider_unavailable"
    assert_estimate(receipt, usage)


def test_usage_that_was_told_before_the_cut_is_exact(house: WebHouse) -> None:
    house.first.then(Stream(cut_after=3, usage="each"))
    stream = house.stream()
    receipt = house.receipt(stream.response.headers["x-generation-id"])
    assert receipt["cost_usd"] == house.first.last.cost
    assert stream.usages[0]["cost"] == house.first.last.cost


def test_a_bomb_is_not_unpacked_to_its_end(house: WebHouse) -> None:
    house.first.then(provider.gzip_bomb(), provider.gzip_bomb())
    for stream in (False, True):
        response = house.ask(stream=stream)
        assert response.status_code == 502
        assert house.receipt(response.headers["x-generation-id"])["state"] == "closed"


def test_a_provider_that_is_not_there_costs_nothing(house: WebHouse) -> None:
    response = house.ask("test/away")
    assert response.status_code == 502
    error = response.json()["error"]
    assert "could not be reached" in error["message"]
    receipt = house.receipt(response.headers["x-generation-id"])
    assert (receipt["cost_usd"], receipt["is_estimated"]) == (0, False)


def test_a_provider_that_closes_its_line_after_each_answer_is_no_failure(house: WebHouse) -> None:
    async def close(exchange: Exchange) -> None:
        await Ok()(exchange)
        raise Hangup

    house.first.behaviour = close
    assert [house.ask().status_code for _ in range(5)] == [200] * 5


def test_a_providers_own_secret_words_are_not_passed_on(house: WebHouse) -> None:
    house.first.then(Status(401, message="key sk-test-credential-of-the-upstream is wrong"))
    assert "sk-test" not in house.ask().text


def assert_estimate(receipt: Row, usage: Row) -> None:
    assert receipt["is_estimated"]
    assert Decimal(0) < receipt["cost_usd"] <= receipt["hold_usd"]
    assert usage["cost"] == receipt["cost_usd"]
