"""The one sentence to the model: there when a placeholder is, always the same, in one place."""

from typing import Any

import pytest

from apps.routing.redaction.hint import HINT
from apps.routing.redaction.rules import Action
from tests.redaction.fakes import ANNA, a_document, emails, scrubbed, word

E_ANNA = word("EMAIL", ANNA)
SAID = {"role": "user", "content": ANNA}
SENT = {"role": "user", "content": E_ANNA}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([SAID], [{"role": "system", "content": HINT}, SENT]),
        (
            [{"role": "system", "content": "Be kind."}, SAID],
            [{"role": "system", "content": f"Be kind.\n\n{HINT}"}, SENT],
        ),
        (
            [SAID, {"role": "developer", "content": f"Ask {ANNA}."}],
            [SENT, {"role": "developer", "content": f"Ask {E_ANNA}.\n\n{HINT}"}],
        ),
        (
            [
                {
                    "role": "system",
                    "content": [
                        {"type": "text", "text": "One."},
                        {"type": "text", "text": "Two.", "cache_control": {"type": "ephemeral"}},
                    ],
                },
                SAID,
            ],
            [
                {
                    "role": "system",
                    "content": [
                        {"type": "text", "text": "One."},
                        {
                            "type": "text",
                            "text": f"Two.\n\n{HINT}",
                            "cache_control": {"type": "ephemeral"},
                        },
                    ],
                },
                SENT,
            ],
        ),
        (
            [{"role": "system", "content": []}, SAID],
            [{"role": "system", "content": HINT}, {"role": "system", "content": []}, SENT],
        ),
        (
            [{"role": "system", "content": ""}, SAID],
            [{"role": "system", "content": HINT}, SENT],
        ),
    ],
)
def test_it_stands_behind_the_first_lead_or_before_all(
    before: list[dict[str, Any]], after: list[dict[str, Any]]
) -> None:
    result = scrubbed(a_document(*before), emails())
    assert result.document.value["messages"] == after


@pytest.mark.parametrize("action", [Action.FLAG, Action.REDACT])
def test_without_a_placeholder_it_is_not_there(action: Action) -> None:
    result = scrubbed(a_document(ANNA, E_ANNA), emails(action))
    assert HINT.encode() not in result.document.text


def test_it_is_there_for_a_placeholder_of_an_earlier_turn() -> None:
    result = scrubbed(a_document(E_ANNA), emails(), known={E_ANNA: ANNA})
    assert result.document.value["messages"][0] == {"role": "system", "content": HINT}


def test_it_is_about_forty_tokens() -> None:
    assert 25 <= len(HINT.split()) <= 40


def test_it_holds_no_placeholder_of_anyone() -> None:
    result = scrubbed(a_document(ANNA), emails())
    assert result.private.text(HINT) == HINT
