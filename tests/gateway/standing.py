"""The running house of the trips, by API and by chat: started by the first test that wants it and
clean for each."""

from collections.abc import Iterator

import httpx
import pytest

from tests.chat.sitting import a_browser_at, sign_in
from tests.gateway.behaviours import AsAsked
from tests.gateway.flavours import openai
from tests.gateway.running import WebHouse, a_web_house
from tests.waiting import until


@pytest.fixture(scope="session")
def standing_house() -> Iterator[WebHouse]:
    with a_web_house() as house:
        yield house


@pytest.fixture(scope="session")
def signed_in(standing_house: WebHouse) -> httpx.Cookies:
    """The owner, once for all tests: who signs in thirty times in five minutes is told to wait."""
    with a_browser_at(standing_house) as web:
        sign_in(web)
        return web.cookies


@pytest.fixture
def house(standing_house: WebHouse) -> Iterator[WebHouse]:
    """Every trip ends with nothing open, and with sums that agree."""
    for upstream in (standing_house.first, standing_house.second):
        upstream.forget()
        upstream.behaviour, upstream.flavour = AsAsked(), openai
    left_before = set(standing_house.open_calls())  # an earlier failure is told once
    yield standing_house
    until(lambda: left_before.issuperset(standing_house.open_calls()), 20, "a call was left open")
    receipts, quarters = standing_house.sums()
    assert receipts == quarters
