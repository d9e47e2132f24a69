"""Rules as they are stored → rules as redaction runs them. What does not open or compile becomes a
rule that stops every message by its name: never a missing one."""

from collections.abc import Iterable
from functools import lru_cache

from apps.guardrails.rail import DETECTOR, PATTERN, WORDS, RailRule, Strength, looked_for, strengths
from apps.routing.redaction import patterns, words
from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.rules import Action, Find, Rule, Scrubbing, Span

# A name of the family's own would tell the provider what it stands for.
WORD_LABEL, PATTERN_LABEL = "WORD", "VALUE"


class Unusable(Exception):
    """A rule that cannot be run; the call is blocked by its name."""


@lru_cache(maxsize=256)
def scrubbing_of(rules: tuple[RailRule, ...], *, blocks_media: bool) -> Scrubbing:
    """For the same thing, the stricter act and the wider scope. Kept for those rules, so that
    reading a hundred keys again compiles nothing again."""
    found = strengths(rules)
    names: dict[tuple[str, str, Strength], list[str]] = {}
    seen = set()
    for rule in rules:
        for thing in looked_for(rule):
            if thing not in seen:
                seen.add(thing)
                names.setdefault((thing.kind, rule.name, found[thing]), []).append(thing.what)
    return Scrubbing(
        tuple(
            rule
            for (kind, name, strength), whats in names.items()
            for rule in _compiled(kind, name, strength, whats)
        ),
        blocks_media,
    )


def _compiled(kind: str, name: str, strength: Strength, whats: list[str]) -> Iterable[Rule]:
    """Words of one name and strength are one rule, anything else each its own."""
    if kind == WORDS:
        return [_rule(kind, name, strength, tuple(whats))]
    return [_rule(kind, name, strength, (what,)) for what in whats]


def _rule(kind: str, name: str, strength: Strength, whats: tuple[str, ...]) -> Rule:
    action, everywhere = strength
    try:
        if kind == DETECTOR:
            one = DETECTORS[whats[0]]
            return Rule(one.name, one.label, action, everywhere, one.find, one.same)
        find = _finder(kind, whats)
    except Exception:  # whatever it is: without this rule a private value would go out
        return Rule(name, PATTERN_LABEL, Action.BLOCK, True, _unusable)
    if kind == WORDS:
        return Rule(name, WORD_LABEL, action, everywhere, find, words.same)
    return Rule(name, PATTERN_LABEL, action, everywhere, find, patterns.same)


@lru_cache(maxsize=256)
def _finder(kind: str, whats: tuple[str, ...]) -> Find:
    if kind == WORDS:
        return words.finder(whats)
    if kind == PATTERN:
        return patterns.check(whats[0])
    raise Unusable


def _unusable(text: str) -> Iterable[Span]:
    raise Unusable
