"""What leaves the house after scrubbing, and what does not."""

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.routing.redaction.private import Private
from apps.routing.redaction.rules import Action, Rule, Scrubbing, Span
from apps.routing.redaction.scrub import SLOWEST_SECONDS, Blocked, Hit, scrub
from apps.routing.splice import Document
from tests.redaction.fakes import (
    ANNA,
    BERT,
    CARD,
    CARD_SPACED,
    KEY,
    a_document,
    a_rule,
    cards,
    contents,
    emails,
    scrubbed,
    word,
    words,
)

E_ANNA, E_BERT = word("EMAIL", ANNA), word("EMAIL", BERT)


# --- the four acts ---


def test_a_value_goes_out_as_a_placeholder_and_is_known_here() -> None:
    result = scrubbed(a_document(f"Write to {ANNA}, then {BERT}, then {ANNA}."), emails())
    assert contents(result) == [f"Write to {E_ANNA}, then {E_BERT}, then {E_ANNA}."]
    assert dict(result.private) == {E_ANNA: ANNA, E_BERT: BERT}
    assert result.hits == (Hit("Email", Action.RESTORE, 3),)


def test_a_label_stays() -> None:
    result = scrubbed(a_document(f"Write to {ANNA}."), emails(Action.REDACT))
    assert contents(result) == ["Write to [EMAIL]."]
    assert not result.private
    assert result.hits == (Hit("Email", Action.REDACT, 1),)


def test_a_flag_only_counts() -> None:
    document = a_document(f"Write to {ANNA} and {BERT}.")
    result = scrubbed(document, emails(Action.FLAG))
    assert result.document is document
    assert result.hits == (Hit("Email", Action.FLAG, 2),)


def test_a_block_names_its_rule_and_nothing_else() -> None:
    with pytest.raises(Blocked) as stopped:
        scrubbed(a_document(f"Write to {ANNA}."), emails(Action.BLOCK))
    assert stopped.value.rule == "Email"
    assert ANNA not in str(stopped.value) + repr(stopped.value)


def test_nothing_found_changes_nothing() -> None:
    document = a_document("Good morning.")
    result = scrubbed(document, emails(), cards())
    assert result.document is document
    assert (dict(result.private), result.hits) == ({}, ())


def test_two_spellings_of_a_value_are_one_word_and_come_back_as_the_first() -> None:
    result = scrubbed(a_document(f"{CARD_SPACED} is {CARD}", CARD), cards())
    card = word("CARD", CARD)
    assert contents(result) == [f"{card} is {card}", card]
    assert dict(result.private) == {card: CARD_SPACED}


def test_what_it_keeps_does_not_show_when_printed() -> None:
    result = scrubbed(a_document(ANNA), emails())
    assert ANNA not in repr(result.private)


# --- failures seen elsewhere (privacy.md 2.2) ---


def test_offsets_are_those_of_the_original_text() -> None:
    text = f"{ANNA} {CARD_SPACED} {BERT} Lena {ANNA}"
    result = scrubbed(a_document(text), emails(), cards(), words("Lena"))
    card, lena = word("CARD", CARD), word("NAME", "Lena")
    assert contents(result) == [f"{E_ANNA} {card} {E_BERT} {lena} {E_ANNA}"]
    assert result.private.text(contents(result)[0]) == text


def test_placeholders_do_not_count_from_one_in_each_call() -> None:
    first = scrubbed(a_document(ANNA), emails())
    second = scrubbed(a_document(BERT), emails())
    assert set(first.private).isdisjoint(second.private)


def test_a_conversation_sent_again_longer_begins_with_the_same_bytes() -> None:
    lead = {"role": "system", "content": "Be kind."}
    first = scrubbed(a_document(lead, f"I am {ANNA}"), emails(), cards())
    reply = {"role": "assistant", "content": f"Hello {ANNA}"}
    later = scrubbed(a_document(lead, f"I am {ANNA}", reply, CARD), emails(), cards())
    before = orjson.dumps(first.document.value["messages"])[:-1]
    assert orjson.dumps(later.document.value["messages"]).startswith(before)


def test_a_map_is_never_shared_between_calls() -> None:
    one = scrubbed(a_document(ANNA), emails())
    other = scrubbed(a_document(BERT), emails())
    assert one.private.text(E_BERT) == E_BERT
    assert other.private.text(E_ANNA) == E_ANNA


def failing(_: str) -> list[Span]:
    raise RuntimeError(f"no answer for {ANNA}")


def failing_late(text: str) -> object:
    yield Span(0, 1)
    raise TimeoutError(text)


@pytest.mark.parametrize(
    "find",
    [
        failing,
        failing_late,
        lambda text: [Span(0, len(text) + 1)],
        lambda text: [Span(-1, 1)],
        lambda text: [Span(3, 1)],
        lambda text: None,
    ],
)
@pytest.mark.parametrize("action", list(Action))
def test_a_rule_that_fails_stops_the_call_whatever_it_would_have_done(
    find: object, action: Action
) -> None:
    rule = a_rule("PHONE", find, action)  # type: ignore[arg-type]
    with pytest.raises(Blocked) as stopped:
        scrubbed(a_document(ANNA), emails(), rule)
    assert stopped.value.rule == "Phone"
    assert stopped.value.__context__ is None


def test_a_rule_that_dawdles_stops_the_call() -> None:
    times = iter([0.0, 0.1, 0.2, 0.3 + SLOWEST_SECONDS])
    with pytest.raises(Blocked, match="Card"):
        scrubbed(a_document("Hello"), emails(), cards(), clock=lambda: next(times))


def test_a_long_text_has_longer() -> None:
    times = iter([0.0, 2 * SLOWEST_SECONDS])
    long = Document(orjson.dumps({"messages": [{"role": "user", "content": "x" * 1_200_000}]}))
    assert not scrubbed(long, cards(), clock=lambda: next(times)).hits


def test_a_value_that_cannot_be_compared_stops_the_call() -> None:
    def confused(_: str) -> str:
        raise ValueError

    with pytest.raises(Blocked, match="Name"):
        scrubbed(a_document("Lena"), a_rule("NAME", "Lena", same=confused))


# --- overlaps ---


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ((emails(), words("anna")), f"to {E_ANNA}."),  # the longer
        ((words("anna"), emails()), f"to {E_ANNA}."),
        ((emails(), words("anna", action=Action.REDACT)), "to [NAME]."),  # the stricter, for all
        ((emails(Action.REDACT), words("anna")), "to [EMAIL]."),
        ((emails(), a_rule("OTHER", r"[\w.]+@[\w.]+\w")), f"to {E_ANNA}."),  # the first
        ((a_rule("LEFT", "to anna"), emails()), "[whole]"),
    ],
)
def test_hits_that_overlap_go_as_one(rules: tuple[Rule, ...], expected: str) -> None:
    result = scrubbed(a_document(f"to {ANNA}."), *rules)
    said = contents(result)[0]
    if expected == "[whole]":
        assert said == f"{word('EMAIL', f'to {ANNA}')}."
    else:
        assert said == expected
    assert sum(hit.count for hit in result.hits) == 1


def test_a_block_that_overlaps_wins() -> None:
    with pytest.raises(Blocked, match="Name"):
        scrubbed(a_document(ANNA), emails(), words("anna", action=Action.BLOCK))


def test_flags_never_keep_another_rule_from_acting() -> None:
    flag = a_rule("LONG", "Write to .*", Action.FLAG)
    result = scrubbed(a_document(f"Write to {ANNA}, please."), flag, emails())
    assert contents(result) == [f"Write to {E_ANNA}, please."]


# --- words that look like placeholders ---


def test_a_placeholder_typed_by_a_user_stays_and_is_nobodys() -> None:
    result = scrubbed(a_document(f"{E_ANNA} is what I saw."), emails(), words("Lena"))
    assert contents(result) == [f"{E_ANNA} is what I saw."]
    assert result.private.text(E_ANNA) == E_ANNA


@pytest.mark.parametrize("looks", [str, str.lower, lambda one: one.replace("_", "\\_")])
def test_a_value_keeps_its_word_where_an_earlier_answer_brings_it_back(looks: type[str]) -> None:
    result = scrubbed(a_document(f"{looks(E_ANNA)} or {ANNA}?"), emails())
    assert contents(result) == [f"{looks(E_ANNA)} or {E_ANNA}?"]
    assert result.private.text(f"{E_ANNA}") == ANNA


def word_after(taken: str) -> str:
    from apps.routing.redaction.placeholders import placeholder

    assert placeholder(KEY, "EMAIL", ANNA) == taken
    return placeholder(KEY, "EMAIL", ANNA, 1)


def test_no_rule_looks_into_a_placeholder() -> None:
    rule = a_rule("DIGITS", r"[A-Z0-9]{9}", Action.REDACT)
    result = scrubbed(a_document(f"{E_ANNA} ABCDEFGHJ"), rule)
    assert contents(result) == [f"{E_ANNA} [DIGITS]"]


def test_what_only_looks_like_one_is_looked_into() -> None:
    wrong = E_ANNA[:-1] + ("2" if E_ANNA[-1] != "2" else "3")
    rule = a_rule("DIGITS", r"[A-Z0-9]{9}", Action.REDACT)
    assert contents(scrubbed(a_document(wrong), rule)) == ["PII_EMAIL_[DIGITS]"]


def test_a_known_placeholder_is_put_back_and_its_value_keeps_its_word() -> None:
    known = {E_ANNA: "Anna@example.com"}
    result = scrubbed(a_document(f"{E_ANNA} again: {ANNA}"), emails(), known=known)
    assert contents(result) == [f"{E_ANNA} again: {E_ANNA}"]
    assert dict(result.private) == known


def test_known_placeholders_that_do_not_stand_in_the_call_are_not_known_in_it() -> None:
    result = scrubbed(a_document("Hello"), emails(), known={E_ANNA: ANNA})
    assert not result.private


def test_a_known_word_of_another_value_is_not_used_again() -> None:
    result = scrubbed(a_document(ANNA), emails(), known={E_ANNA: BERT})
    assert dict(result.private) == {word_after(E_ANNA): ANNA}


# --- odd texts ---


def test_a_text_full_of_hits_flags_and_placeholders_is_no_trouble() -> None:
    text = f"{ANNA} {E_BERT} Lena " * 10_000
    rules = (emails(), words("Lena", action=Action.FLAG), a_rule("TAIL", r"[A-Z0-9]{9}"))
    result = scrubbed(a_document(text), *rules)
    assert contents(result) == [f"{E_ANNA} {E_BERT} Lena " * 10_000]
    assert [hit.count for hit in result.hits] == [10_000, 10_000]


def test_halves_of_surrogate_pairs_in_arguments_are_scanned_and_survive() -> None:
    call = {"function": {"name": "send", "arguments": f'{{"to":"{ANNA}","x":"\\ud83d"}}'}}
    result = scrubbed(a_document({"role": "assistant", "tool_calls": [call]}), emails())
    said = result.document.value["messages"][-1]["tool_calls"][0]["function"]["arguments"]
    assert said == f'{{"to":"{E_ANNA}","x":"\\ud83d"}}'


def test_a_value_of_half_a_surrogate_pair_has_a_word() -> None:
    call = {"function": {"name": "send", "arguments": '{"x":"\\ud83d"}'}}
    rule = a_rule("ODD", "\ufffd")
    result = scrubbed(a_document({"role": "assistant", "tool_calls": [call]}), rule)
    assert list(result.private.values()) == ["\ud83d"]


def test_zero_bytes_and_all_of_unicode_are_text() -> None:
    text = f"\x00\u200b{ANNA}\x00\U0001f600\ufeff{BERT}"
    result = scrubbed(a_document(text), emails())
    assert contents(result) == [f"\x00\u200b{E_ANNA}\x00\U0001f600\ufeff{E_BERT}"]


@settings(deadline=None)
@given(st.lists(st.sampled_from([ANNA, BERT, CARD, "Lena", " ", "é", "😀", "PII_", "\\", '"'])))
def test_restoring_what_was_scrubbed_gives_the_text_back(pieces: list[str]) -> None:
    text = " ".join(pieces)
    result = scrubbed(a_document(text), emails(), cards(), words("Lena"))
    said = str(result.document.value["messages"][-1]["content"])
    assert not any(value in said for value in (ANNA, BERT, CARD))
    assert result.private.text(said) == text


def test_without_rules_nothing_is_read() -> None:
    document = a_document(ANNA)
    result = scrub(document, Scrubbing(), KEY)
    assert result.document is document
    assert isinstance(result.private, Private) and not result.private


def test_numbers_and_spaces_around_a_change_stay_as_they_were() -> None:
    body = (
        b'{ "seed" : 1180591620717411303425, "messages":[ {"role" :"user","content":"%b"} ],\n'
        b' "x":[1.0,1e5] }' % ANNA.encode()
    )
    result = scrubbed(Document(body), emails(Action.REDACT))
    assert result.document.text == body.replace(ANNA.encode(), b"[EMAIL]")
