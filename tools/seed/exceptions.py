"""Endpoints whose data policy differs from their provider's."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from .inputs import HERE


def policy_of(slug: str, provider: str) -> dict[str, Any]:
    """What differs; empty for nearly all."""
    found: dict[str, Any] = {}
    for one in _exceptions():
        if fnmatchcase(slug, one["models"]) and fnmatchcase(provider, one["providers"]):
            found |= one["data_policy"]
    return found


@cache
def _exceptions() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads((HERE / "exceptions.toml").read_text())["exception"])
