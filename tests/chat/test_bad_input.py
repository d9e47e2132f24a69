"""What goes wrong around a chat in a running house: nothing typed is lost, nothing is paid twice,
and a sentence says what to do."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.chat.sitting import BROWSER, Sitter, sign_in
from tests.gateway.behaviours import Status
from tests.gateway.running import WebHouse
from tests.pages.markup import Page
from tests.waiting import until

PNG = b"\x89PNG\r\n\x1a\n" + bytes(2_000)
MB = 1024 * 1024


def send_files(owner: Sitter, form: dict[str, Any], *files: tuple[str, bytes]) -> httpx.Response:
    parts = [("files", (name, data)) for name, data in files]
    answer = owner.web.post(owner.path, data=form, files=parts, follow_redirects=True)
    owner.path = answer.url.path
    return answer


def test_files_reach_the_model_and_stay_with_another_version(
    house: WebHouse, owner: Sitter
) -> None:
    files = (("egg.png", PNG), ("list.csv", b"egg,7\n"))
    page = send_files(owner, owner.form("What is on it?"), *files).text
    assert Page(page).problems == []
    said = house.first.served[-1].json["messages"][0]["content"]
    assert [part["type"] for part in said] == ["image_url", "text", "text"]
    assert said[1]["text"] == "The file list.csv:\n\negg,7\n"
    address = re.findall(r'<img src="([^"]+)"', page)[0]
    assert owner.web.get(address).content == PNG
    asked = page.split("?edit=")[1].partition("#")[0]
    editing = owner.web.get(f"{owner.path}?edit={asked}").text
    first = re.findall(r'name="keep" value="(\d+)" checked', editing)[0]
    owner.send("And now?", parent="", keep=first)
    said = house.first.served[-1].json["messages"][0]["content"]
    assert [part["type"] for part in said] == ["image_url", "text"]
    assert house.rows("SELECT count(*) AS n FROM chat_attachment")[0]["n"] == 3


@pytest.mark.parametrize("has_length", [True, False])
def test_a_body_past_every_limit_is_refused_before_it_is_read(
    owner: Sitter, has_length: bool
) -> None:
    def pieces() -> Iterator[bytes]:
        for _ in range(17):
            yield bytes(MB)

    body: Any = bytes(17 * MB) if has_length else pieces()
    kind = {"content-type": "multipart/form-data; boundary=x"}
    try:
        answer = owner.web.post("/chat/", content=body, headers=kind)
    except httpx.WriteError:
        return  # hung up while we were still sending: refused all the same
    assert answer.status_code == 413
    assert "Go back, take a file away" in answer.text


def test_a_connection_that_lost_its_key_says_who_can_mend_it(
    house: WebHouse, owner: Sitter
) -> None:
    house.first.behaviour = Status(401)
    page = owner.send("Are you there?", model="test/free").text
    assert "refused the house&#x27;s account (401); its owner can mend this." in page
    assert "It cost $0.00." in page
    assert ">Are you there?</p>" in page
    assert house.newest()["cost_usd"] == 0


def test_a_model_whose_connection_went_away_says_so(house: WebHouse, owner: Sitter) -> None:
    form, before = owner.form("Hello?", model="test/away"), owner.calls()
    house.rows("UPDATE connections_connection SET is_enabled = false WHERE name = 'Away'")
    until(lambda: "test/away" not in owner.page(), 10, "the list still shows it")
    page = owner.post(form)
    assert page.status_code == 422
    assert "test/away cannot be used here any more: no connected provider runs it" in page.text
    assert "Hello?</textarea>" in page.text
    assert owner.calls() == before


def test_who_was_signed_out_while_writing_gets_the_words_back(
    house: WebHouse, owner: Sitter
) -> None:
    form, before = owner.form("A long letter"), owner.calls()
    owner.web.cookies.delete(next(name for name in owner.web.cookies if "csrf" not in name))
    assert owner.stream(form).status_code == 302
    page = owner.web.post("/chat/", data=form, headers=BROWSER)
    assert page.status_code == 401
    assert "You are signed out" in page.text and "Send what I typed" in page.text
    assert "A long letter</textarea>" in page.text
    assert Page(page.text).problems == []
    assert owner.calls() == before


def test_the_same_form_is_taken_after_signing_in_again(house: WebHouse, owner: Sitter) -> None:
    form = owner.form("A long letter")
    owner.web.cookies.clear()
    sign_in(owner.web)
    assert owner.stream(form).status_code == 403
    form["csrfmiddlewaretoken"] = owner.web.get("/chat/proof/").json()["proof"]
    owner.stream(form)
    assert [event["kind"] for event in (owner.events[0], owner.events[-1])] == ["begin", "end"]


def test_two_presses_at_once_are_one_call(house: WebHouse, owner: Sitter) -> None:
    form, before = owner.form("Once"), owner.calls()
    cookies = dict(owner.web.cookies)
    found: list[int] = []

    def press() -> None:
        with httpx.Client(
            base_url=owner.web.base_url, cookies=cookies, timeout=30, trust_env=False
        ) as web:
            found.append(web.post("/chat/", data=form).status_code)

    both = [threading.Thread(target=press) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(30)
    assert found == [302, 302]
    assert owner.calls() == before + 1


def test_two_tabs_on_one_thread_lose_nothing(house: WebHouse, owner: Sitter) -> None:
    owner.send("Begin")
    first, second = owner.form("From the first tab"), owner.form("From the second tab")
    owner.post(first)
    page = owner.post(second).text
    assert "From the second tab" in page
    assert "2 of 2" in page
    before = (
        page.split('aria-label="The version before"')[0].rpartition("?at=")[2].partition("#")[0]
    )
    assert "From the first tab" in owner.web.get(f"{owner.path}?at={before}").text
    asked = house.first.served[-1].json["messages"]
    assert "From the first tab" not in str(asked)
