"""A person of the running house, who sits at the chat page."""

from collections.abc import Iterator

import httpx
import pytest

from tests.chat.sitting import Sitter, a_browser_at
from tests.gateway.running import WebHouse


@pytest.fixture
def owner(house: WebHouse, signed_in: httpx.Cookies) -> Iterator[Sitter]:
    with a_browser_at(house) as web:
        web.cookies.update(signed_in)
        yield Sitter(house, web)
