"""A client that leaves: a provider that stops is cut off, any other is read to its end, and what
was produced is charged, never more than was held."""

import json
import socket
from collections.abc import Callable
from typing import Any

import pytest

from tests.gateway.behaviours import Ok, Stream
from tests.gateway.running import PATH, WebHouse
from tests.gateway.upstream import Served
from tests.waiting import until

WORDS = tuple(f" word{n}" for n in range(40))
ENDLESS = Stream(words=WORDS * 100, pace=0.05)
QUICK_END = Stream(words=WORDS[:12], pace=0.05)


class Leaver:
    """A client on a bare socket, which can hang up wherever it likes."""

    def __init__(self, house: WebHouse, model: str, *, stream: bool = True) -> None:
        body = {"model": model, "messages": [{"role": "user", "content": "a"}], "stream": stream}
        raw = json.dumps(body).encode()
        self._socket = socket.create_connection(("127.0.0.1", house.port), timeout=20)
        head = (
            f"POST {PATH} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {house.key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(raw)}\r\n\r\n"
        )
        self._socket.sendall(head.encode() + raw)
        self.got = b""

    def read_until(self, enough: Callable[[bytes], bool]) -> None:
        while not enough(self.got):
            piece = self._socket.recv(65536)
            assert piece, "the house hung up first"
            self.got += piece

    def leave(self) -> None:
        self._socket.close()


def contents(got: bytes) -> int:
    return got.count(b'"content":')


@pytest.mark.parametrize("seen", [0, 1, 10])
def test_a_provider_that_stops_is_cut_off_in_the_middle(house: WebHouse, seen: int) -> None:
    house.first.then(ENDLESS)
    client = Leaver(house, "test/one")
    served = arrived(house)
    client.read_until(lambda got: contents(got) >= seen)
    client.leave()
    until(lambda: served.closed_at is not None, 10, "the provider was never cut off")
    receipt = receipt_of(house, served)
    assert receipt["was_cancelled"]
    assert receipt["is_estimated"]
    assert 0 < receipt["cost_usd"] <= receipt["hold_usd"]
    if seen:
        assert receipt["completion_tokens"] >= seen


def test_usage_that_the_wire_reported_is_charged_exactly(house: WebHouse) -> None:
    house.first.then(Stream(words=WORDS, pace=0.05, usage="each"))
    client = Leaver(house, "test/one")
    served = arrived(house)
    client.read_until(lambda got: contents(got) >= 3)
    client.leave()
    receipt = receipt_of(house, served)
    assert not receipt["is_estimated"]
    assert receipt["was_cancelled"]
    assert 3 <= receipt["completion_tokens"] <= served.completion_tokens


@pytest.mark.parametrize("model", ["test/reads-on", "test/who-knows"])
@pytest.mark.parametrize("seen", [0, 1, 6])
def test_a_provider_that_bills_the_whole_answer_is_read_to_its_end(
    house: WebHouse, model: str, seen: int
) -> None:
    house.first.then(QUICK_END)
    client = Leaver(house, model)
    served = arrived(house)
    client.read_until(lambda got: contents(got) >= seen)
    client.leave()
    receipt = receipt_of(house, served)
    assert served.is_whole
    assert not receipt["is_estimated"]
    assert receipt["was_cancelled"]
    assert receipt["cost_usd"] == served.cost


def test_without_a_count_such_a_provider_has_the_hold(house: WebHouse) -> None:
    house.first.then(Stream(words=WORDS[:6], pace=0.05, cut_after=5))
    client = Leaver(house, "test/reads-on")
    served = arrived(house)
    client.leave()
    receipt = receipt_of(house, served)
    assert receipt["is_estimated"]
    assert receipt["cost_usd"] == receipt["hold_usd"]


def test_leaving_at_the_last_byte_changes_nothing(house: WebHouse) -> None:
    client = Leaver(house, "test/one")
    served = arrived(house)
    client.read_until(lambda got: b"[DONE]" in got)
    client.leave()
    receipt = receipt_of(house, served)
    assert (receipt["cost_usd"], receipt["is_estimated"]) == (served.cost, False)


@pytest.mark.parametrize("model", ["test/one", "test/reads-on"])
def test_a_whole_answer_is_charged_whoever_waits_for_it(house: WebHouse, model: str) -> None:
    house.first.then(Ok(wait=0.3))
    client = Leaver(house, model, stream=False)
    served = arrived(house)
    client.leave()
    receipt = receipt_of(house, served)
    assert served.is_whole
    assert (receipt["cost_usd"], receipt["is_estimated"]) == (served.cost, False)


def test_leaving_before_the_request_is_whole_leaves_no_trace(house: WebHouse) -> None:
    before = house.count()
    with socket.create_connection(("127.0.0.1", house.port)) as one:
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.key}\r\n"
        one.sendall(head.encode() + b"Content-Length: 500\r\n\r\n{")
    assert house.ask().status_code == 200
    assert house.count() == before + 1
    assert len(house.first.served) == 1


def test_nobody_is_asked_again_for_a_client_that_left(house: WebHouse) -> None:
    house.first.then(Stream(wait=0.3, cut_after=0))
    client = Leaver(house, "test/reads-on-pair")
    served = arrived(house)
    client.leave()
    receipt_of(house, served)
    assert house.second.served == []


def arrived(house: WebHouse) -> Served:
    until(lambda: house.first.served, 10, "nothing arrived")
    return house.first.last


def receipt_of(house: WebHouse, served: Served) -> dict[str, Any]:
    """The newest call's, once it is closed."""
    id_ = house.newest()["id"]
    return house.closed_receipt(id_, 20)
