"""Every hostile answer in a browser, as it streams and as it is stored: nothing runs, nothing is
fetched from elsewhere, and the page stays whole."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import a_browser
from tests.browser.talking import begin_chat
from tests.browser.vandalising import SUSPECTS
from tests.browser.visiting import FURNISHING, Visitors
from tests.chat.hostile import ANSWERS
from tests.gateway.behaviours import Stream
from tests.gateway.running import a_web_house

pytestmark = pytest.mark.soak
AT_ONCE = 20
PATIENCE_MS = 60_000  # for what hangs, not for speed: some of them are made to tire


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def people(browser: Browser) -> Iterator[Visitors]:
    with a_web_house(FURNISHING) as house:
        visitors = Visitors(browser, house)
        yield visitors
        visitors.leave()


@pytest.mark.parametrize("first", range(0, len(ANSWERS), AT_ONCE))
def test_a_browser_shows_it_and_stays_at_home(people: Visitors, first: int) -> None:
    people.watch.found.clear()
    page = begin_chat(people)
    for text in ANSWERS[first : first + AT_ONCE]:
        middle = len(text) // 2
        people.house.first.then(Stream(words=(text[:middle], text[middle:], "\n\nEnd.")))
        ask(page)
    assert page.evaluate(SUSPECTS) == []
    page.reload()
    assert page.evaluate(SUSPECTS) == []
    expect(page.locator("#send")).to_be_visible()
    assert people.watch.found == []


def ask(page: Page) -> None:
    """Waits until the answer is whole, with its receipt."""
    answers = page.locator("#turns article:not(.mine)")
    before = answers.count()
    page.get_by_label("Your message").fill("Go on")
    page.get_by_label("Your message").press("Enter")
    footer = answers.nth(before).locator("footer")
    expect(footer).to_contain_text("tokens", timeout=PATIENCE_MS)
    expect(page.locator("#send")).to_be_visible(timeout=PATIENCE_MS)
