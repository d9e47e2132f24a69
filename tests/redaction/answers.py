"""Answers of a model that was told placeholders, and the values behind them."""

from typing import Any

import orjson

from apps.routing.redaction.placeholders import placeholder
from apps.routing.redaction.private import Private
from apps.routing.redaction.restore import JsonRestorer, StreamRestorer
from tests.redaction.fakes import ANNA, BERT, word
from tests.redaction.streams import DONE, fed, finishes, heard, says

E_ANNA, E_BERT = word("EMAIL", ANNA), word("EMAIL", BERT)
N_ODD, ODD = word("NAME", "odd"), 'O"Neil \\ Co\n😀'
PRIVATE = Private({E_ANNA: ANNA, E_BERT: BERT, N_ODD: ODD})
STRANGER = placeholder(b"another conversation", "EMAIL", ANNA)


def changed(token: str, at: int, other: str) -> str:
    return token[:at] + other + token[at + 1 :]


def said(text: str, private: Private = PRIVATE) -> str:
    """One content, whole."""
    answer = an_answer({"role": "assistant", "content": text})
    content: str = orjson.loads(JsonRestorer(private).restored(answer))["choices"][0]["message"][
        "content"
    ]
    return content


def streamed(*pieces: str, private: Private = PRIVATE) -> str:
    restorer = StreamRestorer(private)
    return heard(fed(restorer, *map(says, pieces), finishes(), DONE)).get((0, "content"), "")


def an_answer(message: dict[str, Any], **more: Any) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return orjson.dumps({"id": "gen-1", "choices": [choice], **more})
