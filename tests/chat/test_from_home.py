"""A question asked on home: it becomes a chat, with and without scripts, and is never asked twice
or lost."""

import re

from tests.chat.sitting import BROWSER, HIDDEN, Sitter

QUESTION = "What is a lamp for?"


def form_of(owner: Sitter, **fields: str) -> dict[str, str]:
    page = owner.web.get("/").text
    at = page.index('id="question"')
    return {**dict(HIDDEN.findall(page[at:])), "model": "test/one", "text": QUESTION, **fields}


def test_without_scripts_the_answer_comes_back_whole(owner: Sitter) -> None:
    form, before = form_of(owner, whole="1"), owner.calls()
    answer = owner.web.post("/chat/ask/", data=form, follow_redirects=True)
    assert re.fullmatch(r"/chat/\d+/", answer.url.path)
    assert QUESTION in answer.text
    again = owner.web.post("/chat/ask/", data=form, follow_redirects=True)
    assert again.url == answer.url
    assert owner.calls() == before + 1
    assert QUESTION in owner.web.get("/").text  # it stands among the last chats


def test_with_scripts_the_chat_page_sends_it(owner: Sitter) -> None:
    before = owner.calls()
    answer = owner.web.post("/chat/ask/", data=form_of(owner))
    assert answer.status_code == 200
    assert QUESTION in answer.text
    assert " data-begins" in answer.text
    assert owner.calls() == before


def test_who_wants_another_model_keeps_the_question(owner: Sitter) -> None:
    answer = owner.web.post("/chat/ask/", data=form_of(owner, choose="1", whole="1"))
    assert QUESTION in answer.text
    assert " data-begins" not in answer.text
    empty = owner.web.post("/chat/ask/", data=form_of(owner, choose="1", text=" "))
    assert empty.headers["location"] == "/chat/"


def test_a_model_that_vanished_sends_nothing_by_itself(owner: Sitter) -> None:
    answer = owner.web.post("/chat/ask/", data=form_of(owner, model="test/gone"))
    assert QUESTION in answer.text
    assert " data-begins" not in answer.text


def test_what_cannot_be_asked_is_said(owner: Sitter) -> None:
    for fields, sentence in (
        ({"text": ""}, "Write a message first."),
        ({"text": "x" * 200_001}, "200,000 is the most"),
        ({"model": ""}, "Choose a model for the answer."),
    ):
        answer = owner.web.post("/chat/ask/", data=form_of(owner, **fields))
        assert answer.status_code == 422
        assert sentence in answer.text
        assert " data-begins" not in answer.text


def test_who_was_signed_out_meanwhile_keeps_the_question(owner: Sitter) -> None:
    form = form_of(owner)
    for cookie in [one for one in owner.web.cookies.jar if not one.name.endswith("_csrf")]:
        owner.web.cookies.jar.clear(cookie.domain, cookie.path, cookie.name)
    answer = owner.web.post("/chat/ask/", data=form, headers=BROWSER)
    assert answer.status_code == 401
    assert QUESTION in answer.text and 'action="/chat/ask/"' in answer.text
    assert owner.web.get("/chat/ask/").headers["location"] == "/accounts/login/?next=/chat/ask/"
