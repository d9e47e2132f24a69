"""The hot path's HTTP/1.1 over real sockets, against servers that do what servers do."""

import asyncio
import gzip
import socket
import zlib
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from apps.routing.http1 import ConnectionLost, NotConnected, request_head
from apps.routing.pool import Pool

HEAD = request_head("/v1/chat/completions", "test.example", {"Authorization": "Bearer k"})
OK = b"HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=utf-8\r\n"

# One turn of a server: it has read a request, and answers on this stream.
Turn = Callable[[asyncio.StreamWriter], Awaitable[None]]


class Server:
    """Answers each request with the next of `turns`, the last one for ever."""

    def __init__(self, *turns: Turn) -> None:
        self.turns = list(turns)
        self.connections = 0
        self.ended = 0
        self.requests: list[bytes] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                turn = self.turns.pop(0) if len(self.turns) > 1 else self.turns[0]
                await turn(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.ended += 1
            writer.close()


def says(*pieces: bytes, then_close: bool = False, pause: float = 0.0) -> Turn:
    async def turn(writer: asyncio.StreamWriter) -> None:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(pause)
        if then_close:
            writer.close()

    return turn


def talking(server: Server, story: Callable[[Pool], Awaitable[None]]) -> Server:
    """Runs the story with a pool that leads to the server."""

    async def run() -> None:
        listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        place = listening.sockets[0].getsockname()

        async def connect(made):  # type: ignore[no-untyped-def]
            return (await asyncio.get_running_loop().create_connection(made, *place))[1]

        pool = Pool(connect)
        async with asyncio.timeout(20):
            await story(pool)
        pool.close()
        listening.close()

    uvloop.run(run())
    return server


async def whole(pool: Pool, body: bytes = b"{}") -> bytes:
    response = await pool.post(HEAD, body)
    try:
        parts = []
        while part := await response.read():
            parts.append(part)
        return b"".join(parts)
    finally:
        response.release()


def test_a_request_goes_out_as_it_was_made_and_its_connection_is_used_again() -> None:
    async def story(pool: Pool) -> None:
        for _ in range(3):
            response = await pool.post(HEAD, b'{"a":1}')
            assert (response.status, response.content_type) == (200, "application/json")
            assert await response.read() == b"hello"
            assert await response.read() == b""
            response.release()
            response.release()

    server = talking(Server(says(OK + b"Content-Length: 5\r\n\r\nhello")), story)
    assert server.connections == 1
    assert server.requests == [HEAD + b'7\r\n\r\n{"a":1}'] * 3


CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
PACKED = gzip.compress(b"text " * 100_000)


@pytest.mark.parametrize(
    ("turn", "answer", "connections"),
    [
        (says(CHUNKED + b"3\r\nabc\r\n", b"2\r\nde\r\n0\r\n\r\n", pause=0.01), b"abcde", 1),
        (says(*(bytes([one]) for one in CHUNKED + b"1\r\nx\r\n0\r\n\r\n")), b"x", 1),
        (says(OK + b"\r\nuntil the end", then_close=True), b"until the end", 2),
        (says(OK + b"Connection: close\r\nContent-Length: 2\r\n\r\nok"), b"ok", 2),
        (says(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 1\r\n\r\n1"), b"1", 1),
        (
            says(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n", OK + b"Content-Length: 0\r\n\r\n"),
            b"",
            1,
        ),
        (says(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", then_close=True), b"ok", 2),
        (
            says(
                OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(PACKED), PACKED
            ),
            b"text " * 100_000,
            1,
        ),
        (
            says(OK + b"Content-Encoding: deflate\r\n\r\n" + zlib.compress(b"ab"), then_close=True),
            b"ab",
            2,
        ),
    ],
)
def test_every_way_to_frame_an_answer_is_read(turn: Turn, answer: bytes, connections: int) -> None:
    async def story(pool: Pool) -> None:
        for _ in range(2):
            assert await whole(pool) == answer
            await asyncio.sleep(0.02)

    assert talking(Server(turn), story).connections == connections


@pytest.mark.parametrize(
    "turn",
    [
        says(b"", then_close=True),
        says(OK + b"Content-Length: 9\r\n\r\nshort", then_close=True),
        says(CHUNKED + b"5\r\nab", then_close=True),
        says(CHUNKED + b"zz\r\nab\r\n"),
        says(b"SSH-2.0-OpenSSH_9.2\r\n"),
        says(OK + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
        says(OK + b"X: " + b"y" * 100_000 + b"\r\n" * 2, OK),
        says(OK + b"Content-Encoding: br\r\nContent-Length: 2\r\n\r\nok"),
        says(OK + b"Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nok"),
        says(b"HTTP/1.1 101 Switching\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nxx"),
    ],
)
def test_what_is_cut_or_no_http_is_a_lost_connection(turn: Turn) -> None:
    async def story(pool: Pool) -> None:
        with pytest.raises(ConnectionLost):
            await whole(pool)

    talking(Server(turn), story)


@pytest.mark.parametrize("extra", [b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil", b"noise"])
@pytest.mark.parametrize("pause", [0.0, 0.03])
def test_bytes_nobody_asked_for_never_become_the_next_answer(extra: bytes, pause: float) -> None:
    good = OK + b"Content-Length: 4\r\n\r\ngood"
    server = Server(says(good, extra, pause=pause) if pause else says(good + extra))

    async def story(pool: Pool) -> None:
        assert await whole(pool) == b"good"
        async with asyncio.timeout(10):
            while not server.ended:
                await asyncio.sleep(0.01)
        assert await whole(pool) == b"good"

    assert talking(server, story).connections == 2


def test_an_answer_left_in_the_middle_ends_its_connection() -> None:
    async def story(pool: Pool) -> None:
        response = await pool.post(HEAD, b"{}")
        assert await response.read() == b"ab"
        response.release()
        assert await whole(pool) == b"done"

    server = Server(says(CHUNKED + b"2\r\nab\r\n"), says(OK + b"Content-Length: 4\r\n\r\ndone"))
    assert talking(server, story).connections == 2


def test_a_caller_that_is_cancelled_while_waiting_leaves_no_answer_to_the_next() -> None:
    async def late(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.05)
        writer.write(OK + b"Content-Length: 3\r\n\r\nold")

    async def story(pool: Pool) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await pool.post(HEAD, b"{}")
        await asyncio.sleep(0.06)
        assert await whole(pool) == b"new"

    talking(Server(late, says(OK + b"Content-Length: 3\r\n\r\nnew")), story)


def test_a_connection_that_the_provider_closed_meanwhile_is_not_used() -> None:
    async def story(pool: Pool) -> None:
        for _ in range(3):
            assert await whole(pool) == b"ok"
            await asyncio.sleep(0.03)

    turn = says(OK + b"Content-Length: 2\r\n\r\nok", then_close=True)
    assert talking(Server(turn), story).connections == 3


def test_a_reader_that_is_slow_holds_the_provider_back() -> None:
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(CHUNKED)
        for _ in range(400):
            writer.write(b"10000\r\n" + b"x" * 65536 + b"\r\n")
            await writer.drain()
            sent += 65536
        writer.write(b"0\r\n\r\n")

    async def story(pool: Pool) -> None:
        response = await pool.post(HEAD, b"{}")
        await asyncio.sleep(0.3)
        assert sent < 400 * 65536  # the rest waits at the provider
        total = 0
        while part := await response.read():
            total += len(part)
        response.release()
        assert total == 400 * 65536

    talking(Server(endless), story)


def test_nothing_that_listens_is_told_apart_from_a_broken_answer() -> None:
    async def run() -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]

        async def connect(made):  # type: ignore[no-untyped-def]
            loop = asyncio.get_running_loop()
            return (await loop.create_connection(made, "127.0.0.1", port))[1]

        with pytest.raises(NotConnected) as refused:
            await Pool(connect).post(HEAD, b"{}")
        assert refused.value.word == "refused"

    uvloop.run(run())


def test_no_value_can_end_a_line_of_the_head() -> None:
    head = request_head("/v1\r\nX: 1", "a\nb", {"Authorization": "Bearer k\r\nEvil: yes\x00é"})
    assert head.split(b"\r\n") == [
        b"POST /v1X: 1 HTTP/1.1",
        b"Host: ab",
        b"Authorization: Bearer kEvil: yes",
        b"Content-Length: ",
    ]


BOMB = gzip.compress(bytes(80 * 1024 * 1024), 9)


def test_what_unpacks_without_end_is_cut_and_holds_up_nobody() -> None:
    """Eighty megabytes in as many kilobytes: between its pieces others have their turn."""
    turns = 0

    async def story(pool: Pool) -> None:
        async def count() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        response = await pool.post(HEAD, b"{}")
        counting = asyncio.create_task(count())
        size = 0
        with pytest.raises(ConnectionLost, match="unpacks to more"):
            while piece := await response.read():
                size += len(piece)
        counting.cancel()
        response.release()
        assert size <= 64 * 1024 * 1024

    length = b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
    talking(Server(says(OK + length, BOMB)), story)
    assert turns > 200
