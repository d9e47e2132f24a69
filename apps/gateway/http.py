"""The HTTP side of one inference call: reads the request within its limits, writes a JSON answer or
a stream, notices that the client left, and keeps a silent stream open."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson

from apps.routing.errors import Refusal, invalid, too_large
from apps.routing.redaction.private import Private
from apps.routing.redaction.restore import JsonRestorer, StreamRestorer
from apps.routing.wire.answer import Face
from apps.routing.wire.stream import error_events

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

LARGEST_BODY = 20 * 1024 * 1024
BODY_SECONDS = 60.0
SILENCE_SECONDS = 10.0
WATCH_AFTER_SECONDS = 0.1  # a shorter stream needs no watcher: a task for each would cost them all
COMMENT = b": GATEHOUSE PROCESSING\n\n"
CORS = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"*"),
]
ALWAYS = [*CORS, (b"x-content-type-options", b"nosniff")]  # an answer is never a page
PREFLIGHT = [
    *CORS,
    (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
    (b"access-control-allow-headers", b"*, authorization"),
    (b"access-control-max-age", b"86400"),
]
JSON_TYPE = (b"content-type", b"application/json")
STREAM_HEADERS = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
]


async def read_body(headers: Mapping[bytes, bytes], receive: Receive) -> bytes:
    """Raises Refusal (400, 408, 413, 415), or ClientLeft."""
    encoding = headers.get(b"content-encoding", b"identity").lower()
    if encoding not in (b"", b"identity"):
        raise Refusal(
            415, "invalid_request", "Compressed request bodies are not accepted; send plain JSON."
        )
    length = headers.get(b"content-length", b"0")
    if not length.isdigit():
        raise invalid("The Content-Length header is not a number.")
    if int(length) > LARGEST_BODY:
        raise _over_limit()
    message = await receive()
    if not message.get("more_body"):
        return _checked(message)
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await _rest_of_body(message, receive)
    except TimeoutError:
        raise Refusal(408, "timeout", "The request body did not arrive in time.") from None


class ClientLeft(Exception):
    """The client hung up before its request was whole."""


async def _rest_of_body(message: Message, receive: Receive) -> bytes:
    parts = [_checked(message)]
    size = len(parts[0])
    while message.get("more_body"):
        message = await receive()
        parts.append(_checked(message))
        size += len(parts[-1])
        if size > LARGEST_BODY:
            raise _over_limit()
    return b"".join(parts)


def _checked(message: Message) -> bytes:
    if message["type"] == "http.disconnect":
        raise ClientLeft
    return bytes(message.get("body", b""))


def _over_limit() -> Refusal:
    return too_large(f"The request is larger than {LARGEST_BODY // 1024 // 1024} MB.")


class HttpClient:
    """One caller over ASGI. Nothing is sent before the first event, or 10 s of silence; from then
    on failures are events of the stream."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self.is_gone = False
        self.has_begun = False
        self._receive = receive
        self._send = send
        self._headers: list[tuple[bytes, bytes]] = []
        self._face = Face("", "", "", 0)
        self._loop = asyncio.get_running_loop()
        self._last_sent = self._loop.time()
        self._watcher: asyncio.Task[None] | None = None
        self._private = Private()
        self._restorer: StreamRestorer | None = None
        self._ticker: asyncio.TimerHandle | None = None
        self._commenting: asyncio.Task[None] | None = None

    def begin_call(
        self,
        face: Face,
        on_gone: Callable[[], None],
        *,
        stream: bool,
        notes: Mapping[str, str],
        private: Private,
    ) -> None:
        self._face = face
        if private:
            self._private = private
            self._restorer = StreamRestorer(private)
        self._headers = [(b"x-generation-id", face.generation_id.encode())]
        self._headers += [(name.lower().encode(), text.encode()) for name, text in notes.items()]
        if stream:
            self._ticker = self._loop.call_later(WATCH_AFTER_SECONDS, self._begin_watch, on_gone)

    async def write(self, data: bytes) -> None:
        if self._restorer is not None:
            data = self._restorer.feed(data)
        if self.is_gone or not data:
            return
        if not self.has_begun:
            await self._start_stream()
        self._last_sent = self._loop.time()
        await self._send({"type": "http.response.body", "body": data, "more_body": True})

    async def end_stream(self, data: bytes) -> None:
        await self._quiet()
        if self._restorer is not None:
            data = self._restorer.rest() + data
        if not self.has_begun:
            await self._start_stream()
        await self._send({"type": "http.response.body", "body": data, "more_body": False})

    async def answer(self, body: bytes) -> None:
        await self._quiet()
        if self._private:
            body = JsonRestorer(self._private).restored(body)
        await self.respond(200, body, self._headers)

    async def refuse(self, refusal: Refusal) -> None:
        """The documented JSON error, or the last event of a stream that has begun."""
        await self._quiet()
        if self.has_begun:
            await self.end_stream(error_events(self._face, self._told(refusal)))
            return
        headers = list(self._headers)
        if refusal.retry_after is not None:
            headers.append((b"retry-after", b"%d" % refusal.retry_after))
        for name, value in refusal.metadata.get("headers", {}).items():
            headers.append((name.lower().encode(), value.encode()))
        await self.respond(refusal.status, orjson.dumps({"error": self._told(refusal)}), headers)

    def _told(self, refusal: Refusal) -> dict[str, Any]:
        """A provider may name in its error what was sent to it."""
        error = refusal.as_error()
        return {**error, "message": self._private.text(error["message"])}

    async def respond(
        self, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
    ) -> None:
        length = (b"content-length", b"%d" % len(body))
        await self._send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [JSON_TYPE, length, *ALWAYS, *(headers or [])],
            }
        )
        await self._send({"type": "http.response.body", "body": body})

    async def _start_stream(self) -> None:
        self.has_begun = True
        await self._send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [*STREAM_HEADERS, *ALWAYS, *self._headers],
            }
        )

    def _begin_watch(self, on_gone: Callable[[], None]) -> None:
        self._watcher = asyncio.create_task(self._watch(on_gone))
        self._ticker = self._loop.call_later(SILENCE_SECONDS - WATCH_AFTER_SECONDS, self._tick)

    async def _watch(self, on_gone: Callable[[], None]) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.is_gone = True
        on_gone()

    def _tick(self) -> None:
        """A timer rather than a wait around each read: it costs a stream nothing while it flows."""
        silent = self._loop.time() - self._last_sent
        if silent >= SILENCE_SECONDS and not self.is_gone:
            self._commenting = asyncio.create_task(self.write(COMMENT))
            silent = 0.0
        self._ticker = self._loop.call_later(SILENCE_SECONDS - silent, self._tick)

    async def _quiet(self) -> None:
        """No comment may fall between, or behind, the last bytes."""
        if self._ticker is not None:
            self._ticker.cancel()
            self._ticker = None
        if self._commenting is not None:
            await asyncio.gather(self._commenting, return_exceptions=True)
            self._commenting = None
        if self._watcher is not None:
            self._watcher.cancel()
            self._watcher = None

    def close(self) -> None:
        """Whatever happened, nothing of this call goes on by itself."""
        for one in (self._ticker, self._watcher, self._commenting):
            if one is not None:
                one.cancel()
