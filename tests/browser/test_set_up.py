"""From the set-up link to the first answer, on a phone: every page sound, few things to do."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.visiting import DESK, PHONE, Visitors
from tests.browser.walking import findings
from tests.gateway.founding import PASSWORD
from tests.gateway.running import a_web_house

MOST_INTERACTIONS = 12


@pytest.fixture(scope="module")
def everybody(browser: Browser) -> Iterator[Visitors]:
    with a_web_house("tests.browser.empty_house") as house:
        people = Visitors(browser, house)
        yield people
        people.leave()


@dataclass
class Newcomer:
    """Counts what it does, and looks at each page it comes to."""

    page: Page
    interactions: int = 0

    def fill(self, label: str, text: str) -> None:
        self.interactions += 1
        self.page.get_by_label(label).fill(text)

    def press(self, role: str, words: str) -> None:
        self.interactions += 1
        self.page.get_by_role(role, name=words).first.click()  # type: ignore[arg-type]

    def finds(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_contain_text(title)
        assert findings(self.page) == [], title


def test_a_newcomer_comes_to_the_first_answer(visitors: Visitors) -> None:
    page = visitors.arrive(width=PHONE, theme="dark")
    newcomer = Newcomer(page, interactions=1)
    page.goto(visitors.house.facts["setup"])
    newcomer.fill("E-mail", "lea@mill-lane.example")
    newcomer.fill("Password", PASSWORD)
    newcomer.press("button", "Open the house")
    newcomer.finds("Name the household")
    newcomer.press("button", "Continue")
    newcomer.finds("Connect a provider")
    newcomer.press("button", "Stay with the demo model")
    newcomer.finds("Make the first key")
    newcomer.press("button", "Make the key")
    newcomer.finds("Your first key")
    newcomer.press("button", "Copy")
    assert page.evaluate("navigator.clipboard.readText()").startswith("gate_live_")
    newcomer.press("link", "I have saved the key")
    newcomer.finds("is open")
    newcomer.press("button", "Ask")
    expect(page.get_by_role("log").get_by_text("demonstration model").first).to_be_visible()
    assert newcomer.interactions <= MOST_INTERACTIONS
    page.set_viewport_size({"width": DESK, "height": 900})
    page.goto("/")
    expect(page.get_by_text("Setting up is not finished")).to_have_count(0)
