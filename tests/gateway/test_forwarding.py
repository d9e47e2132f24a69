"""What reaches a provider: the client's own bytes, the house's credential, nothing about people."""

import json

from tests.gateway.founding import CREDENTIAL
from tests.gateway.running import WebHouse, decoded

PICTURE = "data:image/png;base64,iVBORw0KGgo="
AT_HOME = {
    "user": "anna@house.example",
    "metadata": {"family": "yes"},
    "store": True,
    "session_id": "s-1",
    "trace": {"trace_id": "t"},
    "provider": {"order": ["custom"], "zdr": False},
    "models": [],
    "route": "fallback",
    "transforms": [],
    "usage": {"include": True},
    "plugins": [{"id": "web", "enabled": False}],
    "debug": {"echo_upstream_body": True},
}


def test_the_body_is_the_clients_own_bytes(house: WebHouse) -> None:
    body = (
        '{ "zeta" : 1.0, "seed": 1180591620717411303424, "messages" : [\n'
        '  {"role": "user", "content": [{"type": "text", "text": "caf\\u00e9 é 🙂"},\n'
        f'    {{"type": "image_url", "image_url": {{"url": "{PICTURE}", "detail": "low"}}}}]}} ],\n'
        ' "model":"test/one", "temperature": 0.30000000000000004, "alpha":[1e2,{"z":1,"a":2}],\n'
        ' "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": '
        '{"type":"object","properties":{"z":{},"a":{}}}}} }'
    ).encode()
    assert house.post(body).status_code == 200
    sent = house.first.last.body
    expected = json.loads(body) | {"model": "scripted-1"}
    assert json.loads(sent) == expected
    assert list(json.loads(sent)) == list(expected)
    for piece in (
        b"1180591620717411303424",
        b"1.0",
        b"0.30000000000000004",
        b'[1e2,{"z":1,"a":2}]',
    ):
        assert piece in sent
    assert "caf\\u00e9 é 🙂".encode() in sent
    assert b'{"type":"object","properties":{"z":{},"a":{}}}' in sent


def test_what_concerns_people_and_choices_stays_at_home(house: WebHouse) -> None:
    assert house.ask(**AT_HOME).status_code == 200
    assert set(house.first.last.json) == {"model", "messages"}
    house.stream(stream_options={"include_usage": False}, **AT_HOME)
    sent = house.first.last.json
    assert set(sent) == {"model", "messages", "stream", "stream_options"}
    assert sent["stream_options"] == {"include_usage": True}


def test_a_provider_sees_its_own_credential_and_no_key_of_ours(house: WebHouse) -> None:
    sent = {"X-Title": "Kitchen", "HTTP-Referer": "https://app.example", "Cookie": "a=b"}
    body = b'{"model":"test/one","messages":[{"role":"user","content":"a"}]}'
    response = house.post(body, headers={**sent, "X-Custom": "secret"})
    headers = house.first.last.headers
    assert headers["authorization"] == f"Bearer {CREDENTIAL}"
    assert headers["accept-encoding"] == "identity"
    assert headers["x-gatehouse-hop"] == "1"
    assert house.first.last.path == "/v1/chat/completions"
    everything = " ".join(headers.values())
    for private in (house.key, "Kitchen", "app.example", "a=b", "secret"):
        assert private not in everything
    assert house.receipt(decoded(response.text)["id"])["app"] == "app.example"


def test_the_cap_is_sent_under_the_name_the_endpoint_knows(house: WebHouse) -> None:
    assert house.ask(max_completion_tokens=7).status_code == 200
    sent = house.first.last.json
    assert sent["max_tokens"] == 7
    assert "max_completion_tokens" not in sent


def test_a_large_body_arrives_whole(house: WebHouse) -> None:
    text = "é" * 2_000_000
    assert house.ask(messages=[{"role": "user", "content": text}]).status_code == 200
    assert house.first.last.json["messages"][0]["content"] == text
