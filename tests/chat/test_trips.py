"""The chat page against a running house: one is answered, charged once, and loses nothing."""

import signal
import threading
from contextlib import suppress

import httpx
import pytest

from apps.core.money import usd
from tests.chat.sitting import Sitter
from tests.gateway.behaviours import Status, Stream
from tests.gateway.running import WebHouse
from tests.pages.markup import Page
from tests.waiting import until

WORDS = ("# Rain\n", "\n", "It *will*", " rain.\n", "\n```python\n", "print(1)\n", "```\n", "Done.")


def test_a_message_without_scripts_comes_back_with_its_answer(
    house: WebHouse, owner: Sitter
) -> None:
    house.first.then(Stream(words=WORDS))
    answer = owner.send("Will it rain tomorrow?")
    assert answer.status_code == 200
    assert Page(answer.text).problems == []
    call = house.newest()
    for words in (
        "Will it rain tomorrow?",
        "<h3>Rain</h3>",
        "<em>will</em>",
        'class="hl-',
        f"/calls/{call['id']}/",
        f"{call['prompt_tokens']} + {call['completion_tokens']} tokens",
        f"<b>{usd(call['cost_usd'])}</b>",
        f"<span>{call['duration_ms'] / 1000:.1f} s</span>",
    ):
        assert words in answer.text, words
    assert (call["key_id"], call["app"], call["is_streamed"]) == (None, "Chat", True)
    assert owner.path.startswith("/chat/")


def test_the_model_reads_the_whole_thread(house: WebHouse, owner: Sitter) -> None:
    owner.send("My name is Ada.")
    owner.send("What is my name?")
    said = house.first.served[-1].json["messages"]
    assert [one["role"] for one in said] == ["user", "assistant", "user"]
    assert said[0]["content"] == "My name is Ada."


def test_an_answer_streams_in_pieces(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=WORDS, pace=0.06))
    owner.stream(owner.form("Will it rain?"))
    kinds = [event["kind"] for event in owner.events]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    assert "text" in kinds
    assert "".join(event["html"] for event in owner.kind("block")).startswith("<h3>Rain</h3>")
    assert "Will it rain?" in owner.events[0]["html"]
    assert "/export/" in owner.events[0]["more"]
    end = owner.events[-1]["html"]
    assert "Receipt" in end
    call = house.newest()
    filled = f"{call['prompt_tokens'] + call['completion_tokens']} of the "
    assert filled in owner.events[-1]["fill"]
    assert "aria-busy" not in end
    owner.path = owner.events[0]["address"]
    page = owner.page()
    assert "<h3>Rain</h3>" in page
    assert filled in page


def test_what_is_sent_twice_is_asked_once(house: WebHouse, owner: Sitter) -> None:
    form, before = owner.form("Once, please"), owner.calls()
    first = owner.post(form)
    owner.path = "/chat/"
    assert owner.post(form).url == first.url
    owner.path = "/chat/"
    repeated = owner.stream(form)
    assert repeated.status_code == 409
    assert repeated.json()["address"].startswith(first.url.path)
    assert owner.calls() == before + 1


def test_other_words_in_an_old_form_are_another_message(house: WebHouse, owner: Sitter) -> None:
    form, before = owner.form("One"), owner.calls()
    owner.post(form)
    owner.path = "/chat/"
    owner.post({**form, "text": "Two"})
    assert owner.calls() == before + 2


def test_who_closes_the_tab_keeps_what_had_come(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=tuple(f" word{n}" for n in range(400)), pace=0.02))
    owner.stream(owner.form("Tell me everything"), leave_after=4)
    call = house.closed_receipt(house.newest()["id"])
    assert call["was_cancelled"]
    assert call["completion_tokens"] < 400
    owner.path = owner.events[0]["address"]
    until(lambda: "Stopped here." in owner.page(), 10, "the partial answer was not kept")
    page = owner.page()
    assert "word1" in page
    assert f"/calls/{call['id']}/" in page
    article = owner.web.get(owner.events[0]["article"]).text
    assert "word1" in article
    assert "aria-busy" not in article


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (Status(500), "Answer again"),
        (Stream(words=("Half", " an"), cut_after=1), "Half"),
        (Stream(words=("",)), "The model sent an empty answer."),
    ],
)
def test_what_goes_wrong_is_told_in_the_thread(
    house: WebHouse, owner: Sitter, behaviour: object, words: str
) -> None:
    house.first.behaviour = behaviour
    page = owner.send("Hello?", model="test/free").text
    assert words in page
    assert 'class="note no"' in page
    assert Page(page).problems == []


def test_a_vanished_model_keeps_the_message(owner: Sitter) -> None:
    before = owner.calls()
    answer = owner.send("A long message", model="test/nowhere")
    assert answer.status_code == 422
    assert "test/nowhere cannot be used here any more" in answer.text
    assert "A long message</textarea>" in answer.text
    assert owner.stream(owner.form("x", model="test/nowhere")).status_code == 422
    assert owner.calls() == before


def test_answering_again_and_editing_make_versions(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=("First answer",)))
    page = owner.send("A question").text
    asked = page.split('name="again" value="')[1].partition('"')[0]
    house.first.then(Stream(words=("Second answer",)))
    page = owner.send(again=asked).text
    assert "Second answer" in page
    assert "First answer" not in page
    assert "2 of 2" in page
    editing = owner.web.get(f"{owner.path}?edit={asked}").text
    assert "A question</textarea>" in editing
    house.first.then(Stream(words=("Third answer",)))
    page = owner.send("Another question", parent="").text
    assert "Third answer" in page
    assert ">A question</p>" not in page
    before = owner.web.get(f"{owner.path}?at={asked}").text
    assert ">A question</p>" in before
    assert "Second answer" in before


def test_every_answer_is_asked_with_the_instructions(house: WebHouse, owner: Sitter) -> None:
    owner.send("Hello", instructions="Speak in rhymes.", temperature="0.5")
    asked = house.first.served[-1].json
    assert asked["messages"][0] == {"role": "system", "content": "Speak in rhymes."}
    assert asked["temperature"] == 0.5
    assert "Speak in rhymes.</textarea>" in owner.page()
    assert owner.send("Hello", temperature="hot").status_code == 422
    assert house.tables_with("rhymes") == []


def test_an_answer_that_was_cut_goes_on(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=("Begin",), finish_reason="length"))
    page = owner.send("Tell me").text
    assert "reached its greatest length" in page
    owner.send(go_on="1")
    assert house.first.served[-1].json["messages"][-1]["content"] == "Go on where you stopped."


def test_nothing_of_a_chat_is_kept_or_logged_in_the_clear(house: WebHouse, owner: Sitter) -> None:
    secret = "a-very-secret-plan-4711"
    house.first.then(Stream(words=(f"So {secret}?",)))
    owner.send(f"I have {secret}")
    assert secret in owner.page()
    assert house.tables_with(secret) == house.files_with(secret) == []


def test_a_house_that_stops_keeps_what_had_come(house: WebHouse, owner: Sitter) -> None:
    house.first.then(Stream(words=tuple(f" word{n}" for n in range(3000)), pace=0.02))
    form = owner.form("Tell me everything")

    def read() -> None:
        with suppress(httpx.HTTPError):
            owner.stream(form)

    reading = threading.Thread(target=read)
    reading.start()
    until(lambda: owner.kind("text"), 10, "nothing came")
    assert house.process is not None
    house.process.send_signal(signal.SIGTERM)
    until(lambda: not listens(house), 10, "it went on listening")
    house.process.send_signal(signal.SIGTERM)
    house.process.wait(30)
    reading.join(10)
    call = house.newest()
    house.start()
    assert call["state"] == "closed"
    assert call["error_type"] != "process_lost"
    owner.path = owner.events[0]["address"]
    page = owner.page()
    assert "word0" in page
    assert "The house was stopped while this was written" in page


def listens(house: WebHouse) -> bool:
    with suppress(httpx.HTTPError):
        return bool(house.client.get("/healthz").status_code)
    return False
