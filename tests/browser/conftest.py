"""The furnished house, a browser for each file of tests, and people who sit at it."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.visiting import Visitors
from tests.gateway.running import WebHouse, a_web_house

FURNISHING = "tests.browser.furnishing"


@pytest.fixture(scope="session")
def furnished_house() -> Iterator[WebHouse]:
    with a_web_house(FURNISHING) as house:
        yield house


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture
def visitors(furnished_house: WebHouse, browser: Browser) -> Iterator[Visitors]:
    """Everybody leaves at the end, and nothing may have happened that must not."""
    everybody = Visitors(browser, furnished_house)
    yield everybody
    everybody.leave()
    assert everybody.watch.found == []
