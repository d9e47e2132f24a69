"""However a stream is cut into chunks, the same events come out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.wire.sse import LONGEST_EVENT, EventSplitter, EventTooLong

EVENTS = [
    b'data: {"a":1}',
    b": comment",
    b"event: x\ndata: {}",
    'data: "é€🙂"'.encode(),
    b"data: [DONE]",
]


@given(
    events=st.lists(st.sampled_from(EVENTS), max_size=6),
    end=st.sampled_from([b"\n", b"\r\n", b"\r"]),
    has_mark=st.booleans(),
    cuts=st.lists(st.integers(0, 200), max_size=20),
)
def test_any_cut_and_any_line_ending_give_the_same_events(
    events: list[bytes], end: bytes, has_mark: bool, cuts: list[int]
) -> None:
    plain = b"".join(event + b"\n\n" for event in events)
    text = (b"\xef\xbb\xbf" if has_mark else b"") + plain.replace(b"\n", end)
    splitter = EventSplitter()
    places = [0, *sorted(cut for cut in cuts if 0 < cut < len(text)), len(text)]
    chunks = [text[a:b] for a, b in zip(places, places[1:], strict=False) if a < b]
    got = b"".join(splitter.feed(chunk) for chunk in chunks)
    # A carriage return at the very end might be half of a pair, so it waits.
    assert (got + splitter.rest().replace(b"\r", b"\n")) == plain


def test_one_byte_at_a_time() -> None:
    splitter = EventSplitter()
    text = b"\xef\xbb\xbfdata: 1\r\n\r\ndata: 2\r\n\r\n"
    got = [splitter.feed(text[i : i + 1]) for i in range(len(text))]
    assert [one for one in got if one] == [b"data: 1\n\n", b"data: 2\n\n"]


def test_an_unfinished_event_waits() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: 1\n\ndata: 2\n") == b"data: 1\n\n"
    assert splitter.rest() == b"data: 2\n"
    assert splitter.rest() == b""


def test_an_event_without_end_is_refused() -> None:
    splitter = EventSplitter()
    with pytest.raises(EventTooLong):
        for _ in range(LONGEST_EVENT // 65536 + 2):
            splitter.feed(b"a" * 65536)


@pytest.mark.parametrize("drip", [b"a", b"\n", b"\r", b"a\n", b"\ra"])
def test_a_dripped_event_is_not_read_anew_for_each_drop(drip: bytes) -> None:
    """What waits grows in its place: a copy for each byte would cost four milliseconds each."""
    splitter = EventSplitter()
    splitter.feed(b"data: " + b"a" * 100_000)
    waiting = splitter._tail
    for _ in range(5):
        splitter.feed(drip)
        splitter.feed(b"a")
    assert splitter._tail is waiting
    assert splitter.rest().startswith(b"data: aaa")
