"""The box to try rules in: a text goes through the same scrubbing as a message, and nothing of it
is kept, sent or logged."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

import orjson

from apps.routing.redaction.private import Private
from apps.routing.redaction.rules import Rule, Scrubbing
from apps.routing.redaction.scrub import Blocked, scrub, taken
from apps.routing.splice import Document

LONGEST = 20_000
KEY = os.urandom(32)  # of this process: what it makes leaves the house nowhere


@dataclass(frozen=True)
class Part:
    """A piece of a text; `rule` names what found it, `is_hidden` whether it is not the value."""

    text: str
    rule: str = ""
    is_hidden: bool = False


@dataclass(frozen=True)
class Trial:
    sent: tuple[Part, ...] = ()
    back: tuple[Part, ...] = ()
    stopped_by: str = ""
    has_rules: bool = True
    milliseconds: str = ""

    @property
    def sentence(self) -> str:
        if self.stopped_by:
            return "Stopped"
        hidden = sum(part.is_hidden for part in self.sent)
        counted = sum(bool(part.rule) for part in self.sent) - hidden
        words = f"{hidden or 'No'} value{'' if hidden == 1 else 's'} hidden"
        return f"{words}, {counted} counted" if counted else words


def tried(text: str, scrubbing: Scrubbing) -> Trial:
    """As one message that somebody writes."""
    text = text[:LONGEST].replace("\r\n", "\n")
    body = orjson.dumps({"messages": [{"role": "user", "content": text}]})
    document = Document(body)
    started = perf_counter()
    try:
        done = scrub(document, scrubbing, KEY)
    except Blocked as refusal:
        return Trial(stopped_by=refusal.rule, milliseconds=_since(started))
    spent = _since(started)
    sent = str(done.document.value["messages"][-1]["content"])
    back = tuple(_restored(sent, done.private)) if done.private else ()
    return Trial(
        sent=tuple(_marked(text, sent, done.private, scrubbing.rules)),
        back=back,
        has_rules=bool(scrubbing.rules),
        milliseconds=spent,
    )


def _marked(text: str, sent: str, private: Private, rules: tuple[Rule, ...]) -> Iterator[Part]:
    """What stands for a value, with its rule; and what was only counted. Between them the text that
    is sent is the text that was written."""
    acting, flagged = taken(text, rules)
    at = at_sent = 0
    for one in sorted((*acting, *flagged), key=lambda one: (one.start, -one.end)):
        if one.start < at:
            continue
        if plain := text[at : one.start]:
            yield Part(plain)
        at_sent += one.start - at
        word = text[one.start : one.end]
        if one in acting:
            word = _word_at(sent, at_sent, private) or f"[{one.rule.label}]"
        yield Part(word, one.rule.name, is_hidden=one in acting)
        at, at_sent = one.end, at_sent + len(word)
    if rest := sent[at_sent:]:
        yield Part(rest)


def _word_at(sent: str, at: int, private: Private) -> str:
    return next((word for word in private if sent.startswith(word, at)), "")


def _restored(sent: str, private: Private) -> Iterator[Part]:
    for part in private.parts(sent):
        yield Part(part.text, part.placeholder, is_hidden=bool(part.placeholder))


def _since(started: float) -> str:
    return f"{(perf_counter() - started) * 1000:.1f}"
