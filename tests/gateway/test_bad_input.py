"""Whatever a client sends: the documented JSON error with the right status, never HTML and never a
500; nothing goes upstream, nothing is written down, nothing stays held."""

import gzip
import json
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.routing.wire.fields import KINDS
from tests.gateway.running import PATH, WebHouse

GOOD: dict[str, Any] = {"model": "test/one", "messages": [{"role": "user", "content": "a"}]}
MEGA = 1024 * 1024
LARGEST = 20 * MEGA


def raw(**fields: Any) -> bytes:
    return json.dumps({**GOOD, **fields}).encode()


def deep(levels: int) -> bytes:
    return raw(x=1).replace(b'"x": 1', b'"x":' + b"[" * levels + b"]" * levels)


BODIES: dict[str, tuple[bytes, int, str]] = {
    "empty": (b"", 400, "not valid JSON"),
    "half": (b'{"model":', 400, "not valid JSON"),
    "words": (b"hello", 400, "not valid JSON"),
    "a form": (b"model=test/one", 400, "not valid JSON"),
    "a list": (b"[]", 400, "must be a JSON object"),
    "null": (b"null", 400, "must be a JSON object"),
    "bad utf-8": (raw(x="\u00ff").replace(b"\\u00ff", b"\xff"), 400, "not valid JSON"),
    "overlong utf-8": (raw(x=1).replace(b'"x"', b'"\xc0\x80"'), 400, "not valid JSON"),
    "utf-16": (json.dumps(GOOD).encode("utf-16"), 400, "not valid JSON"),
    "lone surrogate": (raw(x=1).replace(b": 1", b': "\\ud800"'), 400, "not valid JSON"),
    "surrogate bytes": (raw(x=1).replace(b": 1", b': "\xed\xa0\x80"'), 400, "not valid JSON"),
    "not a number": (raw(x=float("nan")), 400, "not valid JSON"),
    "trailing words": (raw() + b" x", 400, "not valid JSON"),
    "depth 129": (deep(128), 400, "deeper than 128"),
    "depth 5000": (deep(5000), 400, ""),
    "depth 100000": (deep(100_000), 400, ""),
    "twice": (b'{"model":"test/free",' + raw()[1:], 400, "stands twice"),
    "twice, escaped": (b'{"\\u006dodel":"test/free",' + raw()[1:], 400, "stands twice"),
    "messages twice": (b'{"messages":[],' + raw()[1:], 400, "stands twice"),
    "no model": (raw(model=None), 400, "“model” is missing"),
    "model of another type": (raw(model=["test/one"]), 400, "must be a text"),
    "unknown model": (raw(model="test/onne"), 400, "Did you mean test/one"),
    "nul in a model": (raw(model="a\x00b"), 400, "printable"),
    "nul in a second model": (raw(model="\x00", models=["test/one"]), 400, "printable"),
    "model of 300 letters": (raw(model="a" * 300), 400, "at most 200"),
    "no messages": (raw(messages=None), 400, "“messages”"),
    "empty messages": (raw(messages=[]), 400, "“messages”"),
    "messages of another type": (raw(messages="hi"), 400, "“messages”"),
    "a message of another type": (raw(messages=["hi"]), 400, "Message 1"),
    "content of another type": (raw(messages=[{"role": "user", "content": 1}]), 400, "content"),
    "max_tokens of another type": (raw(max_tokens="many"), 400, "whole number"),
    "max_tokens past any": (raw(max_tokens=10**9), 400, "at most"),
    "max_tokens past 64 bits": (raw(max_tokens=2**70), 400, "whole number"),
    "n of 0": (raw(n=0), 400, "“n”"),
    "stream of another type": (raw(stream="true"), 400, "true or false"),
    "temperature of another type": (raw(temperature=[]), 400, "a number"),
    "tools of another type": (raw(tools="f"), 400, "a list"),
    "a tool that runs elsewhere": (raw(tools=[{"type": "code_interpreter"}]), 400, "Tools of"),
    "an unpriced wish": (raw(service_tier="priority"), 400, "no known price"),
    "MODEL": (raw(MODEL="test/free"), 400, "not accepted"),
    # As names of arguments Python itself would fold these two.
    "Kelvin": (raw(**{"fallbac\u212as": ["x"]}), 400, "not accepted"),  # noqa: PIE804
    "wide letters": (raw(**{"\uff4dodel": "x"}), 400, "not accepted"),  # noqa: PIE804
    "a space before": (raw(**{" model": "x"}), 400, "not accepted"),
    "camels": (raw(maxTokens=5), 400, "not accepted"),
    "21 MB": (raw(x="a" * 21 * MEGA), 413, "larger than 20 MB"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_body_is_refused_and_leaves_no_trace(house: WebHouse, name: str) -> None:
    body, status, words = BODIES[name]
    before = house.count()
    response = house.post(body)
    assert_refused(response, status)
    assert words in response.json()["error"]["message"]
    assert house.count() == before
    assert house.first.served == []


def test_a_body_of_20_mb_passes(house: WebHouse) -> None:
    filler = LARGEST - len(raw(x=""))
    response = house.post(raw(x="a" * filler))
    assert response.status_code == 200, response.text[:500]
    assert len(house.first.last.body) > 20_000_000


@pytest.mark.parametrize("is_chunked", [False, True])
def test_too_much_is_refused_before_it_has_arrived(house: WebHouse, is_chunked: bool) -> None:
    """Told by the length, or noticed on the way; in neither case does the house read on."""
    with socket.create_connection(("127.0.0.1", house.port), timeout=20) as one:
        length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {10 * LARGEST}"
        head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {house.key}\r\n{length}"
        one.sendall(head.encode() + b"\r\n\r\n")
        if is_chunked:
            piece = b"10000\r\n" + b"a" * 65536 + b"\r\n"
            for _ in range(LARGEST // 65536 + 1):
                one.sendall(piece)
        answer = b""
        while not answer.endswith(b"}}}"):
            answer += one.recv(65536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"payload_too_large"' in answer


def test_a_chunked_body_is_read_like_any_other(house: WebHouse) -> None:
    body = raw(x="a" * 200_000)
    pieces = (body[at : at + 1000] for at in range(0, len(body), 1000))
    response = house.client.post(PATH, content=pieces, headers=house.headers)
    assert response.status_code == 200, response.text
    assert house.first.last.json["x"] == "a" * 200_000


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd", "gzip, identity", "x"])
def test_compressed_bodies_are_refused(house: WebHouse, encoding: str) -> None:
    response = house.post(gzip.compress(raw()), headers={"Content-Encoding": encoding})
    assert_refused(response, 415)


def test_identity_is_no_compression(house: WebHouse) -> None:
    assert house.post(raw(), headers={"Content-Encoding": "identity"}).status_code == 200


@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "", "application/json; charset=utf-8"]
)
def test_the_content_type_is_not_asked_for(house: WebHouse, content_type: str) -> None:
    assert house.post(raw(), headers={"Content-Type": content_type}).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Title": "a" * 3000},
        {"X-Title": "caf\u00e9"},
        {"X-OpenRouter-Title": "\u00ff\u00fe"},
        {"X-Unknown": "b" * 30_000},
        {"Origin": "null", "Referer": "\u00ff"},
    ],
)
def test_odd_headers_do_no_harm(house: WebHouse, headers: dict[str, str]) -> None:
    sent = {name: text.encode("latin-1") for name, text in headers.items()}
    known = {name: text.encode() for name, text in house.headers.items()}
    response = house.client.post(PATH, content=raw(), headers={**known, **sent})
    assert response.status_code == 200, response.text
    assert len(house.newest()["app"]) <= 100


_value = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["test/one", "user", "text", "function", "low", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=3)
            | st.sampled_from(["role", "content", "type", "text", "id", "effort"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
_fields = st.dictionaries(st.sampled_from(sorted(KINDS)) | st.text(max_size=4), _value, max_size=4)


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(fields=_fields, is_good=st.booleans(), cut=st.integers(0, 3), noise=st.binary(max_size=3))
def test_no_body_is_a_fault_of_the_house(
    house: WebHouse, fields: dict[str, Any], is_good: bool, cut: int, noise: bytes
) -> None:
    body = json.dumps({**fields, **GOOD} if is_good else {**GOOD, **fields}).encode()
    if cut:
        place = len(body) * cut // 4
        body = body[:place] + noise + body[place:]
    response = house.post(body)
    assert response.status_code < 500, response.text
    if response.status_code != 200:
        assert_refused(response, response.status_code)


def assert_refused(response: Any, status: int) -> None:
    assert response.status_code == status, response.text[:500]
    assert response.headers["content-type"] == "application/json"
    error = response.json()["error"]
    assert error["code"] == status
    assert error["message"].endswith(".")
    assert error["metadata"]["error_type"]
