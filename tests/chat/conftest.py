"""A person of the running house, who sits at the chat page."""

from collections.abc import Iterator

import pytest

from tests.chat.sitting import Sitter, sitting
from tests.gateway.running import WebHouse


@pytest.fixture
def owner(house: WebHouse) -> Iterator[Sitter]:
    with sitting(house) as person:
        yield person
