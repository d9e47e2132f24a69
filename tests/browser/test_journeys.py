"""What people do with a real browser: chat by keyboard, copy, change how the house looks."""

import re

from playwright.sync_api import Page, expect

from tests.browser.talking import begin_chat, say
from tests.browser.visiting import DESK, PHONE, Visitors
from tests.gateway.behaviours import Stream

FOCUSED = "document.activeElement.ariaLabel || document.activeElement.innerText"
CODE = ("Run this:\n\n", "```python\n", "print('gate')\n", "```\n", "\nDone.")


def clipboard(page: Page) -> str:
    return str(page.evaluate("navigator.clipboard.readText()"))


def press_until(page: Page, name: str, presses: int = 60) -> None:
    """Tab, as somebody without a mouse would, until the control of this name has the focus."""
    for _ in range(presses):
        page.keyboard.press("Tab")
        if name in page.evaluate(FOCUSED):
            return
    raise AssertionError(f"“{name}” is not reached by Tab")


def test_a_message_is_sent_and_answered_by_keyboard(visitors: Visitors) -> None:
    page = begin_chat(visitors)
    visitors.house.first.then(Stream(words=("By ", "keyboard.")))
    expect(page.get_by_label("Your message")).to_be_focused()
    page.keyboard.type("Only keys")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and two lines")
    page.keyboard.press("Enter")
    answer = page.locator("#turns article").nth(1)
    expect(answer).to_contain_text("By keyboard.")
    expect(answer).to_contain_text("tokens")
    expect(page.locator("#turns article").first).to_contain_text("and two lines")
    expect(page).to_have_url(re.compile(r"/chat/\d+/"))


def test_an_answer_is_stopped_by_esc_and_what_came_is_kept(visitors: Visitors) -> None:
    page = begin_chat(visitors)
    slow = Stream(words=tuple(f"word{n} " for n in range(600)), pace=0.05)
    visitors.house.first.then(slow)
    page.keyboard.type("Tell me a long story")
    page.keyboard.press("Enter")
    expect(page.locator("#turns")).to_contain_text("word3")
    page.keyboard.press("Escape")
    expect(page.locator("#turns")).to_contain_text("Stopped here.")
    page.reload()
    expect(page.locator("#turns")).to_contain_text("word3")
    expect(page.locator("#turns")).to_contain_text("Stopped here.")


def test_an_answer_is_made_again_by_keyboard(visitors: Visitors) -> None:
    page = begin_chat(visitors)
    visitors.house.first.then(Stream(words=("First ", "try.")), Stream(words=("Second ", "try.")))
    say(page, "Answer twice")
    page.locator("#turns").focus()
    press_until(page, "Answer again")
    page.keyboard.press("Enter")
    expect(page.locator("#turns")).to_contain_text("Second try.")
    expect(page.locator("#turns")).not_to_contain_text("First try.")
    expect(page.locator("#turns")).to_contain_text("2 of 2")


def test_answers_and_their_code_are_copied(visitors: Visitors) -> None:
    page = begin_chat(visitors)
    visitors.house.first.then(Stream(words=CODE))
    answer = say(page, "Some code, please")
    answer.get_by_role("button", name="Copy", exact=True).click()
    expect(answer.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(page).strip() == "print('gate')"
    answer.get_by_role("button", name="Copy the answer").click()
    expect(page.locator("#news")).to_have_text("Copied")
    assert clipboard(page).startswith("Run this:")


def test_a_snippet_is_copied_whole(visitors: Visitors) -> None:
    page = visitors.sitting("owner")
    page.goto("/models/openai/gpt-5-mini/")
    page.evaluate("navigator.clipboard.writeText('nothing yet')")
    page.get_by_role("button", name="Copy").last.click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert clipboard(page) == page.locator("pre.code:visible").last.text_content()


def test_the_look_is_chosen_and_stands_from_the_first_byte(visitors: Visitors) -> None:
    page = visitors.sitting("viewer")
    page.goto("/models/")
    page.get_by_role("button", name=re.compile("Theme: as the device")).click()
    chosen = page.locator("html").get_attribute("data-theme")
    assert chosen in {"light", "dark"}
    assert f'data-theme="{chosen}"' in page.request.get("/calls/").text()
    for _ in range(2):
        page.get_by_role("button", name=re.compile("Theme: ")).click()
    expect(page.locator("html")).not_to_have_attribute("data-theme", re.compile("."))


def test_the_message_stays_in_reach_on_a_phone(visitors: Visitors) -> None:
    page = visitors.arrive("member", width=PHONE)
    page.goto(f"/chat/{visitors.house.facts['chats']['member']}/")
    for box in ("#composer", ".ways"):
        expect(page.locator(box)).to_be_in_viewport()
    page.set_viewport_size({"width": DESK, "height": 600})
    expect(page.locator("#composer")).to_be_in_viewport()
