"""An attempt that did not reach its provider says why, and that it surely cost nothing."""

import asyncio
from typing import Any

import pytest

from apps.routing import relay
from apps.routing.http1 import ConnectionLost, NotConnected
from apps.routing.relay import Failed


class Guarded(Exception):
    """What the way out raises for an address it does not call."""


class Pool:
    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    async def post(self, head: bytes, body: bytes) -> Any:
        raise self.problem


@pytest.mark.parametrize(
    ("problem", "word", "is_unsure", "told"),
    [
        (NotConnected("connect_timeout"), "connect_timeout", False, "no connection in time"),
        (NotConnected("dns"), "dns", False, "its name does not resolve"),
        (NotConnected("tls"), "tls", False, "its certificate cannot be trusted"),
        (NotConnected("refused"), "refused", False, "nothing accepts a connection there"),
        (Guarded("192.168.7.1"), "not_permitted", False, "the house does not call its address"),
        (ConnectionLost(), "connection_lost", True, "broke before the answer was whole"),
    ],
)
def test_why_a_provider_was_not_reached(
    problem: Exception, word: str, is_unsure: bool, told: str
) -> None:
    pool: Any = Pool(problem)
    with pytest.raises(Failed) as failed:
        asyncio.run(relay.send(pool, head=b"", body=b"", provider="Acme", never_sent=(Guarded,)))
    assert (failed.value.word, failed.value.is_unsure) == (word, is_unsure)
    assert told in failed.value.refusal.message
    assert "192.168" not in failed.value.refusal.message
