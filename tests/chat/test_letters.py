"""Letters that come in two halves, and halves that stay alone."""

import json

import pytest

from apps.chat.letters import Letters, read_event
from tests.chat.sitting import Sitter
from tests.gateway.behaviours import Stream
from tests.gateway.running import WebHouse

HIGH, LOW = "\ud83d", "\ude00"


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        (["a", "b"], "ab"),
        (["a" + HIGH, LOW + "b"], "a😀b"),
        ([HIGH, "", LOW], "😀"),
        ([HIGH, "b"], "\ufffdb"),
        ([HIGH, HIGH, LOW], "\ufffd😀"),
        ([LOW, "b"], "\ufffdb"),
        (["a", HIGH], "a\ufffd"),
        (["", ""], ""),
    ],
)
def test_halves_become_letters(pieces: list[str], expected: str) -> None:
    letters = Letters()
    assert "".join(map(letters.feed, pieces)) + letters.rest() == expected


@pytest.mark.parametrize("more", [b"1", b"[" * 1_000 + b"]" * 1_000])
def test_an_event_with_a_half_is_read_whatever_else_stands_in_it(more: bytes) -> None:
    event = read_event(b'{"text": "\\ud83d", "more": %b}' % more)
    assert event["text"] in (HIGH, "\ufffd")


def test_a_letter_cut_in_two_is_shown_and_kept_whole(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=("Hello ", HIGH, LOW, " again")))
    owner.stream(owner.form("Smile"))
    assert "".join(event["text"] for event in owner.kind("text")) == "Hello 😀 again"
    assert "Hello 😀 again" in owner.kind("end")[0]["html"]


def test_an_error_that_is_null_is_none(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(extra={"error": None}))
    owner.stream(owner.form("Hello"))
    assert "Hello from upstream." in owner.kind("end")[0]["html"]


def test_the_api_passes_halves_on_as_they_came(house: WebHouse) -> None:
    house.first.then(Stream(words=("Hello ", HIGH, LOW)))
    body = {"model": "test/one", "messages": [{"role": "user", "content": "x"}], "stream": True}
    answer = house.client.post("/api/v1/chat/completions", json=body, headers=house.headers)
    events = [json.loads(one[6:]) for one in answer.text.split("\n\n") if one.startswith("data: {")]
    deltas = [choice["delta"] for event in events for choice in event["choices"]]
    assert [delta.get("content") for delta in deltas][:3] == ["Hello ", HIGH, LOW]
