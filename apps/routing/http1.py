"""One HTTP/1.1 connection to a provider, one answer at a time. As small as the hot path wants it:
requests go out as bytes, answers come in as pieces; where it leads is decided by who opens it."""

import asyncio
import zlib
from collections.abc import Callable

import httptools

LONGEST_HEAD = 64 * 1024
READ_AHEAD = 256 * 1024  # bytes of an answer that may wait for its reader
PIECE = 256 * 1024  # the most that one read unpacks
MOST_UNPACKED = 64 * 1024 * 1024
PACKED = frozenset({"gzip", "x-gzip", "deflate"})
PLAIN = frozenset({"", "identity"})


class NotConnected(Exception):
    """No connection was made, so nothing was sent. `word`: dns, tls, refused, connect_timeout."""

    def __init__(self, word: str) -> None:
        super().__init__(word)
        self.word = word


class ConnectionLost(OSError):
    """The connection broke, or what came is no HTTP, before the answer was whole."""


def request_head(path: str, host: str, headers: dict[str, str]) -> bytes:
    """A POST up to the length of its body. Signs that would end a line are left out."""
    lines = [f"POST {_line(path)} HTTP/1.1", f"Host: {_line(host)}"]
    lines += [f"{name}: {_line(value)}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Content-Length: "]).encode("ascii")


def _line(text: str) -> str:
    return "".join(sign for sign in text if " " <= sign <= "~")


class Response:
    """An answer whose head is here. Header names are in lower case."""

    __slots__ = (
        "_connection",
        "_left",
        "_packed",
        "_unpacking",
        "content_type",
        "headers",
        "status",
    )

    def __init__(self, connection: "Connection", status: int, headers: dict[str, str]) -> None:
        self.status = status
        self.headers = headers
        self.content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
        self._connection = connection
        self._packed, self._left = b"", MOST_UNPACKED
        encoding = headers.get("content-encoding", "").strip().lower()
        self._unpacking = None if encoding in PLAIN else _unpacker(encoding)

    async def read(self) -> bytes:
        """What has come since the last time, or comes next; b"" at the end. Raises
        ConnectionLost."""
        if self._unpacking is None:
            return await self._connection.read()
        while True:
            packed = self._packed or await self._connection.read()
            if not packed:
                return b""
            await asyncio.sleep(0)  # little may hold very much: others have their turn in between
            try:
                piece = self._unpacking.decompress(packed, PIECE)
            except zlib.error as problem:
                raise ConnectionLost("the answer cannot be unpacked") from problem
            self._packed = self._unpacking.unconsumed_tail
            self._left -= len(piece)
            if self._left < 0:
                raise ConnectionLost("the answer unpacks to more than any answer has")
            if piece:
                return piece

    def release(self) -> None:
        """Gives the connection back where the answer is whole, else ends it. Harmless twice."""
        self._connection.release(self)


def _unpacker(encoding: str) -> "zlib._Decompress":
    """Plain text is asked for; some pack it all the same. Raises ConnectionLost."""
    if encoding not in PACKED:
        raise ConnectionLost(f"the answer is packed as {encoding[:20]}")
    return zlib.decompressobj(wbits=47)  # finds out whether it is gzip or zlib


class Connection(asyncio.Protocol):
    """`on_idle` gets it back once an answer is whole and another request may follow."""

    __slots__ = (
        "_error",
        "_given",
        "_head",
        "_headers",
        "_is_framed",
        "_is_over",
        "_is_paused",
        "_loop",
        "_on_idle",
        "_parser",
        "_parts",
        "_size",
        "_size_of_head",
        "_transport",
        "_waiter",
        "idle_since",
    )

    def __init__(self, on_idle: Callable[["Connection"], None]) -> None:
        self.idle_since = 0.0
        self._on_idle = on_idle
        self._loop = asyncio.get_running_loop()
        self._parser = httptools.HttpResponseParser(self)
        self._transport: asyncio.Transport | None = None
        self._error: Exception | None = None
        self._given: Response | None = None
        self._head: asyncio.Future[Response] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._is_paused = False
        self._begin()

    def _begin(self) -> None:
        self._headers: dict[str, str] = {}
        self._size_of_head = 0
        self._is_framed = False
        self._is_over = False
        self._parts: list[bytes] = []
        self._size = 0

    # --- for the pool ---

    @property
    def is_open(self) -> bool:
        return self._transport is not None and self._error is None

    async def ask(self, head: bytes, body: bytes) -> Response:
        """Sends a request and returns once the head of its answer is here. Raises ConnectionLost.
        Whoever is cancelled here leaves a connection that serves nobody else."""
        if self._transport is None or self._error is not None:
            raise ConnectionLost("the connection is gone")
        self._begin()
        self._head = self._loop.create_future()
        self._transport.write(b"%b%d\r\n\r\n%b" % (head, len(body), body))
        try:
            return await self._head
        except BaseException:
            self.close()
            raise
        finally:
            self._head = None

    def close(self) -> None:
        self._fail(ConnectionLost("the connection was closed"))

    # --- for the response ---

    async def read(self) -> bytes:
        while not self._parts:
            if self._is_over:
                return b""
            if self._error is not None:
                raise ConnectionLost("the connection broke") from self._error
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        parts = self._parts
        data = parts[0] if len(parts) == 1 else b"".join(parts)
        self._parts = []
        self._size = 0
        if self._is_paused and self._transport is not None and not self._transport.is_closing():
            self._is_paused = False
            self._transport.resume_reading()
        return data

    def release(self, response: Response) -> None:
        if self._given is not response:
            return
        self._given = None
        transport = self._transport
        if (
            self._is_over
            and self._error is None
            and transport is not None
            and not self._is_paused
            and not transport.is_closing()
            and not transport.get_write_buffer_size()
        ):
            self._on_idle(self)
        else:
            self.close()

    # --- what the transport tells ---

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        if self._head is None and (self._given is None or self._is_over):
            self.close()  # nobody asked for this: it must not become somebody's answer
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self._fail(problem)
            return
        if self._given is None:
            self._size_of_head += len(data)  # with those of its lines: a limit, not a measure
            if self._size_of_head > 2 * LONGEST_HEAD:
                self._fail(ConnectionLost("the head of the answer does not end"))
        elif self._size > READ_AHEAD and not self._is_paused and self._transport is not None:
            self._is_paused = True
            self._transport.pause_reading()
        self._wake()

    def connection_lost(self, problem: Exception | None) -> None:
        self._transport = None
        if self._given is not None and not self._is_over and not self._is_framed:
            self._is_over = problem is None  # an answer that ends with its connection
        self._fail(problem or ConnectionLost("the provider closed the connection"))

    def _fail(self, problem: Exception) -> None:
        if self._error is None:
            self._error = problem
        if self._head is not None and not self._head.done():
            self._head.set_exception(ConnectionLost("the connection broke"))
        if self._transport is not None:
            self._transport.abort()
        self._wake()

    def _wake(self) -> None:
        waiter = self._waiter
        if (
            waiter is not None
            and not waiter.done()
            and (self._parts or self._is_over or self._error)
        ):
            waiter.set_result(None)

    # --- what the parser tells ---

    def on_message_begin(self) -> None:
        if self._is_over:
            raise ConnectionLost("more than one answer to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._size_of_head += len(name) + len(value)
        if self._size_of_head > LONGEST_HEAD:
            raise ConnectionLost("the head of the answer is too long")
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200:  # more is to come
            return
        headers = self._headers
        self._is_framed = "content-length" in headers or "transfer-encoding" in headers
        if self._head is None or self._head.done():
            return
        try:
            self._given = Response(self, status, headers)
        except ConnectionLost as problem:
            self._head.set_exception(problem)
            return
        self._head.set_result(self._given)

    def on_body(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)

    def on_message_complete(self) -> None:
        if self._parser.get_status_code() < 200:
            self._headers = {}
            return
        self._is_over = True
        if not self._parser.should_keep_alive() and self._error is None:
            self._error = ConnectionLost("the provider ends its connections")
