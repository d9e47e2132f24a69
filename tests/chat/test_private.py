"""A private chat against a running house: its page is all there is of it, with and without scripts,
and whatever a page claims is harmless."""

import html
import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from apps.routing.redaction.placeholders import placeholder
from tests.chat.sitting import BROWSER, Sitter
from tests.gateway.behaviours import Status, Stream
from tests.gateway.budgeting import a_budget
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse
from tests.pages.markup import Page

HIDDEN = re.compile(r'type="hidden" (?:id="\w+" )?name="(\w+)" value="([^"]*)"')
MAIL = placeholder(b"key", "EMAIL", "x")
ROWS = "SELECT (SELECT count(*) FROM chat_conversation) + (SELECT count(*) FROM chat_message) AS n"


class Private:
    """Somebody at a private chat: each page is posted back as it stands, as a browser does."""

    def __init__(self, owner: Sitter, page: str = "") -> None:
        self.owner = owner
        self.page = page or owner.page()

    def form(self, text: str = "", **fields: str) -> dict[str, str]:
        start = self.page.index('id="composer"')
        hidden = dict(HIDDEN.findall(self.page[start:]))
        known = {name: html.unescape(value) for name, value in hidden.items()}
        return {"model": "test/one", **known, "text": text, **fields}

    def post(self, form: dict[str, str]) -> httpx.Response:
        answer = self.owner.web.post("/chat/", data=form)
        self.page = answer.text
        return answer

    def send(self, text: str = "", **fields: str) -> httpx.Response:
        return self.post(self.form(text, **fields))

    @property
    def thread(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.form()["thread"])
        return found

    def texts(self) -> list[str]:
        return [turn["text"] for turn in self.thread["turns"]]


@pytest.fixture
def private(house: WebHouse, owner: Sitter) -> Iterator[Private]:
    with a_rail(house, zero_retention=True):
        rows = house.rows(ROWS)
        yield Private(owner)
        assert house.rows(ROWS) == rows


def sent(house: WebHouse) -> list[tuple[str, str]]:
    return [(one["role"], one["content"]) for one in house.first.served[-1].json["messages"]]


def test_the_page_says_what_it_is_and_is_kept_nowhere(private: Private) -> None:
    answer = private.owner.web.get("/chat/")
    assert "This is a private chat." in answer.text
    assert Page(answer.text).problems == []
    assert answer.headers["cache-control"] == "no-store"
    assert 'autocomplete="off" data-private' in answer.text
    assert 'type="file"' not in answer.text


def test_the_whole_thread_goes_with_each_message(house: WebHouse, private: Private) -> None:
    house.first.then(Stream(words=("A *boiled* egg.",)))
    first = private.send("What is for lunch?")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-store")
    assert "A <em>boiled</em> egg." in first.text
    assert Page(first.text).problems == []
    call = house.newest()
    assert f"/calls/{call['id']}/" in first.text
    private.send("And for dinner?")
    assert sent(house) == [
        ("user", "What is for lunch?"),
        ("assistant", "A *boiled* egg."),
        ("user", "And for dinner?"),
    ]
    assert house.first.served[-1].json.get("provider") is None
    assert len(private.texts()) == 4
    assert house.tables_with("What is for lunch") == house.files_with("What is for lunch") == []
    assert "What is for lunch" not in private.owner.page()
    assert "What is for lunch" not in private.owner.web.get("/chat/past/?q=lunch").text


def test_it_streams_and_the_page_gets_its_thread(house: WebHouse, private: Private) -> None:
    house.first.then(Stream(words=("# Rain\n", "\n", "It *will*", " rain."), pace=0.06))
    owner = private.owner
    answer = owner.stream(private.form("Will it rain?"))
    assert answer.headers["cache-control"] == "no-store"
    begin, end = owner.events[0], owner.events[-1]
    assert json.loads(begin["thread"])["turns"][0]["text"] == "Will it rain?"
    (call,) = owner.kind("call")
    assert call["call"] == house.newest()["id"]
    pieces = [event["piece"] for event in owner.events if "piece" in event]
    assert "".join(pieces) == "# Rain\n\nIt *will* rain."
    turns = json.loads(end["thread"])["turns"]
    assert [turn["text"] for turn in turns] == ["Will it rain?", "# Rain\n\nIt *will* rain."]
    assert "<h3>Rain</h3>" in end["html"]
    form = {**private.form(), "thread": end["thread"]}
    article = owner.web.post(begin["article"], data=form)
    assert "<h3>Rain</h3>" in article.text
    assert article.headers["cache-control"] == "no-store"


def test_answers_are_made_again_and_messages_changed(house: WebHouse, private: Private) -> None:
    private.send("One")
    private.send("Two")
    house.first.then(Stream(words=("Another",)))
    private.send(again="3")
    assert sent(house)[-1] == ("user", "Two")
    assert private.texts()[3:] == ["Another"]
    editing = private.post({**private.form(), "edit": "3"})
    assert "Two</textarea>" in editing.text
    assert "Leave it as it was" in editing.text
    assert editing.status_code == 200
    assert Page(editing.text).problems == []
    whole = Private(private.owner, editing.text)
    assert len(whole.texts()) == 4
    whole.post({**whole.form(), "look": "1"})
    assert "Another" in whole.page
    private.send("Three")
    assert [text for _, text in sent(house)] == ["One", "Hello from upstream.", "Three"]
    assert len(private.texts()) == 4


def test_an_answer_that_was_cut_goes_on(house: WebHouse, private: Private) -> None:
    house.first.then(Stream(words=("Begin",), finish_reason="length"))
    assert "reached its greatest length" in private.send("Tell me").text
    private.send(go_on="1")
    assert sent(house)[-1] == ("user", "Go on where you stopped.")


def test_it_is_asked_with_its_instructions(house: WebHouse, private: Private) -> None:
    page = private.send("Hello", instructions="Speak in rhymes.", temperature="0.5").text
    asked = house.first.served[-1].json
    assert asked["messages"][0] == {"role": "system", "content": "Speak in rhymes."}
    assert asked["temperature"] == 0.5
    assert "Speak in rhymes.</textarea>" in page
    assert house.tables_with("rhymes") == []


def test_a_failure_is_told_and_nothing_is_lost(house: WebHouse, private: Private) -> None:
    private.send("One")
    house.first.then(Status(500))
    page = private.send("Two", model="test/free").text
    assert "Answer again" in page
    assert private.texts()[2] == "Two"
    private.send(again="3", model="test/one")
    assert sent(house)[-1] == ("user", "Two")
    answer = private.send("", model="test/one")
    assert (answer.status_code, "Write a message first." in answer.text) == (422, True)
    answer = private.send("Kept words", model="test/nowhere")
    assert answer.status_code == 422
    assert "Kept words</textarea>" in answer.text
    assert len(private.texts()) == 4


def test_budgets_bind_it_as_any_chat(house: WebHouse, private: Private) -> None:
    with a_budget(house, "0.0001", covers="household", name="House"):
        page = private.send("Tell me everything.").text
        assert "These would fit:" in page
        again = page.split('name="instead" value="test/free ', 1)[1].split('"', 1)[0]
        assert "Hello from upstream." in private.send(instead=f"test/free {again}").text


def test_a_page_made_before_the_rule_is_not_sent_as_it_is(house: WebHouse, owner: Sitter) -> None:
    form, before = owner.form("Keep this?"), owner.calls()
    with a_rail(house, zero_retention=True):
        assert owner.stream(form).json()["anew"]
        page = owner.post(form)
        assert page.status_code == 422
        assert "keeps nothing, so this is a private chat" in page.text
        assert "Keep this?</textarea>" in page.text
        assert owner.calls() == before
        assert "Hello from upstream." in Private(owner, page.text).send("Keep this?").text


def test_a_private_page_stays_private_whatever_the_rule_becomes(
    house: WebHouse, owner: Sitter
) -> None:
    with a_rail(house, zero_retention=True):
        private = Private(owner)
        private.send("One")
    rows = house.rows(ROWS)
    private.send("Two")
    assert len(private.texts()) == 4
    assert house.rows(ROWS) == rows


def test_a_stored_chat_is_read_and_goes_on_in_private(house: WebHouse, owner: Sitter) -> None:
    owner.send("My name is Ada.")
    path, form = owner.path, owner.form("Stored?")
    with a_rail(house, zero_retention=True):
        page = owner.page()
        assert "keeps nothing now" in page
        assert "My name is Ada." in page
        assert 'id="composer"' not in page
        assert owner.web.get(f"{path}export/").status_code == 200
        assert owner.post(form).status_code == 422
        link = html.unescape(re.findall(r'href="(/chat/\?from=[^"]+)"', page)[0])
        rows = house.rows(ROWS)
        private = Private(owner, owner.web.get(link).text)
        private.send("What is my name?")
        assert sent(house)[0] == ("user", "My name is Ada.")
        assert house.rows(ROWS) == rows


def test_what_is_switched_while_a_message_waits_is_not_stored(
    house: WebHouse, owner: Sitter
) -> None:
    owner.send("Before")
    form = owner.form("After")
    with a_rail(house, zero_retention=True):
        rows = house.rows(ROWS)
        assert owner.stream(form).status_code == 422
        assert house.rows(ROWS) == rows


def test_a_frozen_project_loses_nothing_of_it(house: WebHouse, private: Private) -> None:
    private.send("One")
    freeze = "UPDATE projects_project SET frozen_at = {} WHERE id = %s"
    house.rows(freeze.format("now()"), house.facts["project"])
    try:
        answer = private.send("Two")
        assert answer.status_code == 422
        assert "is frozen: no call runs in it" in answer.text
        assert "Two</textarea>" in answer.text
        assert Page(answer.text).problems == []
    finally:
        house.rows(freeze.format("NULL"), house.facts["project"])
    again = dict(HIDDEN.findall(answer.text.split('id="again"')[1]))
    form = {name: html.unescape(value) for name, value in again.items()}
    private.post({**form, "text": "Two", "look": "1"})
    assert "Two</textarea>" in private.page
    private.send("Two")
    assert private.texts()[::2] == ["One", "Two"]


def test_a_question_on_home_becomes_a_private_chat(house: WebHouse, private: Private) -> None:
    home = private.owner.web.get("/").text
    assert "A private chat: nothing is kept" in home
    hidden = HIDDEN.findall(home.split('id="question"')[1])
    form = {**dict(hidden), "model": "test/one", "text": "From home"}
    begins = private.owner.web.post("/chat/ask/", data=form).text
    assert " data-begins" in begins
    assert "This is a private chat." in begins
    whole = private.owner.web.post("/chat/ask/", data={**form, "whole": "1"})
    assert "Hello from upstream." in whole.text
    assert whole.headers["cache-control"] == "no-store"


def test_who_was_signed_out_gets_the_thread_back(private: Private) -> None:
    private.send("One")
    form = private.form("Two")
    private.owner.web.cookies.delete(
        next(name for name in private.owner.web.cookies if "csrf" not in name)
    )
    page = private.owner.web.post("/chat/", data=form, headers=BROWSER)
    assert (page.status_code, page.headers["cache-control"]) == (401, "no-store")
    assert "Hello from upstream." in page.text


def test_a_forged_thread_is_harmless(house: WebHouse, private: Private) -> None:
    other = house.ask().json()["id"]
    turns = [
        {"role": "user", "text": "<script>alert(1)</script>"},
        {
            "role": "assistant",
            "text": "<img src=x onerror=alert(1)> [x](javascript:alert(1)) " + MAIL,
            "model": "<b>model</b>",
            "state": "writing",
            "problem": "<i>problem</i>",
            "call": other,
            "applied": None,
            "offers": ["<u>offer</u>"],
        },
    ]
    vault = {MAIL: "<svg onload=alert(1)>", "href": "x", "PII_EMAIL_7K3MP2QXR": "y"}
    thread = {"name": "a", "project": None, "turns": turns, "vault": vault}
    page = private.post({**private.form(), "thread": json.dumps(thread), "look": "1"})
    assert page.status_code == 200
    assert Page(page.text).problems == []
    assert "&lt;svg onload=alert(1)&gt;" in page.text
    for text in ("<img src=x", "<svg onload", "<b>model", "<i>problem", "<u>offer", "<script>a"):
        assert text not in page.text
    assert "javascript:" not in page.text.split("<textarea")[0].split('id="composer"')[0]


@pytest.mark.parametrize(
    "thread",
    [
        "{",
        "[]",
        '{"name":"a","project":null,"turns":[{"role":"system","text":"x"}],"vault":{}}',
        '{"name":"a","project":null,"turns":[{"role":"assistant","text":"x"}],"vault":{}}',
        '{"name":"a","project":"x","turns":[],"vault":{}}',
        '{"name":"<","project":null,"turns":[],"vault":{}}',
        '{"name":"a","project":null,"turns":[{"role":"user","text":7}],"vault":{}}',
        '{"name":"a","project":null,"turns":7,"vault":[]}',
    ],
)
def test_a_damaged_thread_sends_nothing(house: WebHouse, private: Private, thread: str) -> None:
    before = house.count()
    answer = private.post({**private.form("Hello"), "thread": thread})
    assert answer.status_code == 422
    assert "came back damaged" in answer.text
    assert "Hello</textarea>" in answer.text
    assert house.count() == before


def test_a_thread_may_only_grow_so_long(house: WebHouse, private: Private) -> None:
    turns = [{"role": "user", "text": "x" * 2_000_001}]
    thread = {"name": "a", "project": None, "turns": turns, "vault": {}}
    answer = private.post({**private.form("Hello"), "thread": json.dumps(thread)})
    assert answer.status_code == 422
    assert "2,000,001 letters, and 2,000,000 is the most" in answer.text
    assert "Hello</textarea>" in answer.text
    assert len(private.texts()) == 1
