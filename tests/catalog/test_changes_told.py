"""A change of the catalogue in words: only what differs, and what was beside what is."""

from typing import Any

import pytest

from apps.catalog.changes_told import TIERS, Step, provider_of, said_by, steps
from apps.catalog.models import CatalogChange

OLD = {"prompt": "3", "completion": "15", "input_cache_read": "0.3"}


def told(what: str, before: Any = None, after: Any = None, field: str = "") -> list[Step]:
    return steps(CatalogChange(what=what, before=before, after=after, field=field))


@pytest.mark.parametrize(
    ("after", "lines"),
    [
        ({**OLD, "prompt": "2.5"}, [Step("Prompt", "$3.00", "$2.50")]),
        (
            {"prompt": "3", "completion": "12"},
            [
                Step("Completion", "$15.00", "$12.00"),
                Step("From the cache", "$0.30", "none of its own"),
            ],
        ),
        ({**OLD, "web_search": "0.01"}, [Step("Each web search", "none of its own", "$0.01")]),
        ({**OLD, "overrides": [{"min_prompt_tokens": 9, "prompt": "6"}]}, [Step(TIERS, "", "")]),
        (
            {"prompt": "broken"},
            [
                Step(*row)
                for row in (
                    ("Prompt", "$3.00", "none of its own"),
                    ("Completion", "$15.00", "none of its own"),
                    ("From the cache", "$0.30", "none of its own"),
                )
            ],
        ),
    ],
)
def test_of_a_price_only_what_changed(after: Any, lines: list[Step]) -> None:
    assert told("repriced", OLD, after) == lines


@pytest.mark.parametrize(
    ("field", "before", "after", "line"),
    [
        ("context_length", 8000, 200_000, Step("Context", "8k", "200k")),
        ("max_completion_tokens", None, 64_000, Step("Longest answer", "not known", "64k")),
        (
            "abilities",
            ["tools"],
            ["reasoning"],
            Step("Abilities", "", "now also thinks first; no longer tools"),
        ),
        ("expires_on", None, "2027-01-31", Step("Ends", "not known", "2027-01-31")),
        ("open_weights", None, True, Step("Weights", "not known", "open")),
        ("name", "Old", "New", Step("Name", "Old", "New")),
    ],
)
def test_of_other_facts_what_was_and_what_is(
    field: str, before: Any, after: Any, line: Step
) -> None:
    assert told("edited", before, after, field) == [line]


def test_a_new_endpoint_tells_its_price_and_a_gone_one_nothing() -> None:
    assert told("new", None, {"prompt": "1", "completion": "2"}) == [
        Step("Prompt", "", "$1.00"),
        Step("Completion", "", "$2.00"),
    ]
    assert told("gone", OLD) == told("new") == told("gone", "nonsense") == []


def test_who_says_so_and_where() -> None:
    assert said_by("openrouter") == "says OpenRouter"
    assert said_by("by hand") == "changed by hand"
    assert said_by("catalogue 2026-11-22") == "came with this version, as of 2026-11-22"
    assert provider_of("acme/one@amazon-bedrock/eu") == "amazon-bedrock"
