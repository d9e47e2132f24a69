"""Real sockets: nothing the house must not reach is ever connected to, by either client."""

import asyncio
import gzip
import socket
from collections.abc import Callable

import httpx
import pytest
import uvloop

from apps.core.outbound import (
    AnswerTooLarge,
    Connector,
    OutboundRefused,
    Target,
    client,
    read,
)
from apps.routing.http1 import NotConnected, request_head
from apps.routing.pool import Pool
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


def posted(target: Target, *, times: int = 1, **guard: object) -> list[int]:
    """The statuses of as many calls over one pool of the hot path."""

    async def run() -> list[int]:
        pool = Pool(Connector(target, **{"own_ports": NO_PORTS, **guard}))  # type: ignore[arg-type]
        head = request_head(
            f"{target.path}/models", target.authority, {"Authorization": "Bearer k"}
        )
        found = []
        for _ in range(times):
            response = await asyncio.wait_for(pool.post(head, b"{}"), 30)
            while await response.read():
                pass
            response.release()
            found.append(response.status)
        pool.close()
        return found

    return uvloop.run(run())


def unchecked(url: str) -> Target:
    """A target as no form would let it through."""
    place = httpx.URL(url)
    return Target("http", place.host, place.port or 80)


def test_no_spelling_reaches_a_listener_on_this_machine_through_the_hot_path() -> None:
    with listening() as canary:
        for spelling in SPELLINGS:
            url = spelling.format(port=canary.port)
            with pytest.raises((OutboundRefused, NotConnected)):
                posted(Target.from_url(url), resolver=hostile_lookup)
            with pytest.raises((OutboundRefused, NotConnected, httpx.InvalidURL, ValueError)):
                posted(unchecked(url), resolver=hostile_lookup)
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
        assert posted(target, at_home=True, times=2) == [code, code]
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
        lookup = rebinding("8.8.8.8", "127.0.0.1")
        assert lookup("rebind.example", canary.port) == ["8.8.8.8"]
        with pytest.raises(OutboundRefused):
            posted(Target.from_url(url), resolver=lookup)
        lookup = rebinding("8.8.8.8", "127.0.0.1")
        assert lookup("rebind.example", canary.port) == ["8.8.8.8"]
        with client(own_ports=NO_PORTS, resolver=lookup) as web, pytest.raises(OutboundRefused):
            web.get(url)
        assert canary.touched == 0


def test_a_name_with_one_address_of_ours_among_others_is_refused_whole() -> None:
    with listening() as canary, pytest.raises(OutboundRefused):
        target = Target("http", "mixed.example", canary.port)
        posted(target, resolver=lambda host, port: ["8.8.8.8", "127.0.0.1"])
    assert canary.touched == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "ollama.example"])
def test_at_home_one_host_and_port_are_reached_and_their_neighbours_are_not(host: str) -> None:
    with listening() as ollama, listening() as neighbour:
        target = Target.from_url(f"http://{host}:{ollama.port}/v1")
        here = {"resolver": lambda name, port: ["127.0.0.1"]}
        others = [
            f"http://{host}:{neighbour.port}/v1",
            f"http://127.0.0.2:{ollama.port}/v1",
            f"http://other.example:{ollama.port}/v1",
        ]
        assert posted(target, at_home=True, **here) == [200]
        for url in others:
            with pytest.raises(OutboundRefused):
                posted(Target.from_url(url), at_home=False, **here)
        with client(own_ports=NO_PORTS, at_home=target, **here) as web:  # type: ignore[arg-type]
            assert web.get(target.url("/models")).status_code == 200
            for url in others:
                with pytest.raises(OutboundRefused):
                    web.get(url)
        assert neighbour.touched == 0
        assert ollama.paths == ["/v1/models"] * 2


def test_metadata_stays_closed_at_home_whatever_the_name_says() -> None:
    target = Target.from_url("http://ollama.example:11434/v1")
    metadata = {"resolver": lambda name, port: ["169.254.169.254"]}
    with (
        client(own_ports=NO_PORTS, at_home=target, **metadata) as web,  # type: ignore[arg-type]
        pytest.raises(OutboundRefused),
    ):
        web.get(target.url())
    with pytest.raises(OutboundRefused):
        posted(target, at_home=True, **metadata)


def test_the_house_does_not_call_itself_even_at_home() -> None:
    with listening() as house:
        ours = frozenset({house.port})
        target = Target.from_url(f"http://localhost:{house.port}/api/v1")
        with pytest.raises(OutboundRefused, match="the house itself"):
            posted(target, at_home=True, own_ports=ours)
        with client(own_ports=ours, at_home=target) as web, pytest.raises(OutboundRefused):
            web.get(target.url())
        assert house.touched == 0


def test_a_proxy_from_the_environment_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    with listening() as proxy, listening() as provider:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")
        assert posted(target, at_home=True) == [200]
        with client(own_ports=NO_PORTS, at_home=target) as web:
            assert web.get(target.url()).status_code == 200
        assert (proxy.touched, len(provider.hits)) == (0, 2)


def test_connections_are_kept_and_cookies_are_not() -> None:
    with listening(lambda path: (200, {"Set-Cookie": "a=1"}, b"{}")) as provider:
        target = Target.from_url(f"http://127.0.0.1:{provider.port}")
        posted(target, at_home=True, times=5)
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
