"""Every page once, at one width in one theme; `make soak` looks at all six."""

import itertools

import pytest
from playwright.sync_api import Page

from tests.browser.places import PLACES, Place
from tests.browser.visiting import PHONE, THEMES, WIDTHS, Visitors
from tests.browser.walking import findings, overhang

VIEWS = tuple(itertools.product(WIDTHS, THEMES))


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_a_page_is_sound(visitors: Visitors, place: Place) -> None:
    width, theme = VIEWS[PLACES.index(place) % len(VIEWS)]
    page = arrived(visitors, place, width, theme)
    assert findings(page) == []
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert overhang(page) == []


def arrived(visitors: Visitors, place: Place, width: int, theme: str) -> Page:
    page = visitors.sitting(place.who)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")
    with visitors.watch.excusing(f"status of {place.status}"):
        answer = page.goto(place.address(visitors.facts))
    assert answer is not None
    assert answer.status == place.status
    if place.opened:
        page.locator(place.opened).first.click()
    return page
