"""Every page at three widths in both themes, and the page of the parts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.conftest import FURNISHING
from tests.browser.places import PLACES, Place
from tests.browser.test_walk import VIEWS, arrived
from tests.browser.visiting import NOBODY, Visitors
from tests.browser.walking import findings
from tests.gateway.running import a_web_house

pytestmark = pytest.mark.soak
PARTS = Place("parts", "/styleguide/", NOBODY)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def everybody(browser: Browser) -> Iterator[Visitors]:
    with a_web_house(FURNISHING, GATEHOUSE_DEBUG="1") as house:
        house.ask("home/gpt-oss-20b")
        house.facts["call"] = house.newest()["id"]
        people = Visitors(browser, house)
        yield people
        people.leave()


@pytest.mark.parametrize("place", [*PLACES, PARTS], ids=str)
def test_a_page_is_sound_at_every_width_in_both_themes(everybody: Visitors, place: Place) -> None:
    everybody.watch.found.clear()
    found = {
        f"{width} {theme}": findings(arrived(everybody, place, width, theme))
        for width, theme in VIEWS
    }
    assert {view: what for view, what in found.items() if what} == {}
    assert everybody.watch.found == []
