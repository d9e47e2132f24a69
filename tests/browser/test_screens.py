"""Pictures of every page, for people to look at: three widths, both themes, in var/screens. Only
`make screens` takes them."""

import pytest

from tests.browser.places import PLACES, Place
from tests.browser.visiting import Visitors
from tests.browser.walking import VIEWS, arrived
from tests.gateway.founding import FIRST
from tests.house.running import CHECKOUT

ALBUM = CHECKOUT / "var" / "screens"
# In a window as tall as the page, what stands at its foot covers nothing.
LOWEST, TALLEST = 900, 3600
pytestmark = pytest.mark.screens


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_pictures(visitors: Visitors, place: Place) -> None:
    rename = "UPDATE connections_connection SET name = 'Study PC' WHERE name = %s"
    visitors.house.rows(rename, FIRST)
    for width, theme in VIEWS:
        page = arrived(visitors, place, width, theme)
        height = min(page.evaluate("document.documentElement.scrollHeight"), TALLEST)
        page.set_viewport_size({"width": width, "height": max(height, LOWEST)})
        page.screenshot(path=ALBUM / f"{place.name}-{width}-{theme}.png")
