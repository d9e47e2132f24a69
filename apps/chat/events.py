"""The event stream of a page: how one event is written, and the signs of life between them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import orjson
from django.http import StreamingHttpResponse

PAUSE_SECONDS = 0.03  # between two pieces: a page cannot show more of them
SILENCE_SECONDS = 10.0
COMMENT = b": the answer is being written\n\n"

Piece = TypeVar("Piece")


def event_stream(events: AsyncIterator[bytes]) -> StreamingHttpResponse:
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


def event(**facts: Any) -> bytes:
    return b"data: " + orjson.dumps(facts) + b"\n\n"


async def with_signs_of_life(pieces: AsyncIterator[Piece]) -> AsyncIterator[Piece | None]:
    """None after each 10 s of silence, so that nothing on the way hangs up."""
    waiting = asyncio.ensure_future(anext(pieces))
    try:
        while True:
            done, _ = await asyncio.wait({waiting}, timeout=SILENCE_SECONDS)
            if not done:
                yield None
                continue
            try:
                piece = waiting.result()
            except StopAsyncIteration:
                return
            yield piece
            waiting = asyncio.ensure_future(anext(pieces))
    finally:
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError, StopAsyncIteration):
            await waiting
