"""A provider on loopback that lists two models."""

from collections.abc import Iterator

import pytest

from tests.core.listener import Listener, listening, models

MODELS = models("llama3.2:3b", "qwen3")


@pytest.fixture
def upstream() -> Iterator[Listener]:
    with listening(lambda path: (200, {"Content-Type": "application/json"}, MODELS)) as server:
        yield server
