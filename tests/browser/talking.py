"""The chat as one uses it in a browser: chooses a model, writes, reads."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.furnishing import HOME_MODEL
from tests.browser.vandalising import SUSPECTS
from tests.browser.visiting import Visitors
from tests.gateway.behaviours import Stream

LONGEST = 500
IN_ONE_CHAT = 20
PATIENCE_MS = 60_000  # for what hangs, not for speed: some answers are made to tire


def begin_chat(visitors: Visitors, who: str = "owner") -> Page:
    """A new chat with the model of the scripted upstream."""
    page = visitors.sitting(who)
    page.goto(f"/chat/?model={HOME_MODEL}")
    return page


def say(page: Page, text: str) -> Locator:
    """Sends a message and gives the answer's article once it is whole."""
    before = page.locator("#turns article").count()
    page.get_by_label("Your message").fill(text)
    page.get_by_label("Your message").press("Enter")
    answer = page.locator("#turns article").nth(before + 1)
    expect(answer).to_be_visible()
    expect(page.locator("#send")).to_be_visible(timeout=PATIENCE_MS)
    return answer


def answers_shown(visitors: Visitors, answers: list[str]) -> list[Any]:
    """What goes wrong while a model answers so, each in pieces and once more as stored."""
    found = []
    for first in range(0, len(answers), IN_ONE_CHAT):
        page = begin_chat(visitors)
        for text in answers[first : first + IN_ONE_CHAT]:
            middle = len(text) // 2
            visitors.house.first.then(Stream(words=(text[:middle], text[middle:], "\n\nEnd.")))
            expect(say(page, _typed(text))).to_contain_text("End.", timeout=PATIENCE_MS)
            found += page.evaluate(SUSPECTS)
        page.reload()
        expect(page.locator("#send")).to_be_visible()
        found += page.evaluate(SUSPECTS)
    return found


def _typed(text: str) -> str:
    """The same words as a person might type them; what no key writes is left out."""
    return "".join(one for one in text[:LONGEST] if one.isprintable() or one == "\n").strip() or "x"
