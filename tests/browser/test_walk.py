"""Every page once, at one width in one theme; `make soak` looks at all six, and at the page of the
parts."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.places import PLACES, Place
from tests.browser.visiting import NOBODY, PHONE, Visitors, a_furnished_house
from tests.browser.walking import VIEWS, arrived, findings, overhang

PARTS = Place("parts", "/styleguide/", NOBODY)


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_sound(visitors: Visitors, place: Place) -> None:
    width, theme = VIEWS[PLACES.index(place) % len(VIEWS)]
    page = arrived(visitors, place, width, theme)
    assert findings(page) == []
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert overhang(page) == []


@pytest.mark.soak
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_sound_at_every_width_in_both_themes(visitors: Visitors, place: Place) -> None:
    assert_sound(visitors, place)


@pytest.mark.soak
def test_the_parts_are_sound_at_every_width_in_both_themes(workers: Visitors) -> None:
    assert_sound(workers, PARTS)
    assert workers.watch.found == []


@pytest.fixture(scope="module")
def workers(browser: Browser) -> Iterator[Visitors]:
    """In a house that is being debugged; its pages for errors are Django's own."""
    with a_furnished_house(GATEHOUSE_DEBUG="1") as house:
        people = Visitors(browser, house)
        yield people
        people.leave()


def assert_sound(people: Visitors, place: Place) -> None:
    found = {
        f"{width} {theme}": findings(arrived(people, place, width, theme)) for width, theme in VIEWS
    }
    assert {view: what for view, what in found.items() if what} == {}
