"""The long figures run only when asked for (`make soak`), never among the others."""

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "soak: long figures, run by make soak")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "soak" in (config.option.markexpr or ""):
        return
    long_ones = [item for item in items if item.get_closest_marker("soak")]
    items[:] = [item for item in items if item not in long_ones]
    config.hook.pytest_deselected(items=long_ones)
