"""The furnished house, a browser for each file of tests, and people who sit at it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.furnishing import HOME_MODEL
from tests.browser.visiting import Visitors
from tests.gateway.running import WebHouse, a_web_house

FURNISHING = "tests.browser.furnishing"


@pytest.fixture(scope="session")
def furnished_house() -> Iterator[WebHouse]:
    with a_web_house(FURNISHING) as house:
        house.ask(HOME_MODEL, temperature=0.7)
        house.facts["call"] = house.newest()["id"]
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def everybody(furnished_house: WebHouse, browser: Browser) -> Iterator[Visitors]:
    people = Visitors(browser, furnished_house)
    yield people
    people.leave()


@pytest.fixture
def visitors(everybody: Visitors) -> Iterator[Visitors]:
    """Nothing may have happened that must not."""
    everybody.watch.found.clear()
    yield everybody
    assert everybody.watch.found == []
