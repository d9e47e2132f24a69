"""Every hostile answer in a browser, as it streams and as it is stored: nothing runs, nothing is
fetched from elsewhere, and the page stays whole."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.chromium import a_browser
from tests.browser.conftest import FURNISHING
from tests.browser.talking import begin_chat, say
from tests.browser.vandalising import SUSPECTS
from tests.browser.visiting import Visitors
from tests.chat.hostile import ANSWERS
from tests.gateway.behaviours import Stream
from tests.gateway.running import a_web_house

pytestmark = pytest.mark.soak
AT_ONCE = 20
# A provider that sends half a letter has sent no answer; the gateway says so itself.
SENDABLE = [text for text in ANSWERS if text.encode("utf-8", "ignore").decode() == text]


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


@pytest.mark.parametrize("first", range(0, len(SENDABLE), AT_ONCE))
def test_a_browser_shows_it_and_stays_at_home(people: Visitors, first: int) -> None:
    people.watch.found.clear()
    page = begin_chat(people)
    for text in SENDABLE[first : first + AT_ONCE]:
        middle = len(text) // 2
        people.house.first.then(Stream(words=(text[:middle], text[middle:], "\n\nEnd.")))
        expect(say(page, "Go on").locator("footer")).to_contain_text("tokens")
    assert page.evaluate(SUSPECTS) == []
    page.reload()
    assert page.evaluate(SUSPECTS) == []
    expect(page.locator("#send")).to_be_visible()
    assert people.watch.found == []
