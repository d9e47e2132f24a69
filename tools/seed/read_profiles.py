"""Reads langchain-openrouter's profiles: slugs, dates and modalities as OpenRouter lists them."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

from .inputs import Source
from .rows import Row, parse_day, whole

KINDS = {"text": "text", "image": "image", "audio": "audio", "video": "video", "pdf": "file"}
ABILITIES = {
    "tool_calling": "tools",
    "reasoning_output": "reasoning",
    "structured_output": "structured_outputs",
    "temperature": "temperature",
}


def read_rows(source: Source, *, provider: str) -> Iterator[Row]:
    for slug, profile in sorted(_profiles(source).items()):
        yield Row(
            provider=provider,
            upstream_id=slug,
            source=source.name,
            name=profile.get("name"),
            context_length=whole(profile.get("max_input_tokens")),
            max_completion_tokens=whole(profile.get("max_output_tokens")),
            inputs=_modalities(profile, direction="inputs"),
            outputs=_modalities(profile, direction="outputs"),
            abilities={o: profile[t] for t, o in ABILITIES.items() if t in profile},
            released_on=parse_day(profile.get("release_date")),
            open_weights=profile.get("open_weights"),
        )


def _profiles(source: Source) -> dict[str, dict[str, Any]]:
    tree = ast.parse(source.read("langchain_openrouter/data/_profiles.py"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            profiles: dict[str, dict[str, Any]] = ast.literal_eval(node.value)
            return profiles
    raise ValueError(f"{source.label} holds no profiles where they were.")


def _modalities(profile: Mapping[str, Any], *, direction: str) -> frozenset[str]:
    return frozenset(ours for kind, ours in KINDS.items() if profile.get(f"{kind}_{direction}"))
