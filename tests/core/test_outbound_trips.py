"""Real sockets: nothing the house must not reach is ever connected to, by either client."""

import asyncio
import gzip
import socket
from collections.abc import Awaitable, Callable

import aiohttp
import httpx
import pytest
import uvloop
from aiohttp.abc import ResolveResult

from apps.core.outbound import (
    AnswerTooLarge,
    OutboundRefused,
    Target,
    aio_url,
    client,
    read,
    session,
)
from tests.core.listener import Answer, listening
from tests.core.spellings import SPELLINGS

NO_PORTS: frozenset[int] = frozenset()


def hostile_lookup(host: str, port: int) -> list[str]:
    """The worst name server: what the machine can read as an address it reads, all else is ours."""
    try:
        found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        return [str(entry[4][0]) for entry in found]
    except (OSError, UnicodeError):
        return ["127.0.0.1"]


def in_session(story: Callable[[aiohttp.ClientSession], Awaitable[None]], **guard: object) -> None:
    async def run() -> None:
        async with session(**{"own_ports": NO_PORTS, **guard}) as web:  # type: ignore[arg-type]
            await asyncio.wait_for(story(web), 30)

    uvloop.run(run())


async def status(web: aiohttp.ClientSession, url: object) -> int:
    async with web.get(url) as answer:  # type: ignore[arg-type]
        await answer.read()
        return answer.status


def test_no_spelling_reaches_a_listener_on_this_machine_through_the_session() -> None:
    async def story(web: aiohttp.ClientSession) -> None:
        for spelling in SPELLINGS:
            with pytest.raises((OutboundRefused, aiohttp.InvalidURL, aiohttp.ClientError)):
                await status(web, spelling.format(port=canary.port))

    with listening() as canary:
        in_session(story, resolver=hostile_lookup)
        assert canary.touched == 0


def test_no_spelling_reaches_a_listener_on_this_machine_through_the_client() -> None:
    with listening() as canary, client(own_ports=NO_PORTS, resolver=hostile_lookup) as web:
        for spelling in SPELLINGS:
            with pytest.raises((OutboundRefused, httpx.HTTPError, httpx.InvalidURL)):
                web.get(spelling.format(port=canary.port))
        assert canary.touched == 0


def redirect(location: str, code: int) -> Callable[[str], Answer]:
    return lambda path: (code, {"Location": location}, b"")


@pytest.mark.parametrize(
    ("code", "location"),
    [
        (301, "http://127.0.0.1:{canary}/"),
        (302, "http://[::ffff:7f00:1]:{canary}/"),
        (303, "//localhost:{canary}/v1"),
        (307, "http://169.254.169.254/latest/meta-data"),
        (308, "http://127.0.0.1:{own}/again"),
        (302, "/elsewhere"),
    ],
)
def test_redirects_are_never_followed(code: int, location: str) -> None:
    answers = {"where": ""}
    with listening() as canary, listening(lambda path: (code, answers, b"")) as provider:
        target = Target.from_url(f"http://127.0.0.1:{provider.port}/v1")
        answers["Location"] = location.format(canary=canary.port, own=provider.port)

        async def story(web: aiohttp.ClientSession) -> None:
            for send in (web.get, web.post):
                with pytest.raises(OutboundRefused) as refused:
                    await send(aio_url(target, "/models"), headers={"Authorization": "Bearer k"})
                assert refused.value.code == "redirect"

        in_session(story, at_home=target)
        with client(own_ports=NO_PORTS, at_home=target) as web:
            assert web.get(target.url("/models")).status_code == code
        assert canary.touched == 0
        assert provider.paths == ["/v1/models"] * 3


def rebinding(*answers: str) -> Callable[[str, int], list[str]]:
    left = list(answers)
    return lambda host, port: [left.pop(0) if len(left) > 1 else left[0]]


def test_a_name_that_moves_to_this_machine_after_its_test_is_not_followed_there() -> None:
    """The first answer is what a check before saving would see, the second comes at the call."""
    with listening() as canary:
        url = f"http://rebind.example:{canary.port}/"

        async def story(web: aiohttp.ClientSession) -> None:
            for _ in range(3):
                with pytest.raises(OutboundRefused):
                    await status(web, url)

        lookup = rebinding("8.8.8.8", "127.0.0.1")
        assert lookup("rebind.example", canary.port) == ["8.8.8.8"]
        in_session(story, resolver=lookup)
        lookup = rebinding("8.8.8.8", "127.0.0.1")
        assert lookup("rebind.example", canary.port) == ["8.8.8.8"]
        with client(own_ports=NO_PORTS, resolver=lookup) as web, pytest.raises(OutboundRefused):
            web.get(url)
        assert canary.touched == 0


def test_an_address_remembered_from_a_look_up_is_tested_again_when_connecting() -> None:
    """A poisoned memory of names, the case the session's own look-up never produces."""
    with listening() as canary:
        place = ("poisoned.example", canary.port)

        async def story(web: aiohttp.ClientSession) -> None:
            known = [
                ResolveResult(
                    hostname=place[0],
                    host=host,
                    port=canary.port,
                    family=socket.AF_INET,
                    proto=0,
                    flags=0,
                )
                for host in ("127.0.0.1", "127.0.0.2")
            ]
            web.connector._cached_hosts.add(place, known)  # type: ignore[union-attr]
            with pytest.raises(OutboundRefused):
                await status(web, f"http://poisoned.example:{canary.port}/")

        in_session(story, resolver=lambda host, port: ["8.8.8.8"])
        assert canary.touched == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "ollama.example"])
def test_at_home_one_host_and_port_are_reached_and_their_neighbours_are_not(host: str) -> None:
    with listening() as ollama, listening() as neighbour:
        target = Target.from_url(f"http://{host}:{ollama.port}/v1")
        lookup = {"resolver": lambda name, port: ["127.0.0.1"], "at_home": target}
        others = [
            f"http://{host}:{neighbour.port}/v1",
            f"http://127.0.0.2:{ollama.port}/v1",
            f"http://other.example:{ollama.port}/v1",
        ]

        async def story(web: aiohttp.ClientSession) -> None:
            assert await status(web, aio_url(target, "/models")) == 200
            for url in others:
                with pytest.raises(OutboundRefused):
                    await status(web, url)

        in_session(story, **lookup)
        with client(own_ports=NO_PORTS, **lookup) as web:  # type: ignore[arg-type]
            assert web.get(target.url("/models")).status_code == 200
            for url in others:
                with pytest.raises(OutboundRefused):
                    web.get(url)
        assert neighbour.touched == 0
        assert ollama.paths == ["/v1/models"] * 2


def test_metadata_stays_closed_at_home_whatever_the_name_says() -> None:
    target = Target.from_url("http://ollama.example:11434/v1")
    lookup = {"resolver": lambda name, port: ["169.254.169.254"], "at_home": target}
    with client(own_ports=NO_PORTS, **lookup) as web, pytest.raises(OutboundRefused):  # type: ignore[arg-type]
        web.get(target.url())


def test_the_house_does_not_call_itself_even_at_home() -> None:
    with listening() as house:
        ours = frozenset({house.port})
        target = Target.from_url(f"http://localhost:{house.port}/api/v1")

        async def story(web: aiohttp.ClientSession) -> None:
            with pytest.raises(OutboundRefused, match="the house itself"):
                await status(web, aio_url(target, "/models"))

        in_session(story, at_home=target, own_ports=ours)
        with client(own_ports=ours, at_home=target) as web, pytest.raises(OutboundRefused):
            web.get(target.url())
        assert house.touched == 0


def test_a_proxy_from_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy, listening() as provider:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")

        async def story(web: aiohttp.ClientSession) -> None:
            assert await status(web, aio_url(target)) == 200

        in_session(story, at_home=target)
        with client(own_ports=NO_PORTS, at_home=target) as web:
            assert web.get(target.url()).status_code == 200
        assert (proxy.touched, len(provider.hits)) == (0, 2)


def test_connections_are_kept_and_cookies_are_not() -> None:
    with listening(lambda path: (200, {"Set-Cookie": "a=1"}, b"{}")) as provider:
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")

        async def story(web: aiohttp.ClientSession) -> None:
            for _ in range(5):
                await status(web, aio_url(target))

        in_session(story, at_home=target)
        assert provider.touched == 1
        assert len(provider.hits) == 5
        assert provider.headers("cookie") == []


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, b"x" * 200_000),
        ({"Content-Encoding": "gzip"}, gzip.compress(b"x" * 50_000_000)),
    ],
)
def test_an_answer_is_read_up_to_its_limit_and_no_further(
    headers: dict[str, str], body: bytes
) -> None:
    with listening(lambda path: (200, headers, body)) as provider:
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")
        with (
            client(own_ports=NO_PORTS, at_home=target) as web,
            web.stream("GET", target.url()) as answer,
            pytest.raises(AnswerTooLarge),
        ):
            read(answer, limit=100_000)


@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_an_answer_within_its_limit_is_read_whole(encoding: str) -> None:
    body = b"y" * 100_000
    sent = gzip.compress(body) if encoding else body
    with listening(lambda path: (200, {"Content-Encoding": encoding}, sent)) as provider:
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")
        with (
            client(own_ports=NO_PORTS, at_home=target) as web,
            web.stream("GET", target.url()) as answer,
        ):
            assert read(answer, limit=100_000) == body
