"""Pictures of every page, for people to look at: three widths, both themes, in var/screens. Only
`make screens` takes them."""

import pytest

from tests.browser.places import PLACES, Place
from tests.browser.test_walk import VIEWS, arrived
from tests.browser.visiting import Visitors
from tests.gateway.founding import FIRST
from tests.house.running import CHECKOUT

ALBUM = CHECKOUT / "var" / "screens"
pytestmark = pytest.mark.screens


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_pictures(visitors: Visitors, place: Place) -> None:
    rename = "UPDATE connections_connection SET name = 'Study PC' WHERE name = %s"
    visitors.house.rows(rename, FIRST)
    for width, theme in VIEWS:
        page = arrived(visitors, place, width, theme)
        page.screenshot(path=ALBUM / f"{place.name}-{width}-{theme}.png", full_page=True)
