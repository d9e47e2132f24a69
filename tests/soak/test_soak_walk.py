"""Every page at three widths in both themes, and the page of the parts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.places import PLACES, Place
from tests.browser.test_walk import VIEWS, arrived
from tests.browser.visiting import NOBODY, Visitors, a_furnished_house
from tests.browser.walking import findings

pytestmark = pytest.mark.soak
PARTS = Place("parts", "/styleguide/", NOBODY)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def everybody(browser: Browser) -> Iterator[Visitors]:
    with a_furnished_house() as house:
        people = Visitors(browser, house)
        yield people
        people.leave()


@pytest.fixture(scope="module")
def workers(browser: Browser) -> Iterator[Visitors]:
    """In a house that is being debugged; its pages for errors are Django's own."""
    with a_furnished_house(GATEHOUSE_DEBUG="1") as house:
        people = Visitors(browser, house)
        yield people
        people.leave()


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_sound_at_every_width_in_both_themes(everybody: Visitors, place: Place) -> None:
    assert_sound(everybody, place)


def test_the_parts_are_sound_at_every_width_in_both_themes(workers: Visitors) -> None:
    assert_sound(workers, PARTS)


def assert_sound(people: Visitors, place: Place) -> None:
    people.watch.found.clear()
    found = {
        f"{width} {theme}": findings(arrived(people, place, width, theme)) for width, theme in VIEWS
    }
    assert {view: what for view, what in found.items() if what} == {}
    assert people.watch.found == []
