"""Goes to a page, looks at it as it stands and lists what is wrong with it."""

import itertools
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.places import Place
from tests.browser.visiting import THEMES, WIDTHS, Visitors

VIEWS = tuple(itertools.product(WIDTHS, THEMES))
GRAVE = {"serious", "critical"}
OVERHANG = """
() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return [];
  return [...document.body.querySelectorAll("*")]
    .filter((one) => one.getBoundingClientRect().right > room + 1)
    .slice(0, 5)
    .map((one) => `${one.tagName.toLowerCase()}.${one.className}`);
}
"""
QUICK = {"resultTypes": ["violations"], "preload": False, "elementRef": False}
SCROLLS = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"


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


def findings(page: Page, impacts: set[str] = GRAVE) -> list[str]:
    """Of axe, each with the first places; and of a page wider than its window."""
    return overhang(page) + [said(one) for one in _violations(page) if one["impact"] in impacts]


def overhang(page: Page) -> list[str]:
    if not page.evaluate(SCROLLS):
        return []
    return [f"scrolls sideways because of {page.evaluate(OVERHANG)}"]


def said(violation: dict[str, Any]) -> str:
    nodes = [
        f"{' '.join(map(str, node['target']))} ({_why(node)})" for node in violation["nodes"][:3]
    ]
    return f"{violation['id']} ({violation['impact']}) at {'; '.join(nodes)}"


def _violations(page: Page) -> list[dict[str, Any]]:
    return list(Axe().run(page, options=QUICK).response["violations"])


def _why(node: dict[str, Any]) -> str:
    causes = [*node["any"], *node["all"], *node["none"]]
    return str(causes[0]["message"])[:160] if causes else ""
