"""A private chat in a real browser: it lives in its page, the browser stores nothing of it, and who
loads the page again finds it gone."""

import json
import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.furnishing import HOME_MODEL
from tests.browser.talking import say
from tests.browser.visiting import Visitors
from tests.gateway.behaviours import Echo, Stream
from tests.gateway.railing import a_rail

STORED = """async () => [
  ...Object.values(localStorage), ...Object.values(sessionStorage),
  ...(await indexedDB.databases()), ...(await caches.keys()), document.cookie,
].join(" ")"""
# Everything that could be read in the thread, tips aside, at any moment.
WATCHED = """() => {
  window.seen = [];
  const turns = document.getElementById("turns");
  const look = () => window.seen.push(turns.innerText);
  const everything = { childList: true, characterData: true, subtree: true };
  new MutationObserver(look).observe(turns, everything);
}"""
WORDS = "my-very-own-canary"


@pytest.fixture
def page(visitors: Visitors) -> Page:
    return begin_private(visitors, visitors.sitting("owner"))


def begin_private(visitors: Visitors, page: Page) -> Page:
    page.goto(f"/chat/?project={visitors.facts['private']}&model={HOME_MODEL}")
    expect(page.get_by_text("This is a private chat.")).to_be_visible()
    return page


def chats(visitors: Visitors) -> int:
    return int(visitors.house.rows("SELECT count(*) AS n FROM chat_message")[0]["n"])


def sent(visitors: Visitors) -> list[str]:
    return [one["content"] for one in visitors.house.first.served[-1].json["messages"]]


def test_it_streams_and_is_stored_nowhere(visitors: Visitors, page: Page) -> None:
    before = chats(visitors)
    visitors.house.first.then(Stream(words=("So ", "**quiet**.\n\n", "Good."), pace=0.05))
    answer = say(page, f"Say {WORDS}")
    expect(answer.locator("strong")).to_have_text("quiet")
    expect(answer.get_by_role("link", name="Receipt")).to_be_visible()
    say(page, "And again")
    assert sent(visitors) == [f"Say {WORDS}", "So **quiet**.\n\nGood.", "And again"]
    assert WORDS not in page.evaluate(STORED)
    assert WORDS not in json.dumps(page.context.storage_state())
    assert chats(visitors) == before
    expect(page.locator("#past")).not_to_contain_text(WORDS)
    assert WORDS not in page.url + page.title()


def test_who_loads_the_page_again_finds_it_gone(visitors: Visitors, page: Page) -> None:
    say(page, f"Say {WORDS}")
    page.get_by_label("Your message").fill(f"{WORDS} as a draft")
    page.reload()
    expect(page.get_by_text("This is a private chat.")).to_be_visible()
    assert WORDS not in page.content()
    assert page.get_by_label("Your message").input_value() == ""
    page.goto("/models/")
    page.go_back()
    expect(page.get_by_text("This is a private chat.")).to_be_visible()
    assert WORDS not in page.content()
    assert page.locator("[name=thread]").input_value().count("turns") == 1


def test_what_had_come_stays_when_one_stops(visitors: Visitors, page: Page) -> None:
    slow = Stream(words=tuple(f"word{n} " for n in range(600)), pace=0.05)
    visitors.house.first.then(slow)
    page.get_by_label("Your message").fill("Tell me a long story")
    page.keyboard.press("Enter")
    expect(page.locator("#turns")).to_contain_text("word3")
    page.keyboard.press("Escape")
    expect(page.locator("#turns")).to_contain_text("Stopped here.")
    expect(page.locator("#turns").get_by_role("link", name="Receipt")).to_be_visible()
    say(page, "And then?")
    assert sent(visitors)[1].startswith("word0 word1 word2 word3")


def test_answers_are_made_again_and_messages_changed(visitors: Visitors, page: Page) -> None:
    visitors.house.first.then(Stream(words=("First.",)), Stream(words=("Second.",)))
    say(page, "Answer twice")
    page.get_by_role("button", name="Answer again with the chosen model").click()
    expect(page.locator("#turns")).to_contain_text("Second.")
    expect(page.locator("#turns article")).to_have_count(2)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_label("Your message")).to_have_value("Answer twice")
    page.get_by_role("button", name="Leave it as it was").click()
    expect(page.locator("#turns")).to_contain_text("Second.")
    page.get_by_role("button", name="Edit").click()
    say(page, "Answer once")
    assert sent(visitors) == ["Answer once"]
    expect(page.locator("#turns article")).to_have_count(2)


def test_the_thread_is_copied_as_markdown(visitors: Visitors, page: Page) -> None:
    visitors.house.first.then(Stream(words=("So *quiet*.",)))
    say(page, "Copy this")
    page.get_by_label("More for this chat").click()
    page.get_by_role("button", name="Copy as Markdown").click()
    expect(page.locator("#news")).to_have_text("Copied")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert re.match(r"## You\n\nCopy this\n\n## .+\n\nSo \*quiet\*\.\n", copied)


def test_another_project_makes_the_page_say_what_it_is(visitors: Visitors) -> None:
    page = visitors.sitting("owner")
    page.goto(f"/chat/?model={HOME_MODEL}")
    page.get_by_label("Counted in project").select_option(label="Homework")
    page.get_by_label("Your message").fill("Is this kept?")
    with visitors.watch.excusing("status of 422"):
        page.keyboard.press("Enter")
        expect(page.get_by_text("This is a private chat.")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("Is this kept?")
    page.get_by_label("Counted in project").select_option(label="Home")
    expect(page.get_by_text("This is a private chat.")).to_have_count(0)
    expect(page.get_by_label("Your message")).to_have_value("Is this kept?")


def test_it_works_without_scripts(visitors: Visitors) -> None:
    before = chats(visitors)
    page = begin_private(visitors, visitors.arrive("owner", scripts=False))
    for text in ("One", "Two"):
        page.get_by_label("Your message").fill(text)
        page.get_by_role("button", name="Send").click()
        expect(page.locator("#turns article").last).to_contain_text("Hello from upstream.")
    assert sent(visitors) == ["One", "Hello from upstream.", "Two"]
    page.get_by_role("button", name="Edit").last.click()
    expect(page.get_by_label("Your message")).to_have_value("Two")
    page.get_by_label("Your message").fill("Three")
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#turns")).to_contain_text("Three")
    assert sent(visitors) == ["One", "Hello from upstream.", "Three"]
    assert chats(visitors) == before


@pytest.mark.parametrize("is_private", [False, True])
def test_no_half_placeholder_is_ever_seen(visitors: Visitors, is_private: bool) -> None:
    said = "Write to kitchen@home.example.\n\nThen to kitchen@home.example again."
    page = visitors.sitting("owner")
    with a_rail(visitors.house, zero_retention=is_private, rules=[("email", "restore")]):
        page.goto(f"/chat/?project={visitors.facts['project']}&model={HOME_MODEL}")
        expect(page.get_by_text("This is a private chat.")).to_have_count(int(is_private))
        page.evaluate(WATCHED)
        visitors.house.first.then(Echo(piece=2))
        page.get_by_label("Your message").fill(said)
        page.keyboard.press("Enter")
        answer = page.locator("#turns article").last
        expect(answer.get_by_role("link", name="Receipt")).to_be_visible()
        expect(answer.locator(".private")).to_have_count(2)
    assert "PII_EMAIL_" in sent(visitors)[-1]
    seen = page.evaluate("window.seen")
    assert any("Write to kitchen@home.example." in one for one in seen)
    assert [one for one in seen if "PII" in one] == []


def test_values_are_read_copied_and_lead_nowhere(visitors: Visitors) -> None:
    page = visitors.sitting("owner")
    page.goto(f"/chat/{visitors.facts['pills']}/")
    answer = page.locator("#turns article").last
    words = "the appointment for Mia Sommer on Tuesday"
    expect(answer).to_contain_text(words, use_inner_text=True)
    pill = answer.locator(".private").first
    expect(pill.locator(".tip")).to_be_hidden()
    pill.focus()
    expect(pill.locator(".tip")).to_contain_text("It saw PII_NAME_")
    link = answer.get_by_role("link", name="Write it now").get_attribute("href")
    assert (link or "").startswith("mailto:PII_EMAIL_")
    answer.get_by_role("button", name="Copy the answer").click()
    expect(page.locator("#news")).to_have_text("Copied")
    copied = str(page.evaluate("navigator.clipboard.readText()"))
    assert "You can reach us at kitchen@home.example" in copied
    assert "It saw" not in copied
