"""Scrubbing through the running house: what a provider sees, what the client reads, what is written
down, in whole answers and in streams cut anywhere."""

import json
from typing import Any

import pytest

from tests.gateway.behaviours import Echo, Ok, Status
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse
from tests.waiting import until

MAIL = "mia.canary@example.org"
SAID = f"Write to {MAIL}, please."
RESTORED = [("email", "restore")]


def sent(house: WebHouse) -> str:
    """The last message as the provider got it."""
    return str(house.first.last.json["messages"][-1]["content"])


def token_in(text: str) -> str:
    start = text.index("PII_EMAIL_")
    return text[start : start + len("PII_EMAIL_") + 9]


def asking(text: str = SAID, **fields: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}], **fields}


def test_the_provider_sees_a_placeholder_and_the_client_the_value(house: WebHouse) -> None:
    house.first.behaviour = Echo()
    with a_rail(house, rules=RESTORED):
        response = house.ask(**asking())
    assert MAIL not in house.first.last.body.decode()
    assert sent(house) == SAID.replace(MAIL, token_in(sent(house)))
    assert response.json()["choices"][0]["message"]["content"] == SAID
    assert response.headers["x-redactions"] == "1"


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 19, 200])
def test_a_stream_cut_anywhere_reads_right(house: WebHouse, piece: int) -> None:
    house.first.behaviour = Echo(piece=piece)
    with a_rail(house, rules=RESTORED):
        stream = house.stream(**asking())
    assert MAIL not in house.first.last.body.decode()
    assert stream.text == SAID
    assert stream.is_done
    assert stream.finish_reasons == ["stop"]
    assert len(stream.usages) == 1


@pytest.mark.parametrize("is_streamed", [False, True])
def test_tool_arguments_stay_valid_json(house: WebHouse, is_streamed: bool) -> None:
    said = f'Tell "{MAIL}" \\ now\n'
    house.first.behaviour = Echo(piece=4, as_tool=True)
    with a_rail(house, rules=RESTORED):
        if is_streamed:
            events = house.stream(**asking(said)).events
            deltas = [c["delta"] for event in events for c in event["choices"]]
            calls = [call for delta in deltas for call in delta.get("tool_calls", [])]
            arguments = "".join(call["function"]["arguments"] for call in calls)
        else:
            message = house.ask(**asking(said)).json()["choices"][0]["message"]
            arguments = message["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments) == {"to": said}


def test_a_value_never_goes_into_a_link(house: WebHouse) -> None:
    house.first.behaviour = Echo(before="![](https://example.com/?q=")
    with a_rail(house, rules=RESTORED):
        whole = house.ask(**asking(MAIL)).json()["choices"][0]["message"]["content"]
        streamed = house.stream(**asking(MAIL)).text
    for text in (whole, streamed):
        assert MAIL not in text
        assert "?q=PII_EMAIL_" in text


def test_a_rule_that_stops_a_message_sends_nothing_and_names_itself(house: WebHouse) -> None:
    calls = house.count()
    with a_rail(house, rules=[("email", "block")]):
        response = house.ask(**asking())
    assert response.status_code == 403
    error = response.json()["error"]
    assert error["metadata"]["error_type"] == "permission_denied"
    assert "“E-mail addresses”" in error["message"]
    assert MAIL not in response.text
    assert not house.first.served
    assert house.count() == calls
    blocked = (
        "SELECT 1 FROM guardrails_rulehits WHERE rule = 'E-mail addresses' AND action = 'block'"
    )
    until(lambda: bool(house.rows(blocked)), 20, "not counted")


def test_the_receipt_tells_which_rules_hit_and_never_what(house: WebHouse) -> None:
    with a_rail(house, rules=RESTORED):
        house.ask(**asking(f"{SAID} And {MAIL} again."))
    rules = house.newest()["details"]["rules"]
    assert rules == [{"rule": "E-mail addresses", "action": "restore", "count": 2}]
    counted = (
        "SELECT 1 FROM guardrails_rulehits WHERE rule = 'E-mail addresses' AND action = 'restore'"
        " AND count >= 2"
    )
    until(lambda: bool(house.rows(counted)), 20, "not counted")
    assert house.tables_with(MAIL) == []
    assert house.files_with(MAIL) == []


def test_a_conversation_keeps_its_placeholders_and_shares_them_with_no_other(
    house: WebHouse,
) -> None:
    def token(conversation: str = "", key: str = "main") -> str:
        headers = {"Authorization": f"Bearer {house.facts['keys'][key]['secret']}"}
        if conversation:
            headers["X-Conversation-Id"] = conversation
        body = json.dumps({"model": "test/one", **asking()}).encode()
        assert house.post(body, headers=headers).status_code == 200
        return token_in(sent(house))

    with a_rail(house, rules=RESTORED):
        assert token() == token()
        assert token("a") == token("a")
        assert len({token(), token("a"), token("b"), token(key="member")}) == 4


def test_what_an_error_of_the_provider_names_reads_right(house: WebHouse) -> None:
    with a_rail(house, rules=RESTORED):
        house.ask(**asking())
        name = token_in(sent(house))
        house.first.behaviour = Status(400, message=f"cannot write to {name}")
        response = house.ask(**asking())
    assert response.status_code == 400
    assert f"cannot write to {MAIL}" in response.json()["error"]["message"]


def test_the_next_provider_sees_no_more_than_the_first(house: WebHouse) -> None:
    house.first.behaviour, house.second.behaviour = Status(500), Echo()
    with a_rail(house, rules=RESTORED):
        response = house.ask("test/pair-12", **asking())
    assert response.json()["choices"][0]["message"]["content"] == SAID
    for upstream in (house.first, house.second):
        assert all(MAIL not in served.body.decode() for served in upstream.served)
    assert house.second.served


def test_a_placeholder_of_somebody_else_stays_what_it_is(house: WebHouse) -> None:
    with a_rail(house, rules=RESTORED):
        house.ask(**asking())
        foreign = token_in(sent(house))
        house.first.behaviour = Ok(text=f"I know {foreign}.")
        headers = {"Authorization": f"Bearer {house.facts['keys']['member']['secret']}"}
        body = json.dumps({"model": "test/one", **asking("other@example.org")}).encode()
        answer = house.post(body, headers=headers).json()["choices"][0]["message"]["content"]
    assert answer == f"I know {foreign}."


def test_only_what_people_write_is_scrubbed_where_the_rule_says_so(house: WebHouse) -> None:
    messages = [{"role": "system", "content": SAID}, {"role": "user", "content": SAID}]
    with a_rail(house, rules=[("email", "redact", "user")]):
        house.ask(messages=messages)
    said = [message["content"] for message in house.first.last.json["messages"]]
    assert said == [SAID, SAID.replace(MAIL, "[EMAIL]")]
