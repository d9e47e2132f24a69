"""The furnished house, a browser for each file of tests, and people who sit at it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.visiting import Visitors, a_furnished_house
from tests.gateway.running import WebHouse


@pytest.fixture(scope="session")
def furnished_house() -> Iterator[WebHouse]:
    with a_furnished_house() as house:
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
