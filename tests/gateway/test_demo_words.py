"""What the demonstration model answers to."""

import pytest

from apps.chat.welcome.done import QUESTION
from apps.gateway.demo import HELLO, OTHERWISE, reply_to


@pytest.mark.parametrize(
    "asked", ["Hello", "hi there", "Who are you?", "Is this a demo?", QUESTION]
)
def test_a_first_question_is_met_with_an_introduction(asked: str) -> None:
    assert reply_to(asked) == HELLO


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ("How do I connect Ollama?", "Connections"),
        ("What is an API key?", "base URL"),
        ("What does it cost?", "budget"),
        ("Is this private?", "never written to disk"),
    ],
)
def test_questions_about_the_house_are_answered(asked: str, word: str) -> None:
    assert word in reply_to(asked)


def test_anything_else_is_said_to_be_out_of_reach() -> None:
    assert reply_to("Why is the sky blue?") == OTHERWISE
