"""What is true of a model wherever it runs, from its endpoints' rows: its maker's word first."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from .families import MAKERS
from .merge import Endpoint
from .rows import Row

WORDS = {
    word.lower(): word
    for word in (
        "GPT", "GLM", "AI", "VL", "MT", "OSS", "LFM", "LFM2", "QwQ", "QvQ", "DeepSeek", "MiniMax",
        "MiMo", "OCR", "TEE", "R1", "RP", "BF16", "ERNIE", "KAT", "UI", "TARS", "OLMo", "FP8",
        "NVFP4", "o1", "o3", "o4", "XL", "SQL", "EuroLLM", "PaddleOCR", "LightOnOCR", "R7B",
    )
}  # fmt: skip
FIELDS = ("released_on", "knowledge_cutoff", "open_weights")


def build_model(slug: str, endpoints: list[Endpoint], *, profile: Row | None) -> dict[str, Any]:
    author = slug.split("/")[0]
    rows = [row for one in sorted(endpoints, key=lambda e: _rank(e, author)) for row in one.rows]
    rows += [profile] if profile else []
    facts = {field: _first(rows, field) for field in FIELDS}
    if facts["knowledge_cutoff"] and not re.fullmatch(r"[\d-]+", facts["knowledge_cutoff"]):
        facts["knowledge_cutoff"] = None
    return {
        "slug": slug,
        "author": author,
        "name": _name(slug, rows=rows),
        "released_on": facts["released_on"] and facts["released_on"].isoformat(),
        "knowledge_cutoff": facts["knowledge_cutoff"],
        "open_weights": facts["open_weights"],
        "context_length": max(one.context_length for one in endpoints),
        "input_modalities": order(frozenset().union(*(one.inputs for one in endpoints))),
        "output_modalities": order(frozenset().union(*(one.outputs for one in endpoints))),
        "abilities": sorted(
            {a for one in endpoints for a, there in one.abilities.items() if there}
        ),
    }


def share_temperature(endpoints: Iterable[Endpoint]) -> None:
    """Whether a model takes a temperature is a fact of the model, so its endpoints share it."""
    said: dict[str, set[bool]] = {}
    several = list(endpoints)
    for endpoint in several:
        if (value := endpoint.abilities.get("temperature")) is not None:
            said.setdefault(endpoint.slug, set()).add(value)
    for endpoint in several:
        if said.get(endpoint.slug) == {True}:
            endpoint.abilities.setdefault("temperature", True)


def order(modalities: frozenset[str]) -> list[str]:
    return sorted(modalities, key=lambda one: (one != "text", one))


def title(name: str) -> str:
    """`glm-5.3-flash` -> GLM 5.3 Flash, where no source has a name."""
    words = [word for word in re.split(r"[-_ ]+", name) if word]
    return " ".join(
        WORDS.get(word, word.upper() if _is_size(word) else word.capitalize()) for word in words
    )


def _is_size(word: str) -> bool:
    return re.fullmatch(r"a?\d+(\.\d+)?[bmtk]|v\d[\d.]*", word) is not None


def _rank(endpoint: Endpoint, author: str) -> tuple[bool, bool, str]:
    own = MAKERS.get(endpoint.provider) == author
    return not own, endpoint.provider != "openrouter", endpoint.key


def _first(rows: list[Row], field: str) -> Any:
    return next((value for row in rows if (value := getattr(row, field)) is not None), None)


def _name(slug: str, *, rows: list[Row]) -> str:
    name = _first(rows, "name")
    if not name or "/" in name:
        return title(slug.split("/")[1])
    name = re.sub(r"\s*\((latest|free|US|EU|AU|JP|Global|Regional)\)", "", name)
    return name.split(": ", 1)[-1].strip()
