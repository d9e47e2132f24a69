"""Wherever a text is cut, its pieces are read back as the whole is."""

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from apps.routing.redaction.lanes import History, Lane, Tally
from apps.routing.redaction.private import Private
from tests.redaction.answers import E_ANNA, E_BERT, PRIVATE, STRANGER, changed

# What a text is made of that could be taken for the beginning, the middle or the end of one.
BITS = st.sampled_from(
    [E_ANNA, E_BERT.lower(), E_ANNA.replace("_", "\\_"), changed(E_ANNA, 12, "0"), STRANGER]
    + [E_ANNA[:at] for at in range(1, len(E_ANNA))]
    + [E_ANNA[at:] for at in range(1, len(E_ANNA))]
    + ["P", "PI", "PII", "PII_", "_", "\\", "\\_", " ", "\n", "://", "](", ")", "<", ">", '"']
    + ['src="', "url(", "EMAIL", "x", "é", "😀", "ı"]
)
TEXTS = st.lists(BITS, max_size=12).map("".join)
SIZES = st.lists(st.integers(1, 30), max_size=60)


def cut(text: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


def through_a_lane(pieces: list[str], private: Private, *, is_json: bool) -> tuple[str, Tally, int]:
    tally, most = Tally(), 0
    lane = Lane(private, tally, History(), is_json=is_json)
    out = []
    for piece in pieces:
        out.append(lane.push(piece))
        most = max(most, lane.held)
    return "".join([*out, lane.flush()]), tally, most


@settings(deadline=None)
@given(TEXTS, SIZES)
@example(f'EMAIL_D9SFKNPAGsrc="{E_ANNA}{E_ANNA}{E_ANNA}', [17, 30])  # a mark after a letter is none
def test_a_text_cut_anywhere_reads_as_the_whole(text: str, sizes: list[int]) -> None:
    whole = list(PRIVATE.parts(text))
    out, tally, most = through_a_lane(cut(text, sizes), PRIVATE, is_json=False)
    assert out == "".join(part.text for part in whole)
    assert tally.restored == sum(part.placeholder != "" for part in whole)
    assert most <= 24
    assert through_a_lane([text], PRIVATE, is_json=False)[:2] == (out, tally)


@settings(deadline=None)
@given(TEXTS, SIZES, st.booleans())
def test_arguments_cut_anywhere_read_as_the_whole(
    text: str, sizes: list[int], is_ascii: bool
) -> None:
    written = json.dumps({"first": text, text: "https://x"}, ensure_ascii=is_ascii)
    out, tally, most = through_a_lane(cut(written, sizes), PRIVATE, is_json=True)
    assert through_a_lane([written], PRIVATE, is_json=True)[:2] == (out, tally)
    restored = PRIVATE.text(text)
    assert json.loads(out) == {"first": restored, restored: "https://x"}
    assert most <= 24
