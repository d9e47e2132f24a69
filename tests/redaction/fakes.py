"""Rules and calls for the tests of scrubbing: plain patterns where the house has detectors."""

import re
from collections.abc import Callable, Iterable
from typing import Any

import orjson

from apps.routing.redaction.placeholders import placeholder
from apps.routing.redaction.rules import Action, Find, Rule, Scrubbing, Span
from apps.routing.redaction.scrub import Scrubbed, scrub
from apps.routing.splice import Document

KEY = b"a key of this conversation alone"
ANNA, BERT = "anna@example.com", "bert@example.org"
CARD, CARD_SPACED = "4111111111111111", "4111 1111 1111 1111"


def matches(pattern: str) -> Find:
    compiled = re.compile(pattern)
    return lambda text: [Span(*match.span()) for match in compiled.finditer(text)]


def a_rule(
    label: str,
    pattern: str | Find,
    action: Action = Action.RESTORE,
    *,
    everywhere: bool = True,
    same: Callable[[str], str] = str,
) -> Rule:
    find = matches(pattern) if isinstance(pattern, str) else pattern
    return Rule(label.title(), label, action, everywhere, find, same)


def emails(action: Action = Action.RESTORE, *, everywhere: bool = True) -> Rule:
    return a_rule(
        "EMAIL", r"[\w.]+@[\w.]+\w", action, everywhere=everywhere, same=lambda text: text.lower()
    )


def cards(action: Action = Action.RESTORE) -> Rule:
    return a_rule(
        "CARD", r"\d{4} ?\d{4} ?\d{4} ?\d{4}", action, same=lambda text: text.replace(" ", "")
    )


def words(*listed: str, action: Action = Action.RESTORE, label: str = "NAME") -> Rule:
    return a_rule(label, rf"\b(?:{'|'.join(map(re.escape, listed))})\b", action)


def a_document(*messages: str | dict[str, Any], **fields: Any) -> Document:
    """Texts are a user's messages."""
    said = [{"role": "user", "content": one} if isinstance(one, str) else one for one in messages]
    return Document(orjson.dumps({"model": "test/one", "messages": said, **fields}))


def scrubbed(document: Document, *rules: Rule, key: bytes = KEY, **more: Any) -> Scrubbed:
    return scrub(document, Scrubbing(tuple(rules)), key, **more)


def word(label: str, same: str, key: bytes = KEY) -> str:
    return placeholder(key, label, same)


def contents(result: Scrubbed) -> list[Any]:
    """What each message says, the hint's own left out."""
    messages: Iterable[dict[str, Any]] = result.document.value["messages"]
    return [one["content"] for one in messages if "PII_ stand in" not in str(one["content"])]
