"""The running house of the trips, and a person of it who sits at the chat page."""

from collections.abc import Iterator

import pytest

from tests.chat.sitting import Sitter, sitting
from tests.gateway.behaviours import AsAsked
from tests.gateway.flavours import openai
from tests.gateway.running import WebHouse, a_web_house, until


@pytest.fixture(scope="session")
def chat_house() -> Iterator[WebHouse]:
    with a_web_house() as house:
        yield house


@pytest.fixture
def house(chat_house: WebHouse) -> Iterator[WebHouse]:
    chat_house.first.forget()
    chat_house.first.behaviour, chat_house.first.flavour = AsAsked(), openai
    yield chat_house
    until(lambda: not chat_house.open_calls(), 20, "a call was left open")


@pytest.fixture
def owner(house: WebHouse) -> Iterator[Sitter]:
    with sitting(house) as person:
        yield person
