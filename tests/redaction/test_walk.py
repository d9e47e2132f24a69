"""Every text of a body is scanned, whatever field holds it; the protocol's own words are not."""

from typing import Any

import orjson
import pytest

from apps.routing.redaction.rules import Action, Scrubbing
from apps.routing.redaction.scrub import MEDIA, Blocked, Hit, scrub
from apps.routing.splice import Document
from tests.redaction.fakes import (
    ANNA,
    CARD,
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

E_ANNA = word("EMAIL", ANNA)


def a_call(arguments: str, name: str = "send") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {"id": "call_1", "type": "function", "function": function}


def arguments_of(result: Any) -> str:
    messages = result.document.value["messages"]
    return str(messages[-1]["tool_calls"][0]["function"]["arguments"])


@pytest.mark.parametrize(
    "holder",
    [
        {"messages": [{"role": "user", "content": [{"type": "text", "text": ANNA}]}]},
        {"messages": [{"role": "user", "content": "x", "name": ANNA}]},
        {"messages": [{"role": "system", "content": ANNA}]},
        {"messages": [{"role": "tool", "tool_call_id": "c", "content": ANNA}]},
        {"messages": [{"role": "assistant", "refusal": ANNA}]},
        {"messages": [{"role": "assistant", "reasoning_details": [{"text": ANNA}]}]},
        {"messages": [{"role": "user", "content": "x", "of_tomorrow": {"deep": [[ANNA]]}}]},
        {"tools": [{"type": "function", "function": {"name": "f", "description": ANNA}}]},
        {"tools": [{"function": {"parameters": {"properties": {"a": {"description": ANNA}}}}}]},
        {"tools": [{"function": {"parameters": {"properties": {"a": {"enum": [ANNA]}}}}}]},
        {"tools": [{"function": {"parameters": {"properties": {ANNA: {"type": "string"}}}}}]},
        {"response_format": {"json_schema": {"schema": {"description": ANNA}}}},
        {"prediction": {"type": "content", "content": [{"type": "text", "text": ANNA}]}},
        {"user": ANNA},
        {"safety_identifier": ANNA},
        {"metadata": {"who": ANNA}},
        {"metadata": {ANNA: "who"}},
        {"stop": ANNA},
        {"stop": [ANNA]},
        {"prompt": ANNA},
        {"input": [ANNA]},
        {"a_field_of_tomorrow": {"deep": [{"er": ANNA}]}},
        {"messages": [{"role": "assistant", "tool_calls": [a_call(orjson.dumps(ANNA).decode())]}]},
        {"messages": [{"role": "assistant", "tool_calls": [a_call(f'{{"a":"{ANNA}"}}')]}]},
        {"messages": [{"role": "assistant", "tool_calls": [a_call(f"no JSON: {ANNA}")]}]},
        {"messages": [{"role": "assistant", "function_call": {"arguments": f'["{ANNA}"]'}}]},
        {"messages": [{"type": ANNA}]},
    ],
)
def test_every_text_is_scanned_wherever_it_stands(holder: dict[str, Any]) -> None:
    result = scrubbed(Document(orjson.dumps({"messages": [], **holder})), emails())
    assert ANNA.encode() not in result.document.text
    assert E_ANNA.encode() in result.document.text
    assert sum(hit.count for hit in result.hits) == 1


@pytest.mark.parametrize("said", [ANNA, [ANNA, "x"], [{"text": ANNA}]])
def test_what_brings_no_answer_is_replaced_for_good(said: Any) -> None:
    """Embeddings: nothing comes back that a value could be put into."""
    document = Document(orjson.dumps({"model": "m", "input": said}))
    result = scrubbed(document, emails())
    assert result.document.text == document.text.replace(ANNA.encode(), b"[EMAIL]")
    assert not result.private
    assert result.hits == (Hit("Email", Action.REDACT, 1),)


def test_a_key_that_stands_twice_is_scanned_twice() -> None:
    body = b'{"messages":[{"role":"user","content":"%b","content":"hello"}]}' % ANNA.encode()
    assert ANNA.encode() not in scrubbed(Document(body), emails()).document.text


def test_escapes_hide_nothing() -> None:
    body = b'{"messages":[{"role":"user","content":"anna\\u0040example.com"}]}'
    assert E_ANNA.encode() in scrubbed(Document(body), emails()).document.text
    hidden = a_document({"role": "assistant", "tool_calls": [a_call('["anna\\u0040example.com"]')]})
    assert arguments_of(scrubbed(hidden, emails())) == f'["{E_ANNA}"]'


@pytest.mark.parametrize(
    "body",
    [
        {"model": "anything"},
        {"models": ["anything", "anything"]},
        {"provider": {"order": ["anything"], "sort": "anything"}},
        {"messages": [{"role": "anything"}]},
        {"messages": [{"tool_call_id": "anything", "tool_calls": [{"id": "anything"}]}]},
        {"messages": [{"tool_calls": [{"type": "anything"}]}]},
        {"messages": [{"content": [{"type": "anything"}]}]},
        {
            "messages": [
                {"reasoning_details": [{"type": "reasoning.encrypted", "data": "anything"}]}
            ]
        },
        {"messages": [{"reasoning_details": [{"signature": "anything", "id": "anything"}]}]},
        {"messages": [{"content": [{"type": "redacted_thinking", "data": "anything"}]}]},
        {"messages": [{"content": [{"image_url": {"url": "data:image/png;base64,anything"}}]}]},
        {"messages": [{"content": [{"input_audio": {"data": "anything"}}]}]},
        {"messages": [{"content": [{"file": {"file_data": "data:a/b;base64,anything"}}]}]},
        {"tools": [{"type": "function", "cache_control": {"type": "anything"}}]},
        {"tool_choice": "anything"},
        {"service_tier": "anything", "reasoning_effort": "anything"},
    ],
)
def test_the_words_of_the_protocol_stay(body: dict[str, Any]) -> None:
    document = Document(orjson.dumps(body))
    assert scrubbed(document, words("anything", action=Action.BLOCK)).document is document


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": f"data:text/plain,{ANNA}"}},
        {"type": "image_url", "image_url": {"url": f"https://pictures.example/?of={ANNA}"}},
        {"type": "input_audio", "input_audio": {"data": ANNA}},
        {"type": "file", "file": {"filename": ANNA}},
        {"type": "tool_result", "output": {"data": ANNA}},
    ],
)
def test_only_what_is_base64_is_taken_for_base64(part: dict[str, Any]) -> None:
    document = a_document({"role": "user", "content": [part]})
    assert ANNA.encode() not in scrubbed(document, emails()).document.text


# --- a function's arguments ---


def test_arguments_keep_every_byte_around_a_change() -> None:
    given = f'{{ "n": 1180591620717411303425,\n "x": 1.50, "to" : "{ANNA}", "é":"\\u00e9" }}'
    document = a_document({"role": "assistant", "tool_calls": [a_call(given)]})
    assert arguments_of(scrubbed(document, emails())) == given.replace(ANNA, E_ANNA)


def test_keys_of_arguments_are_texts() -> None:
    document = a_document({"role": "assistant", "tool_calls": [a_call('{"Lena":true}')]})
    result = scrubbed(document, words("Lena"))
    assert arguments_of(result) == f'{{"{word("NAME", "Lena")}":true}}'


def test_a_long_number_in_arguments_goes_out_as_a_text() -> None:
    document = a_document({"role": "assistant", "tool_calls": [a_call(f'{{"card":{CARD}}}')]})
    assert arguments_of(scrubbed(document, cards())) == f'{{"card":"{word("CARD", CARD)}"}}'


def test_arguments_nested_past_all_reading_are_a_text() -> None:
    document = a_document({"role": "assistant", "tool_calls": [a_call("[" * 5000 + ANNA)]})
    assert arguments_of(scrubbed(document, emails())).endswith(f"[{E_ANNA}")


@pytest.mark.parametrize("action", [Action.RESTORE, Action.REDACT, Action.BLOCK])
@pytest.mark.parametrize(
    "body",
    [
        {"tools": [{"type": "function", "function": {"name": "ask-Lena"}}]},
        {"tool_choice": {"type": "function", "function": {"name": "ask-Lena"}}},
        {"messages": [{"role": "assistant", "tool_calls": [a_call("{}", "ask-Lena")]}]},
        {"messages": [{"role": "tool", "name": "ask-Lena", "content": "x"}]},
    ],
)
def test_a_functions_name_cannot_go_out_as_another(body: dict[str, Any], action: Action) -> None:
    """A placeholder would come back as the name of a function that nobody has."""
    with pytest.raises(Blocked, match="Name"):
        scrubbed(Document(orjson.dumps(body)), words("Lena", action=action))


def test_the_name_of_a_person_can() -> None:
    document = a_document({"role": "user", "name": "Lena", "content": "x"})
    result = scrubbed(document, words("Lena"))
    assert result.document.value["messages"][-1]["name"] == word("NAME", "Lena")


# --- whose text it is ---


def test_a_rule_for_users_sees_users_texts_alone() -> None:
    roles = ("system", "user", "assistant", "tool", "developer", "somebody")
    document = a_document(*({"role": role, "content": ANNA} for role in roles), stop=ANNA)
    result = scrubbed(document, emails(Action.REDACT, everywhere=False))
    assert contents(result) == [ANNA, "[EMAIL]", ANNA, ANNA, ANNA, "[EMAIL]"]
    assert result.document.value["stop"] == "[EMAIL]"


def test_a_rule_for_users_sees_the_parts_of_a_message_and_no_tools() -> None:
    parts = {"role": "user", "content": [{"type": "text", "text": ANNA}]}
    tools = [{"type": "function", "function": {"name": "f", "description": ANNA}}]
    result = scrubbed(a_document(parts, tools=tools), emails(Action.REDACT, everywhere=False))
    assert contents(result) == [[{"type": "text", "text": "[EMAIL]"}]]
    assert result.document.value["tools"] == tools


def test_a_role_that_stands_twice_is_a_users() -> None:
    body = b'{"messages":[{"role":"user","role":"tool","content":"%b"}]}' % ANNA.encode()
    rule = emails(Action.REDACT, everywhere=False)
    assert ANNA.encode() not in scrubbed(Document(body), rule).document.text


# --- what no rule can read ---


@pytest.mark.parametrize(
    "message",
    [
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]},
        {"role": "user", "content": [{"type": "input_audio", "input_audio": {}}]},
        {"role": "user", "content": [{"type": "file", "file": {"file_id": "f"}}]},
        {"role": "user", "content": [{"type": "of_tomorrow"}]},
        {"role": "user", "content": [{"type": "text", "text": "x", "image_url": "y"}]},
        {"role": "assistant", "audio": {"id": "a"}},
        {"role": "assistant", "images": [{"image_url": {"url": "x"}}]},
    ],
)
def test_media_can_be_kept_in_the_house(message: dict[str, Any]) -> None:
    document = a_document("Hello", message)
    with pytest.raises(Blocked) as stopped:
        scrub(document, Scrubbing(blocks_media=True), KEY)
    assert stopped.value.rule == MEDIA
    assert scrub(document, Scrubbing((emails(),)), KEY).document is document


def test_texts_are_no_media() -> None:
    parts = [{"type": "text", "text": "x"}, {"type": "thinking", "thinking": "y"}]
    document = a_document({"role": "user", "content": parts, "audio": None}, "Hello")
    assert scrub(document, Scrubbing(blocks_media=True), KEY).document is document


def test_a_body_full_of_numbers_is_no_trouble() -> None:
    document = a_document("Hello", logit_bias={str(n): n for n in range(5000)}, x=[1.5] * 50_000)
    assert scrubbed(document, a_rule("NAME", "Lena")).document is document
