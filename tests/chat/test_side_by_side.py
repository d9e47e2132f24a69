"""One message to several models: what it could cost first, then each answer in its column, with and
without scripts. Nothing of it is stored."""

import html
import json
import re
from typing import Any

import httpx
import pytest
from django.template.loader import render_to_string

from apps.chat.asking_all import Column
from apps.gateway.estimating import Estimate
from apps.routing.errors import Refusal
from tests.chat.sitting import Sitter
from tests.gateway.behaviours import Status, Stream
from tests.gateway.budgeting import a_budget
from tests.gateway.railing import a_rail
from tests.gateway.running import WebHouse
from tests.pages.markup import Page
from tests.waiting import until

PATH = "/chat/side-by-side/"
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')
KEPT = "SELECT (SELECT count(*) FROM chat_conversation) + (SELECT count(*) FROM chat_message) AS n"
TWO = ["test/one", "test/pair-1"]


class Asking:
    """Somebody at the page that asks several models; each page is posted back as it stands."""

    def __init__(self, owner: Sitter, models: list[str]) -> None:
        self.web, self.models = owner.web, models
        self.page = self.web.get(PATH, params={"m": models}).text
        self.events: list[dict[str, Any]] = []

    def form(self, text: str, **fields: str) -> dict[str, Any]:
        found = HIDDEN.findall(self.page[self.page.index('id="ask-all"') :])
        known = {name: html.unescape(value) for name, value in found}
        return {**known, "m": self.models, "text": text, **fields}

    def post(self, text: str, **fields: str) -> httpx.Response:
        answer = self.web.post(PATH, data=self.form(text, **fields))
        self.page = answer.text
        return answer

    def ask(self, text: str) -> httpx.Response:
        self.post(text)
        return self.post(text, run="1")

    def stream(self, form: dict[str, Any], leave_after: int | None = None) -> httpx.Response:
        self.events = []
        with self.web.stream("POST", f"{PATH}stream/", data=form) as answer:
            if answer.status_code != 200:
                answer.read()
                return answer
            for line in answer.iter_lines():
                if line.startswith("data: "):
                    self.events.append(json.loads(line[6:]))
                if leave_after is not None and len(self.events) >= leave_after:
                    break
            return answer

    def kind(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == name]


def test_what_it_could_cost_is_shown_before_anything_is_sent(
    house: WebHouse, owner: Sitter
) -> None:
    before = house.count()
    asking = Asking(owner, TWO)
    assert "See what it would cost" in asking.page
    assert 'name="run"' not in asking.page
    page = asking.post("Why is the sky blue?", most="1000").text
    # 1,000 tokens out at 6 and 12 USD per million, and a prompt of some 150 bytes
    assert re.search(r"Ask 2 models, at most \$0\.02", page)
    assert page.count("<dt>At most</dt>") == 2
    assert "Why is the sky blue?</textarea>" in page
    assert Page(page).problems == []
    assert house.count() == before


def test_all_answers_come_with_the_page_and_nothing_is_kept(house: WebHouse, owner: Sitter) -> None:
    kept, before = house.rows(KEPT), house.count()
    house.first.then(Stream(words=("It *scatters*.",)))
    house.first.then(Stream(words=("It *scatters*.",)))
    answer = Asking(owner, TWO).ask("Why is the sky blue, Ada Lovelace?")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.count("It <em>scatters</em>.") == 2
    assert answer.text.count("Receipt</a>") == 2
    assert "All together: <b>$0." in answer.text
    assert Page(answer.text).problems == []
    assert house.count() == before + 2
    assert house.rows(KEPT) == kept
    assert house.tables_with("Ada Lovelace") == house.files_with("Ada Lovelace") == []


def test_each_column_streams_by_itself(house: WebHouse, owner: Sitter) -> None:
    words = ("# Rain\n", "\n", "It will", " rain.")
    house.first.then(Stream(words=words, pace=0.05))
    house.first.then(Stream(words=words, pace=0.05))
    asking = Asking(owner, TWO)
    asking.post("Will it rain?")
    asking.stream(asking.form("Will it rain?", run="1"))
    begin, over = asking.events[0], asking.events[-1]
    assert (begin["kind"], over["kind"]) == ("begin", "over")
    assert sorted(begin["columns"]) == ["1", "2"]
    assert over["cost"].startswith("$")
    for column in (1, 2):
        mine = [event for event in asking.events if event.get("column") == column]
        assert mine[0]["kind"] == "call"
        assert mine[-1]["kind"] == "end"
        assert mine[0]["receipt"] in mine[-1]["html"]
        assert "<h3>Rain</h3>" in mine[-1]["html"]
        assert "aria-busy" not in mine[-1]["html"]


def test_one_stop_ends_them_all(house: WebHouse, owner: Sitter) -> None:
    before = {row["id"] for row in house.rows("SELECT id FROM usage_generation")}
    house.first.then(Stream(words=tuple(f" word{n}" for n in range(400)), pace=0.02))
    house.first.then(Stream(words=tuple(f" word{n}" for n in range(400)), pace=0.02))
    asking = Asking(owner, TWO)
    asking.post("Tell me everything")
    asking.stream(asking.form("Tell me everything", run="1"), leave_after=8)
    until(lambda: house.open_calls() == [], 10, "calls went on behind a page that left")
    calls = [
        row
        for row in house.rows("SELECT id, was_cancelled, completion_tokens FROM usage_generation")
        if row["id"] not in before
    ]
    assert [row["was_cancelled"] for row in calls] == [True, True]
    assert max(row["completion_tokens"] for row in calls) < 400


def test_a_refusal_stays_in_its_own_column(house: WebHouse, owner: Sitter) -> None:
    asking = Asking(owner, ["test/one", "test/nowhere", "test/reads-on"])
    page = asking.post("Hello?").text
    assert "Ask 2 models" in page
    assert "It is not in the catalogue any more" in page
    house.first.then(Stream(words=("Well.",)))
    house.first.then(Status(400))
    page = asking.post("Hello?", run="1").text
    assert "Well." in page
    assert 'class="note no"' in page
    assert Page(page).problems == []


def test_a_budget_binds_each_of_them(house: WebHouse, owner: Sitter) -> None:
    with a_budget(house, "0", covers="project"):
        page = Asking(owner, ["test/one", "test/free"]).ask("Hello?").text
    assert "Nothing was sent, and it cost nothing." in page
    assert page.count("Receipt</a>") == 1


def test_rules_close_a_column_before_it_is_asked(house: WebHouse, owner: Sitter) -> None:
    with a_rail(house, denied_models=["test/pair-1"]):
        page = Asking(owner, TWO).post("Hello?").text
    assert "Ask 1 model," in page
    assert "Closed here by name" in page


def test_a_dearer_message_than_the_one_shown_is_shown_first(house: WebHouse, owner: Sitter) -> None:
    before = house.count()
    asking = Asking(owner, TWO)
    asking.post("Short")
    form = asking.form("A much longer message. " * 2000, run="1")
    assert asking.stream(form).status_code == 422
    answer = asking.web.post(PATH, data=form)
    assert answer.status_code == 422
    assert "This could cost more than what was shown before" in answer.text
    form.pop("run")
    assert "This could cost more" in asking.web.post(PATH, data=form).text
    assert house.count() == before


def test_what_is_sent_twice_is_asked_once(house: WebHouse, owner: Sitter) -> None:
    asking = Asking(owner, TWO)
    asking.post("Once, please")
    form, before = asking.form("Once, please", run="1"), house.count()
    assert asking.web.post(PATH, data=form).status_code == 200
    again = asking.web.post(PATH, data=form)
    assert again.status_code == 422
    assert "This was sent already" in again.text
    assert house.count() == before + 2


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": "  "}, "Write a message first."),
        ({"text": "x" * 200_001}, "200,000 is the most"),
        ({"text": "x", "most": "one"}, "choice"),
        ({"text": "x", "agreed": "-1 0"}, "not whole"),
        ({"text": "x", "token": ""}, "not whole"),
    ],
)
def test_a_form_that_is_wrong_says_why_and_keeps_what_was_typed(
    owner: Sitter, fields: dict[str, str], words: str
) -> None:
    asking = Asking(owner, TWO)
    form = {**asking.form("x"), **fields}
    answer = asking.web.post(PATH, data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert asking.web.post(f"{PATH}stream/", data=form).status_code == 422


def test_a_project_that_keeps_nothing_asks_only_who_keeps_nothing(
    house: WebHouse, owner: Sitter
) -> None:
    kept = house.rows(KEPT)
    with a_rail(house, zero_retention=True):
        asking = Asking(owner, ["test/one", "test/who-knows"])
        page = asking.post("Hello?").text
        assert "Only providers that keep nothing are asked" in page
        assert "Ask 1 model," in page
        assert "Its providers keep what they are sent" in page
        assert "Receipt</a>" in asking.post("Hello?", run="1").text
    assert house.rows(KEPT) == kept


def test_what_a_rule_takes_out_is_put_back_on_the_page(house: WebHouse, owner: Sitter) -> None:
    with a_rail(house, rules=[("email", "restore")]):
        asking = Asking(owner, ["test/one"])
        page = asking.ask("Write to ada@house.example please").text
        sent = house.first.served[-1].json["messages"]
    assert "ada@house.example" not in json.dumps(sent)
    assert "ada@house.example" in page


@pytest.mark.parametrize(
    ("metadata", "at"),
    [({"reason": "free_terms", "provider": "acme"}, "acme"), ({"provider": "acme"}, ""), ({}, "")],
)
def test_what_nobody_accepted_yet_leads_to_where_one_does(
    metadata: dict[str, str], at: str
) -> None:
    refusal = Refusal(403, "permission_denied", "Accept first.", metadata=metadata)
    column = Column(1, "acme/open:free", "Open", estimate=Estimate(refusal=refusal))
    assert column.accept_at == at
    assert not column.may_be_asked
    html = render_to_string("chat/_column_price.html", {"column": column})
    assert ('href="/free/acme/"' in html) == bool(at)


def test_without_models_the_page_leads_to_the_list(owner: Sitter) -> None:
    page = owner.web.get(PATH).text
    assert "No models chosen yet" in page
    assert Page(page).problems == []


def test_who_makes_no_calls_is_told(house: WebHouse) -> None:
    with httpx.Client(base_url=f"http://localhost:{house.port}", trust_env=False) as web:
        answer = web.get(PATH, params={"m": TWO})
    assert answer.status_code == 302  # to the sign-in
