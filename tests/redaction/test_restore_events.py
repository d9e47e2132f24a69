"""What of a stream waits and what passes, and which bytes of an answer stay as they were."""

import orjson
import pytest

from apps.routing.redaction.private import Private
from apps.routing.redaction.restore import JsonRestorer, StreamRestorer
from tests.redaction.answers import (
    E_ANNA,
    PRIVATE,
    streamed,
)
from tests.redaction.fakes import ANNA
from tests.redaction.streams import DONE, a_choice, an_event, fed, finishes, heard, says

# --- what waits, and how long ---


def test_ordinary_text_is_never_delayed() -> None:
    restorer = StreamRestorer(PRIVATE)
    for text in ("pin", "PIIX", "PII_EMA", " ", "PII_XYZ", "PII-", "people", "PI1", "pii_qq"):
        restorer = StreamRestorer(PRIVATE)
        shown = heard(restorer.feed(says(text))).get((0, "content"), "")
        assert shown == (text if text != "PII_EMA" else "")


def test_what_waits_goes_out_when_its_choice_is_finished() -> None:
    restorer = StreamRestorer(PRIVATE)
    restorer.feed(says(f"Hel{E_ANNA[:9]}", 0))
    restorer.feed(says(E_ANNA[:4], 1))
    out = restorer.feed(finishes(0))
    assert heard(out) == {(0, "content"): E_ANNA[:9]}
    assert out.endswith(finishes(0))
    assert heard(restorer.feed(finishes(1))) == {(1, "content"): E_ANNA[:4]}
    assert restorer.rest() == b""


def test_what_waits_goes_out_in_the_last_event_itself_where_it_says_something() -> None:
    restorer = StreamRestorer(PRIVATE)
    last = an_event(a_choice({"content": "deep"}, 0, "stop"))
    assert restorer.feed(last) == last


def test_what_waits_goes_out_before_the_end_of_the_stream() -> None:
    for end in (DONE, b""):
        restorer = StreamRestorer(PRIVATE)
        restorer.feed(says("help"))
        restorer.feed(b": GATEHOUSE PROCESSING\n\n")
        out = restorer.feed(end) + restorer.rest()
        assert heard(out) == {(0, "content"): "p"}
        assert out.endswith(end or b"\n\n")


def test_a_word_cut_off_by_its_length_is_shown_as_it_is() -> None:
    assert streamed("To ", E_ANNA[:-3]) == f"To {E_ANNA[:-3]}"


# --- bytes ---


def test_events_without_a_beginning_pass_as_they_are() -> None:
    restorer = StreamRestorer(PRIVATE)
    block = b": a comment\n\n" + says("Hello") + says(" world") + DONE
    assert restorer.feed(block) is block


def test_events_around_a_change_keep_their_bytes() -> None:
    style = {"separators": (", ", ": ")}
    plain = an_event(a_choice({"content": "é"}), style=style, big=2**70)
    event = an_event(a_choice({"content": E_ANNA}), style=style, big=2**70)
    out = StreamRestorer(PRIVATE).feed(plain + event + plain)
    assert out.startswith(plain) and out.endswith(plain)
    assert str(2**70).encode() in out[len(plain) : -len(plain)]
    assert heard(out) == {(0, "content"): f"é{ANNA}é"}


def test_a_frame_that_looks_like_a_beginning_is_learnt() -> None:
    restorer = StreamRestorer(PRIVATE)
    events = [an_event(a_choice({"content": f"word {n} "}), tip="p") for n in range(5)]
    model = [event.replace(b"test/one", b"test/one-p") for event in events]
    assert fed(restorer, b"".join(model)) == b"".join(model)
    named = says(E_ANNA).replace(b"test/one", b"test/one-p")
    assert heard(restorer.feed(b"".join(model[:2]) + named))[0, "content"].endswith(ANNA)


def test_halves_of_a_surrogate_pair_survive_a_change() -> None:
    style = {"separators": (",", ":")}
    first = an_event(a_choice({"content": f"{E_ANNA} \ud83d"}), style=style)
    second = an_event(a_choice({"content": "\ude00"}), style=style)
    text = heard(StreamRestorer(PRIVATE).feed(first + second))[0, "content"]
    assert text.encode("utf-16", "surrogatepass").decode("utf-16") == f"{ANNA} 😀"


def test_a_whole_answer_without_a_placeholder_is_the_same_object() -> None:
    answer = b'{"choices":[{"message":{"content":"Well, no."}}],"x":1e5}'
    assert JsonRestorer(PRIVATE).restored(answer) is answer


def test_a_whole_answer_keeps_its_other_bytes() -> None:
    choice = orjson.dumps([{"index": 0, "message": {"content": E_ANNA}}])
    answer = b'{ "n" : 1180591620717411303425, "choices": %b, "x": 1e5 }' % choice
    restored = JsonRestorer(PRIVATE).restored(answer)
    assert restored == (
        b'{"n" : 1180591620717411303425,"choices":%b,"x": 1e5}'
        % choice.replace(E_ANNA.encode(), ANNA.encode())
    )


@pytest.mark.parametrize(
    "event",
    [
        b"data: {pii_\n\n",
        b'data: "pii_"\n\n',
        b'data: [1,"pii_"]\n\n',
        b'data: {"choices":"pii_"}\n\n',
        b'data: {"choices":["pii_",{"delta":"pii_"},{"delta":{"content":7,"x":"pii_"}}]}\n\n',
        b'data: {"choices":[{"delta":{"tool_calls":["pii_",{"function":"pii_"}]}}]}\n\n',
        b"data: " + b"[" * 3000 + b'"pii_"\n\n',
        b"event: pii_\n\n",
    ],
)
def test_what_is_no_event_of_ours_passes(event: bytes) -> None:
    assert StreamRestorer(PRIVATE).feed(event) == event
    assert JsonRestorer(PRIVATE).restored(event[6:-2]) == event[6:-2]


def test_nothing_private_means_nothing_to_do() -> None:
    event = says(E_ANNA)
    assert StreamRestorer(Private()).feed(event) is event
    assert JsonRestorer(Private()).restored(event) is event


def test_an_answer_full_of_inventions_is_no_trouble() -> None:
    text = "PII_EMAIL_222222222 PII_ https://x.example/PII_EMAIL_ " * 10_000
    restorer = StreamRestorer(PRIVATE)
    blocks = [says(text[at : at + 5_000]) for at in range(0, len(text), 5_000)]
    assert heard(fed(restorer, *blocks, finishes()))[0, "content"] == text
    assert restorer.missed in (0, 10_000)
