"""What a guardrail asks for, for those who may look and not change: no word of a list, no pattern,
no example."""

from apps.core.money import usd_exact
from apps.gateway.guardrail_pages.forms import CLOSING, LABELS, MEANS
from apps.gateway.guardrail_pages.subjects import Subject
from apps.guardrails.differences import ACTIONS, LIST_WORDS, MEDIA, PRICE_WORDS
from apps.guardrails.rail import WORDS, Rail, RailRule


def told(subject: Subject) -> list[tuple[str, str]]:
    """Whatever binds here, with who asks for it."""
    rails = [(f"{one.who} asks for it.", one.rail) for one in subject.above]
    return [line for who, rail in [*rails, ("", subject.rail)] for line in _lines(rail, who)]


def _lines(rail: Rail, who: str) -> list[tuple[str, str]]:
    found = [(LABELS[name], MEANS[name]) for name in CLOSING if getattr(rail, name)]
    for name, words in LIST_WORDS.items():
        if slugs := getattr(rail, name):
            found.append((words, ", ".join(slugs)))
    for name, words in PRICE_WORDS.items():
        if (price := getattr(rail, name)) is not None:
            found.append((words, f"{usd_exact(price)} per million tokens."))
    if rail.blocks_media:
        found.append((MEDIA, "They stay in the house."))
    found += [(rule.name, _does(rule)) for rule in rail.acting]
    return [(words, f"{sentence} {who}".strip()) for words, sentence in found]


def _does(rule: RailRule) -> str:
    act = ACTIONS[rule.action]
    count = len(rule.private.words) if rule.kind == WORDS and rule.private else 0
    words = f"{count} word{'' if count == 1 else 's'}: " if count else ""
    return f"{words}{act}.".capitalize()
