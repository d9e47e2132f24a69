"""The line below a message: one line at every width, and what gives way is the least of it."""

import pytest

from tests.browser.visiting import DESK, PHONE, TABLET, Visitors

SEEN = """(line) => {
  const end = line.getBoundingClientRect().bottom;
  return [...line.children].filter((part) => part.getBoundingClientRect().bottom <= end + 1)
    .map((part) => part.textContent);
}"""


@pytest.mark.parametrize(("width", "most"), [(PHONE, 2), (TABLET, 2), (DESK, 3)])
def test_price_and_promise_stay_in_one_line(visitors: Visitors, width: int, most: int) -> None:
    page = visitors.sitting("owner")
    page.set_viewport_size({"width": width, "height": 800})
    page.goto("/chat/?model=openai/gpt-5-mini")
    line = page.locator("#price")
    box = line.bounding_box()
    assert box is not None
    assert box["height"] < 24
    parts = [part.inner_text() for part in line.locator("> span").all()]
    assert len(parts) == 3
    assert line.evaluate(SEEN) == parts[:most]
