"""What a call needs of whoever answers it, read from its body, and who lacks it."""

from typing import Any

import pytest

from apps.routing.needs import ANSWER_TOKENS, MEDIUM_TOKENS, needs_of, unmet
from apps.routing.policy import EXCLUDED_BY, WORDS
from apps.routing.types import Candidate
from tests.routing.making import a_call, a_candidate

PICTURE = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 90_000}}
TOOL = {"type": "function", "function": {"name": "clock"}}


def said(*parts: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": [{"type": "text", "text": "x" * 300}, *parts], **more}]


@pytest.mark.parametrize(
    ("fields", "abilities", "media"),
    [
        ({}, set(), set()),
        ({"tools": [TOOL]}, {"tools"}, set()),
        ({"tools": []}, set(), set()),
        ({"functions": [{"name": "clock"}]}, {"tools"}, set()),
        ({"response_format": {"type": "json_object"}}, {"structured_outputs"}, set()),
        ({"response_format": {"type": 7}}, {"structured_outputs"}, set()),
        ({"response_format": {}}, set(), set()),
        ({"reasoning": {"exclude": True}}, set(), set()),
        ({"reasoning": {"enabled": True}}, {"reasoning"}, set()),
        ({"reasoning": {"max_tokens": 100}}, {"reasoning"}, set()),
        ({"reasoning": {"effort": "none"}}, set(), set()),
        ({"reasoning_effort": "high"}, {"reasoning"}, set()),
        ({"messages": said(PICTURE)}, set(), {"image"}),
        ({"messages": said({**PICTURE, "text": "a picture all the same"})}, set(), {"image"}),
        ({"messages": said({"type": "thinking", "thinking": "x"})}, set(), set()),
        ({"messages": said({"type": "hologram"})}, set(), {"file"}),
        ({"messages": said(audio={"id": "x"})}, set(), {"audio"}),
        ({"messages": said(images=[{}])}, set(), {"image"}),
    ],
)
def test_what_is_read_from_a_call(
    fields: dict[str, Any], abilities: set[str], media: set[str]
) -> None:
    needs = needs_of(a_call(**fields))
    assert (needs.abilities, needs.media) == (abilities, media)


def test_the_letters_of_a_picture_are_no_words() -> None:
    needs = needs_of(a_call(messages=said(PICTURE)))
    assert needs.tokens == 100 + MEDIUM_TOKENS + ANSWER_TOKENS
    assert needs_of(a_call(messages=said(PICTURE), max_tokens=7)).tokens == 107 + MEDIUM_TOKENS


@pytest.mark.parametrize(
    ("fields", "candidate", "rule"),
    [
        ({"tools": [TOOL]}, a_candidate(), ""),
        ({"tools": [TOOL]}, a_candidate(abilities=frozenset()), "no_tools"),
        ({"messages": said(PICTURE)}, a_candidate(), "no_pictures"),
        ({"messages": said(PICTURE)}, a_candidate(reads=frozenset({"image"})), ""),
        ({"max_tokens": 40_000}, a_candidate(), "context_length"),
        ({"max_tokens": 40_000}, a_candidate(context_length=64_000), ""),
        ({"max_tokens": 9_000}, a_candidate(context_length=None), "context_length"),
    ],
)
def test_who_lacks_something(fields: dict[str, Any], candidate: Candidate, rule: str) -> None:
    found = unmet(candidate, needs_of(a_call(**fields)))
    assert found == rule
    assert not found or found in WORDS
    assert not found.startswith("no_") or EXCLUDED_BY[found] == "require_parameters"
