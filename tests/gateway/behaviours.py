"""How the scripted provider answers: well, slowly, wrongly, or not at all. Each behaviour is told
once and may answer many requests at the same time."""

import gzip
import json
from dataclasses import dataclass, field
from typing import Any

from tests.gateway.upstream import Exchange, Hangup, Served

COUNTED = object()  # usage as the provider itself counts it
HOURS = 3600.0


@dataclass(frozen=True)
class Ok:
    """A whole JSON answer. `usage` may be any other value, or None to leave it out."""

    text: str = "Hello from upstream."
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    usage: Any = COUNTED
    is_pretty: bool = False
    wait: float = 0.0
    finish_reason: str | None = "stop"
    message: dict[str, Any] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
    choices: list[dict[str, Any]] | None = None

    async def __call__(self, exchange: Exchange) -> None:
        served = exchange.served
        await exchange.wait(self.wait)
        count(served, self.text, self.prompt_tokens, self.completion_tokens)
        body = json.dumps(self.value(served), indent=2 if self.is_pretty else None).encode()
        await send_whole(exchange, body)

    def value(self, served: Served) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text, **self.message}
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        value: dict[str, Any] = {
            "id": served.id,
            "object": "chat.completion",
            "created": 1_790_000_000,
            "model": served.reading.model,
            "choices": [choice] if self.choices is None else self.choices,
            **self.extra,
        }
        usage = counted_usage(served) if self.usage is COUNTED else self.usage
        return value if usage is None else {**value, "usage": usage}


@dataclass(frozen=True)
class Stream:
    """A streamed answer of one token per word. `usage` comes in an "own" chunk, in the "last" one,
    on "each" as a running count, or "never"; `usage_value` replaces the count itself."""

    words: tuple[str, ...] = ("Hel", "lo", " from", " up", "stream.")
    prompt_tokens: int | None = None
    pace: float = 0.0
    wait: float = 0.0
    usage: str = "own"
    usage_value: Any = COUNTED
    has_null_usage: bool = False
    line_end: bytes = b"\n"
    has_bom: bool = False
    has_comments: bool = False
    piece: int | None = None  # bytes per write; None: one event per write
    is_burst: bool = False  # everything in one write
    is_spaced: bool = False  # JSON written with spaces
    done: bytes | None = b"[DONE]"
    finish_reason: str | None = "stop"
    deltas: tuple[dict[str, Any], ...] = ()  # instead of words
    cut_after: int | None = None  # content events, then the connection ends without a last chunk
    reset_after: int | None = None
    hang_after: int | None = None
    error_after: int | None = None
    garbage_after: int | None = None
    half_after: int | None = None
    silent_after: int | None = None  # a pause of `silence` seconds behind this many events
    silence: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)

    async def __call__(self, exchange: Exchange) -> None:
        served = exchange.served
        served.prompt_tokens = prompt_of(served, self.prompt_tokens)
        await exchange.wait(self.wait)
        await exchange.send(HEAD_OF_STREAM)
        write = Chunks(exchange, piece=self.piece, is_burst=self.is_burst)
        if self.has_bom:
            await write(b"\xef\xbb\xbf")
        if self.has_comments:
            await write(self._line(b": connected") + self.line_end)
        for number, delta in enumerate(self.deltas or self._word_deltas()):
            await self._maybe_break(exchange, write, number)
            served.completion_tokens += 1
            await write(self._event(self._chunk(served, delta, None)))
            if self.has_comments:
                await write(self._line(b": still here") + self.line_end)
            await exchange.wait(self.pace)
        await self._maybe_break(exchange, write, len(self.deltas or self.words))
        await self._end(served, write)
        await write.flush()
        await exchange.send(b"0\r\n\r\n")
        served.is_whole = True

    def _word_deltas(self) -> list[dict[str, Any]]:
        role = {"role": "assistant"}
        return [{**(role if not n else {}), "content": w} for n, w in enumerate(self.words)]

    async def _maybe_break(self, exchange: Exchange, write: "Chunks", number: int) -> None:
        if number == self.silent_after:
            await exchange.wait(self.silence)
        if number == self.cut_after:
            raise Hangup
        if number == self.reset_after:
            exchange.reset()
        if number == self.hang_after:
            await exchange.wait(HOURS)
        if number == self.half_after:
            await write(b'data: {"id":"x","choices":[{"index":0,"del')
            raise Hangup
        if number == self.garbage_after:
            await write(b"data: {not json}" + 2 * self.line_end)
        if number == self.error_after:
            error = {"message": "the model fell over", "code": 500}
            await write(self._event({"error": error}))

    async def _end(self, served: Served, write: "Chunks") -> None:
        if self.finish_reason is not None:
            last = self._chunk(served, {}, self.finish_reason)
            if self.usage == "last":
                last["usage"] = self._usage(served)
            await write(self._event(last))
        if self.usage == "own":
            await write(
                self._event(
                    {**self._chunk(served, {}, None), "choices": [], "usage": self._usage(served)}
                )
            )
        if self.done is not None:
            await write(self._line(b"data: " + self.done) + self.line_end)

    def _chunk(self, served: Served, delta: dict[str, Any], reason: str | None) -> dict[str, Any]:
        chunk: dict[str, Any] = {
            "id": served.id,
            "object": "chat.completion.chunk",
            "created": 1_790_000_000,
            "model": served.reading.model,
            "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
            **self.extra,
        }
        if self.has_null_usage:
            chunk["usage"] = None
        if self.usage == "each":
            chunk["usage"] = self._usage(served)
        return chunk

    def _usage(self, served: Served) -> Any:
        return counted_usage(served) if self.usage_value is COUNTED else self.usage_value

    def _event(self, value: dict[str, Any]) -> bytes:
        separators = (", ", ": ") if self.is_spaced else (",", ":")
        return self._line(b"data: " + json.dumps(value, separators=separators).encode()) + (
            self.line_end
        )

    def _line(self, text: bytes) -> bytes:
        return text + self.line_end


@dataclass(frozen=True)
class AsAsked:
    """JSON or a stream, as the request says; the default, fit for many calls at once."""

    whole: Ok = Ok()
    stream: Stream = Stream()

    async def __call__(self, exchange: Exchange) -> None:
        await (self.stream if exchange.served.wants_stream else self.whole)(exchange)


@dataclass(frozen=True)
class Echo:
    """Says back what the last message said, whole or in pieces of `piece` letters; with `as_tool`,
    as the argument of a tool call."""

    piece: int = 3
    before: str = ""
    as_tool: bool = False

    async def __call__(self, exchange: Exchange) -> None:
        said = self.before + exchange.served.json["messages"][-1]["content"]
        text = json.dumps({"to": said}) if self.as_tool else said
        if not exchange.served.wants_stream:
            await Ok(text="" if self.as_tool else text, message=self._message(text))(exchange)
            return
        pieces = [text[at : at + self.piece] for at in range(0, len(text), self.piece)]
        await Stream(deltas=tuple(self._delta(n, one) for n, one in enumerate(pieces)))(exchange)

    def _message(self, text: str) -> dict[str, Any]:
        return {"tool_calls": [_tool(text, first=True)]} if self.as_tool else {}

    def _delta(self, number: int, text: str) -> dict[str, Any]:
        role = {} if number else {"role": "assistant"}
        said = (
            {"tool_calls": [_tool(text, first=not number)]} if self.as_tool else {"content": text}
        )
        return {**role, **said}


def _tool(text: str, *, first: bool) -> dict[str, Any]:
    head = {"id": "call_1", "type": "function"} if first else {}
    name = {"name": "send"} if first else {}
    return {"index": 0, **head, "function": {**name, "arguments": text}}


@dataclass(frozen=True)
class Greedy:
    """Bills every token that the request lets it produce, and one prompt token for each byte of
    text: the dearest honest provider there is."""

    async def __call__(self, exchange: Exchange) -> None:
        served = exchange.served
        served.prompt_tokens = len(text_of(served).encode())
        served.completion_tokens = served.reading.most_tokens
        prompt, completion = served.prompt_tokens, served.completion_tokens
        whole = Ok(prompt_tokens=prompt, completion_tokens=completion)
        await whole(exchange)


@dataclass(frozen=True)
class Status:
    """An error status with OpenAI's error body, or another one."""

    code: int
    headers: dict[str, str] = field(default_factory=dict)
    message: str = "no"
    body: bytes | None = None
    content_type: str = "application/json"

    async def __call__(self, exchange: Exchange) -> None:
        body = json.dumps({"error": {"message": self.message}}).encode()
        await send_whole(
            exchange,
            body if self.body is None else self.body,
            code=self.code,
            content_type=self.content_type,
            headers=self.headers,
        )
        exchange.served.is_whole = False


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, broken HTTP included; then the connection closes, or hangs."""

    data: bytes
    is_hanging: bool = False

    async def __call__(self, exchange: Exchange) -> None:
        if self.data:
            await exchange.send(self.data)
        if self.is_hanging:
            await exchange.wait(HOURS)
        raise Hangup


@dataclass(frozen=True)
class Whole:
    """A 200 with this body, whatever it is."""

    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    async def __call__(self, exchange: Exchange) -> None:
        await send_whole(exchange, self.body, content_type=self.content_type, headers=self.headers)


HANG = Raw(b"", is_hanging=True)
CUT_BEFORE_HEADERS = Raw(b"")
CUT_IN_HEADERS = Raw(b"HTTP/1.1 200 OK\r\nContent-Ty")
CUT_IN_BODY = Raw(
    b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"id":'
)
NO_HTTP = Raw(b"hello, I am no web server\r\n\r\n")
HTML = Whole(b"<html><body>Welcome</body></html>", content_type="text/html")
EMPTY = Whole(b"")
TRUNCATED = Whole(b'{"id":"x","choices":[{"message":{"content":"a')
A_LIST = Whole(b"[1,2,3]")
NO_CHOICES = Whole(b'{"id":"x","object":"chat.completion"}')
ERROR_IN_200 = Whole(b'{"error":{"message":"quota of the account is used up","code":402}}')
REDIRECT = Status(307, {"Location": "http://127.0.0.1:1/v1/chat/completions"}, body=b"")
LIMITED = Status(429, {"Retry-After": "7"})


def long_line(size: int = 10 * 1024 * 1024) -> Whole:
    """A stream whose first event is longer than any event may be."""
    return Whole(b'data: {"id":"x","choices":[],"p":"%b"}\n\n' % (b"a" * size), "text/event-stream")


def gzip_bomb(size: int = 80 * 1024 * 1024) -> Whole:
    """Small on the wire, past every limit once unpacked."""
    return Whole(gzip.compress(bytes(size), 9), headers={"Content-Encoding": "gzip"})


HEAD_OF_STREAM = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class Chunks:
    """Writes pieces of a chunked body, cut anew wherever the test wants them cut."""

    def __init__(self, exchange: Exchange, *, piece: int | None, is_burst: bool) -> None:
        self._exchange = exchange
        self._piece = piece
        self._waiting: list[bytes] | None = [] if is_burst else None

    async def __call__(self, data: bytes) -> None:
        if self._waiting is not None:
            self._waiting.append(data)
            return
        step = self._piece or len(data)
        for start in range(0, len(data), step):
            await self._send(data[start : start + step])
            if self._piece:
                await self._exchange.wait(0.0005)

    async def flush(self) -> None:
        if self._waiting:
            await self._send(b"".join(self._waiting))

    async def _send(self, data: bytes) -> None:
        await self._exchange.send(b"%x\r\n%b\r\n" % (len(data), data))


async def send_whole(
    exchange: Exchange,
    body: bytes,
    *,
    code: int = 200,
    content_type: str = "application/json",
    headers: dict[str, str] | None = None,
) -> None:
    fields = {
        "Content-Type": content_type,
        "Content-Length": str(len(body)),
        **(headers or {}),
    }
    lines = [f"HTTP/1.1 {code} Scripted", *(f"{name}: {text}" for name, text in fields.items())]
    await exchange.send("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    exchange.served.is_whole = True


def count(
    served: Served, text: str, prompt_tokens: int | None, completion_tokens: int | None
) -> None:
    served.prompt_tokens = prompt_of(served, prompt_tokens)
    words = len(text.split()) or 1
    served.completion_tokens = words if completion_tokens is None else completion_tokens


def prompt_of(served: Served, fixed: int | None) -> int:
    return len(text_of(served)) // 4 + 1 if fixed is None else fixed


def text_of(served: Served) -> str:
    return json.dumps(served.json.get("messages"), ensure_ascii=False)


def counted_usage(served: Served) -> dict[str, Any]:
    prompt, completion = served.prompt_tokens, served.completion_tokens
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
