"""What a long answer sends to the page: each word once as text, each block once as HTML, the whole
once at the end, however long it gets."""

import json

import pytest

from apps.chat.answering import LONGEST, TOO_LONG
from tests.chat.sitting import Sitter
from tests.gateway.behaviours import Stream
from tests.gateway.running import WebHouse

PARAGRAPH = (*(f"word{n} " for n in range(98)), "end.", "\n\n")
CODE = ("```python\n", *(f"x{n} = {n}\n" for n in range(97)), "```", "\n\n")


@pytest.mark.parametrize(("piece", "tokens"), [(PARAGRAPH, 20_000), (CODE, 3_000)])
def test_an_answer_is_sent_in_time_with_its_length(
    house: WebHouse, owner: Sitter, piece: tuple[str, ...], tokens: int
) -> None:
    words = piece * (tokens // len(piece))
    length, block = len("".join(words)), len("".join(piece))
    house.first.then(Stream(words=words, is_burst=True))
    owner.stream(owner.form("Tell me everything"))
    texts = "".join(event["text"] for event in owner.kind("text"))
    rendered = "".join(event["html"] for event in owner.kind("block"))
    rests = max((len(event["rest"]) for event in owner.kind("block")), default=0)
    end = owner.kind("end")[0]["html"]
    assert len(texts) <= length
    assert rests <= 2 * block  # a block is open until the next one has begun
    assert rendered.count("<p>") + rendered.count("<pre") >= len(words) // len(piece) - 1
    assert len(rendered) <= len(end) + block
    assert sum(len(json.dumps(event)) for event in owner.events) < 3 * len(end)


def test_an_answer_without_end_is_cut_and_kept(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=("x" * 99_999 + " ",) * 40, is_burst=True))
    answer = owner.send("Tell me everything")
    assert TOO_LONG in answer.text
    assert LONGEST * 0.99 <= answer.text.count("x") < LONGEST * 1.1
    house.first.then(Stream(words=("Still", " here.")))
    assert "Still here." in owner.send("Are you there?").text
