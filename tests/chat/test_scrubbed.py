"""Private values in a chat of the running house: the provider sees placeholders, the page shows
values, and the house keeps them only where their chat's key locks them."""

import html
import json
import re
from collections.abc import Iterator

import pytest

from tests.chat.sitting import Sitter
from tests.chat.test_private import ROWS, Private
from tests.gateway.behaviours import Echo
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse

MAIL = "canary.of.the.kitchen@home.example"
CANARIES = (MAIL, MAIL.partition("@")[0], "canary-of-what-was-said", "canary-of-the-answer")
SAID = f"canary-of-what-was-said: write to {MAIL}"
TOKEN = re.compile(r"PII_EMAIL_[0-9A-Z]{9}")
RULES = [("email", "restore")]


@pytest.fixture
def scrubbed(house: WebHouse) -> Iterator[WebHouse]:
    with a_rail(house, rules=RULES):
        yield house


def left(house: WebHouse) -> list[str]:
    """What the provider was sent, message by message, without the house's own hint."""
    said = house.first.served[-1].json["messages"]
    return [str(one["content"]) for one in said if one["role"] != "system"]


def shown(page: str) -> str:
    """What somebody reads in the thread, tips aside."""
    thread = page.split('id="turns"')[1].split('id="composer"')[0]
    tips = re.sub(r'<span class="tip".*?</span>', "", thread)
    return html.unescape(re.sub(r"<[^>]+>", "", tips))


def written(house: WebHouse) -> dict[str, list[str]]:
    """Where a canary stands in anything the house wrote down."""
    found = {one: [*house.tables_with(one), *house.files_with(one)] for one in CANARIES}
    return {one: places for one, places in found.items() if places}


def test_a_stored_chat_shows_values_and_sends_placeholders(
    scrubbed: WebHouse, owner: Sitter
) -> None:
    scrubbed.first.then(Echo(before="canary-of-the-answer "))
    page = owner.send(SAID).text
    (first,) = left(scrubbed)
    assert MAIL not in first
    (token,) = TOKEN.findall(first)
    assert f"canary-of-the-answer {SAID}" in shown(page)
    assert f"It saw {token}" in page
    owner.send("And once more?")
    assert left(scrubbed)[0] == first
    assert left(scrubbed)[1] == f"canary-of-the-answer {first}"
    assert MAIL in owner.web.get(f"{owner.path}export/").text
    assert MAIL in owner.web.get(f"/chat/past/?q={MAIL}").text
    assert written(scrubbed) == {}


def test_no_half_placeholder_comes_in_a_stream(scrubbed: WebHouse, owner: Sitter) -> None:
    scrubbed.first.then(Echo(piece=2))
    owner.stream(owner.form(f"{SAID} and to {MAIL}, please"))
    (token,) = set(TOKEN.findall(left(scrubbed)[0]))
    told = [event.get("pills", "") for event in owner.events]
    assert sum(one.count(f"{MAIL}<span") for one in told) == 2
    halves = [token[:at] for at in range(5, len(token))]
    for one in told:
        plain = re.sub(r"<[^>]+>|It saw \S+", "", one)
        assert not any(plain.endswith(half) for half in halves), plain
    assert MAIL in owner.kind("end")[0]["html"]


def test_placeholders_belong_to_one_chat(scrubbed: WebHouse, owner: Sitter) -> None:
    owner.send(SAID)
    (first,) = TOKEN.findall(left(scrubbed)[0])
    owner.path = "/chat/"
    scrubbed.first.then(Echo(before=f"{first} "))
    page = owner.send(SAID).text
    (second,) = TOKEN.findall(left(scrubbed)[0])
    assert first != second
    assert first in shown(page)
    assert '<span class="private lost" title="' in page


def test_a_private_chat_carries_its_values_and_leaves_nothing(
    house: WebHouse, owner: Sitter
) -> None:
    with a_rail(house, zero_retention=True, rules=RULES):
        rows = house.rows(ROWS)
        private = Private(owner)
        house.first.then(Echo(before="canary-of-the-answer "))
        page = private.send(SAID).text
        (first,) = left(house)
        assert MAIL not in first
        assert f"canary-of-the-answer {SAID}" in shown(page)
        assert private.texts() == [SAID, f"canary-of-the-answer {first}"]
        house.first.then(Echo())
        owner.stream(private.form("And once more?"))
        assert left(house)[:2] == [first, f"canary-of-the-answer {first}"]
        (call,) = owner.kind("call")
        assert list(call["vault"].values()) == [MAIL]
        assert json.loads(owner.kind("end")[0]["thread"])["vault"] == call["vault"]
        assert house.rows(ROWS) == rows
    assert written(house) == {}


def test_a_call_of_an_app_leaves_nothing(scrubbed: WebHouse) -> None:
    scrubbed.first.then(Echo(before="canary-of-the-answer "), Echo())
    said = [{"role": "user", "content": SAID}]
    assert MAIL in scrubbed.ask(messages=said).text
    assert MAIL in scrubbed.stream(messages=said).text
    assert MAIL not in left(scrubbed)[0]
    assert written(scrubbed) == {}


def test_a_message_that_a_rule_stops_is_told_and_kept(house: WebHouse, owner: Sitter) -> None:
    with a_rail(house, rules=[("email", "block")]):
        before = len(house.first.served)
        page = owner.send(SAID).text
        assert "Nothing was sent, and it cost nothing." in page
        assert SAID in shown(page)
        assert len(house.first.served) == before
    assert written(house) == {}


def test_a_stored_chat_goes_on_in_private_with_its_values(house: WebHouse, owner: Sitter) -> None:
    with a_rail(house, rules=RULES):
        house.first.then(Echo())
        owner.send(SAID)
        before = left(house)[0]
    with a_rail(house, zero_retention=True, rules=RULES):
        link = re.findall(r'href="(/chat/\?from=[^"]+)"', owner.page())[0]
        private = Private(owner, owner.web.get(html.unescape(link)).text)
        assert shown(private.page).count(MAIL) == 2
        private.send("Go on")
        assert left(house) == [before, before, "Go on"]
