"""Giving more for today in a real browser: undone in time, and offered no longer than that; and a
chat that says what is left after each answer."""

from playwright.sync_api import Page, expect

from tests.browser.talking import begin_chat, say
from tests.browser.visiting import Visitors


def give(visitors: Visitors, amount: str) -> Page:
    page = visitors.arrive("owner")
    page.clock.install()
    page.goto("/budgets/{budget}/".format(**visitors.facts))
    page.get_by_label("How much more, in dollars").fill(amount)
    page.get_by_role("button", name="Give more today").click()
    expect(page.get_by_text(f"${amount} more was given, today only.")).to_be_visible()
    return page


def test_an_extra_is_taken_back_by_its_button(visitors: Visitors) -> None:
    page = give(visitors, "0.25")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Taken back. The limit is as it was before.")).to_be_visible()
    page.context.close()


def test_the_button_goes_when_its_seconds_are_over(visitors: Visitors) -> None:
    page = give(visitors, "0.01")
    page.clock.fast_forward(9000)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    page.context.close()


def test_a_chat_says_what_is_left(visitors: Visitors) -> None:
    page = begin_chat(visitors)
    page.locator("#left").evaluate("place => { place.textContent = ''; }")
    say(page, "Hello")
    expect(page.locator("#left")).to_contain_text("left")
