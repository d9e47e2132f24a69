"""Answers read as if the values had never left: whole ones and streams, texts and arguments."""

import json

import orjson
import pytest

from apps.routing.redaction.placeholders import placeholder
from apps.routing.redaction.private import Part, Private
from apps.routing.redaction.restore import JsonRestorer, StreamRestorer
from tests.redaction.answers import (
    E_ANNA,
    E_BERT,
    N_ODD,
    ODD,
    PRIVATE,
    STRANGER,
    an_answer,
    changed,
    said,
    streamed,
)
from tests.redaction.fakes import ANNA, BERT, a_document, emails, scrubbed, word
from tests.redaction.streams import a_choice, an_event, calls, fed, finishes, heard, says

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


# --- counts, and what pages show ---


def test_what_was_put_back_and_what_could_not_be_is_counted() -> None:
    text = f"{E_ANNA} {E_BERT.lower()} {STRANGER} https://x.example/{E_ANNA} PII_EMAIL_x"
    for pieces in (list(text), [text]):
        restorer = StreamRestorer(PRIVATE)
        fed(restorer, *map(says, pieces))
        assert (restorer.restored, restorer.missed) == (2, 1)
    whole = JsonRestorer(PRIVATE)
    whole.restored(an_answer({"content": text}))
    assert whole.missed == 1


def test_a_text_comes_in_parts_for_those_who_mark_them() -> None:
    text = f"To {E_ANNA.lower()}{E_BERT}, see https://x.example/{E_ANNA}"
    assert list(PRIVATE.parts(text)) == [
        Part("To "),
        Part(ANNA, E_ANNA.lower()),
        Part(BERT, E_BERT),
        Part(f", see https://x.example/{E_ANNA}"),
    ]
