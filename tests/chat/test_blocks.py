"""Where a growing Markdown text may be cut, and that cutting loses nothing, however it arrives."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.chat.blocks import Blocks

TABLE = [
    ("one line", []),
    ("one\n\ntwo\n", ["one\n"]),
    ("one\ntwo\n\nthree\n", ["one\ntwo\n"]),
    ("- a\n\n- b\n\nafter\n", ["- a\n\n- b\n"]),
    ("- a\n\n  more of a\n\nafter\n", ["- a\n\n  more of a\n"]),
    ("1. a\n\n2. b\n", []),
    ("```\na\n\nb\n```\n", ["```\na\n\nb\n```"]),
    ("````\n```\n````\n", ["````\n```\n````"]),
    ("text\n```\ncode\n```\n", ["text\n```\ncode\n```"]),
    ("~~~\n```\n\nx\n", []),
    ("| a |\n| - |\n| b |\n\nafter\n", ["| a |\n| - |\n| b |\n"]),
    ("\n\n\none\r\n\r\ntwo\r\n", ["one\n"]),
]


@pytest.mark.parametrize(("text", "closed"), TABLE)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_where_blocks_close(text: str, closed: list[str], size: int) -> None:
    blocks = Blocks()
    found: list[str] = []
    for at in range(0, len(text), size):
        found += blocks.feed(text[at : at + size])
    assert found == closed


@given(st.lists(st.text(alphabet="a-`~1. |\n\t>#*", max_size=12), max_size=30))
def test_nothing_is_lost_or_said_twice(pieces: list[str]) -> None:
    blocks = Blocks()
    closed = [block for piece in pieces for block in blocks.feed(piece)]
    whole = "\n".join([*closed, blocks.rest])
    assert whole.split() == "".join(pieces).split()
