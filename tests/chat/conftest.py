"""A person of the running house, who sits at the chat page."""

from collections.abc import Iterator

import httpx
import pytest

from tests.chat.sitting import Sitter, a_browser_at, sign_in
from tests.gateway.running import WebHouse


@pytest.fixture(scope="session")
def signed_in(standing_house: WebHouse) -> httpx.Cookies:
    """Once for all tests: who signs in thirty times in five minutes is told to wait."""
    with a_browser_at(standing_house) as web:
        sign_in(web)
        return web.cookies


@pytest.fixture
def owner(house: WebHouse, signed_in: httpx.Cookies) -> Iterator[Sitter]:
    with a_browser_at(house) as web:
        web.cookies.update(signed_in)
        yield Sitter(house, web)
