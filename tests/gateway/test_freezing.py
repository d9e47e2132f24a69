"""The panic switch, pressed on its page while answers run: they end with a clear word, are settled
as what they are, and nothing runs until somebody thaws it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.chat.sitting import Sitter, a_browser_at
from tests.gateway.behaviours import Ok, Stream
from tests.gateway.running import PATH, Row, Streamed, WebHouse
from tests.gateway.test_key_limits import a_neighbour
from tests.gateway.test_keys import silence_listener
from tests.gateway.upstream import Served
from tests.pages.visitor import Visitor
from tests.waiting import until

SECONDS = 5  # in which every stream has ended
ENDLESS = Stream(words=tuple(f" word{n}" for n in range(4000)), pace=0.05)
LONG = Stream(words=tuple(f" word{n}" for n in range(60)), pace=0.1)
# What is frozen, by the page its switch stands on, and one of the keys it stops.
STOPS = {"key": "other", "member": "member", "project": "main"}
THAW = (
    "UPDATE keys_apikey SET frozen_at = NULL",
    "UPDATE projects_membership SET frozen_at = NULL",
    "UPDATE projects_project SET frozen_at = NULL, policy_version = policy_version + 1",
)


@dataclass
class Panic:
    """The owner, with a hand on the switch."""

    house: WebHouse
    visitor: Visitor

    def freeze(self, what: str) -> None:
        self.visitor.open(self._page(what))
        self.visitor.follow("Freeze now member" if what == "member" else "Freeze now")
        self.visitor.press("Freeze now")

    def thaw(self, what: str) -> None:
        self.visitor.open(self._page(what))
        self.visitor.press("Thaw")

    def _page(self, what: str) -> str:
        slug = self.house.rows("SELECT slug FROM projects_project")[0]["slug"]
        key = self.house.facts["keys"]["other"]["id"]
        return {
            "key": f"/keys/{key}/",
            "member": f"/projects/{slug}/members/",
            "project": f"/projects/{slug}/settings/",
        }[what]


@pytest.fixture
def panic(house: WebHouse, signed_in: httpx.Cookies) -> Iterator[Panic]:
    """All is thawed again afterwards."""
    with a_browser_at(house) as web:
        web.cookies.update(signed_in)
        yield Panic(house, Visitor(web))
    for statement in THAW:
        house.rows(statement)
    until(lambda: ask(house).status_code == 200, 10, "the house stays frozen")


class Listener:
    """An app that reads an answer in a thread of its own."""

    def __init__(self, house: WebHouse, key: str, model: str = "test/one", **body: Any) -> None:
        self.got = b""
        self.status = 0
        self._request = _request(house, key, model=model, **{"stream": True, **body})
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def hears(self, count: int = 3) -> None:
        until(lambda: self.got.count(b'"content":') > count, 10, "nothing comes")

    def ends(self) -> Streamed:
        self._thread.join(SECONDS)
        assert not self._thread.is_alive(), "it goes on"
        return Streamed.read(httpx.Response(self.status, content=self.got))

    def is_refused(self, what: str) -> None:
        self.ends()
        assert_frozen(httpx.Response(self.status, content=self.got), what)

    def _read(self) -> None:
        with httpx.stream("POST", **self._request, timeout=30, trust_env=False) as response:
            self.status = response.status_code
            for piece in response.iter_bytes():
                self.got += piece


def _request(house: WebHouse, key: str, **body: Any) -> dict[str, Any]:
    return {
        "url": f"http://127.0.0.1:{house.port}{PATH}",
        "headers": {"Authorization": f"Bearer {house.facts['keys'][key]['secret']}"},
        "json": {"messages": [{"role": "user", "content": "Hello?"}], **body},
    }


def ask(house: WebHouse, key: str = "main") -> httpx.Response:
    return house.client.post(**_request(house, key, model="test/one"))


def assert_frozen(response: httpx.Response, what: str) -> None:
    error = response.json()["error"]
    assert response.status_code == error["code"] == 403
    assert error["metadata"] == {"error_type": "frozen", "frozen": what}
    assert "An admin can thaw" in error["message"]


def serves(house: WebHouse) -> Served:
    until(lambda: house.first.served, 10, "nothing arrived")
    return house.first.last


def receipt_once(house: WebHouse, good: Callable[[Row], bool]) -> Row:
    receipt = house.closed_receipt(house.newest()["id"], 20)
    assert good(receipt), receipt
    assert (receipt["was_cancelled"], receipt["error_type"]) == (True, "frozen")
    return receipt


@pytest.mark.parametrize("what", STOPS)
def test_a_running_stream_ends_and_no_other_begins(
    house: WebHouse, panic: Panic, what: str
) -> None:
    house.first.then(ENDLESS)
    listener = Listener(house, STOPS[what])
    served = serves(house)
    listener.hears()
    panic.freeze(what)
    heard = listener.ends()
    assert heard.is_done
    assert heard.error is not None
    assert heard.error["code"] == 403
    assert heard.error["metadata"] == {"error_type": "frozen", "frozen": what}
    assert heard.finish_reasons == ["error"]
    until(lambda: served.closed_at is not None, 10, "the provider goes on")
    receipt = receipt_once(house, lambda one: 0 < one["cost_usd"] < one["hold_usd"])
    assert [usage["cost"] for usage in heard.usages] == [receipt["cost_usd"]]
    house.first.forget()
    before = house.count()
    assert_frozen(ask(house, STOPS[what]), what)
    assert (house.first.served, house.count()) == ([], before)
    assert ask(house).status_code == (403 if what == "project" else 200)
    panic.thaw(what)
    assert ask(house, STOPS[what]).status_code == 200


def test_who_is_not_frozen_goes_on(house: WebHouse, panic: Panic) -> None:
    house.first.then(LONG)
    listener = Listener(house, "main")
    listener.hears()
    panic.freeze("key")
    panic.freeze("member")
    until(lambda: b"[DONE]" in listener.got, 20, "it does not end")
    assert listener.ends().error is None


def test_a_process_that_hears_nothing_obeys_too(house: WebHouse, panic: Panic) -> None:
    house.first.then(ENDLESS)
    listener = Listener(house, "other")
    listener.hears()
    silence_listener(house)
    panic.freeze("key")
    assert listener.ends().error is not None


def test_every_process_obeys(house: WebHouse, panic: Panic) -> None:
    with a_neighbour(house) as neighbour:
        house.first.then(ENDLESS)
        listener = Listener(neighbour, "other")
        listener.hears()
        panic.freeze("key")
        assert listener.ends().error is not None
        assert_frozen(ask(neighbour, "other"), "key")


def test_before_its_first_byte_a_stream_is_refused(house: WebHouse, panic: Panic) -> None:
    house.first.then(Stream(wait=5))
    listener = Listener(house, "other")
    served = serves(house)
    panic.freeze("key")
    listener.is_refused("key")
    until(lambda: served.closed_at is not None, 10, "the provider goes on")
    receipt_once(house, lambda one: one["status"] == 403 and one["is_estimated"])


def test_a_provider_that_bills_it_all_is_read_to_its_end_unheard(
    house: WebHouse, panic: Panic
) -> None:
    house.first.then(LONG)
    listener = Listener(house, "other", "test/reads-on")
    served = serves(house)
    listener.hears()
    panic.freeze("key")
    heard = listener.ends()
    assert not served.is_whole
    assert heard.is_done
    assert heard.error is not None
    receipt = receipt_once(house, lambda one: one["cost_usd"] == served.cost)
    assert served.is_whole
    assert receipt["completion_tokens"] == len(LONG.words) > len(heard.text.split())


def test_a_whole_answer_is_refused_and_charged(house: WebHouse, panic: Panic) -> None:
    house.first.then(Ok(wait=5))
    listener = Listener(house, "other", stream=False)
    served = serves(house)
    panic.freeze("key")
    listener.is_refused("key")
    assert not served.is_whole
    receipt_once(house, lambda one: one["cost_usd"] == served.cost and one["status"] == 403)


@pytest.mark.parametrize(("model", "behaviour"), [("test/one", ENDLESS), ("test/reads-on", LONG)])
def test_an_answer_of_the_chat_ends_and_says_why(
    house: WebHouse, panic: Panic, signed_in: httpx.Cookies, model: str, behaviour: Stream
) -> None:
    house.first.then(behaviour)
    with a_browser_at(house) as web:
        web.cookies.update(signed_in)
        person = Sitter(house, web)
        form = person.form("Tell me everything", model=model)
        reading = threading.Thread(target=person.stream, args=(form,), daemon=True)
        reading.start()
        until(lambda: person.kind("text"), 10, "nothing comes")
        panic.freeze("project")
        reading.join(SECONDS)
        assert not reading.is_alive()
        assert "This project was frozen" in person.kind("end")[0]["html"]
        receipt_once(house, lambda one: one["cost_usd"] > 0)
        person.path = person.events[0]["address"]
        page = person.page()
        for words in ("word1", "was frozen", "is frozen: no call runs in it"):
            assert words in page
        assert person.post({**form, "text": "And now?"}).status_code == 422
        panic.thaw("project")
        assert person.send("And now?").status_code == 200
