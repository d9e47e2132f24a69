"""How full a chat is: nothing where nobody can say, and a word in time."""

import pytest

from apps.chat.models import Message
from apps.chat.threads import Fill, Turn
from apps.usage.models import Generation


@pytest.mark.parametrize(
    ("tokens", "percent", "is_nearly_full"),
    [(0, 0, False), (799, 79, False), (800, 80, True), (1000, 100, True), (3000, 100, True)],
)
def test_a_chat_is_nearly_full_in_time(tokens: int, percent: int, is_nearly_full: bool) -> None:
    fill = Fill(tokens, 1000)
    assert (fill.percent, fill.is_nearly_full) == (percent, is_nearly_full)


@pytest.mark.parametrize(
    ("call", "context", "fill"),
    [
        (Generation(prompt_tokens=600, completion_tokens=500), 8000, Fill(1100, 8000)),
        (Generation(prompt_tokens=600, completion_tokens=500), 0, None),
        (Generation(prompt_tokens=0, completion_tokens=0), 8000, None),
        (None, 8000, None),
    ],
)
def test_an_answer_says_how_full_the_chat_is_where_both_are_known(
    call: Generation | None, context: int, fill: Fill | None
) -> None:
    assert Turn(Message(), call=call, context=context).fill == fill
