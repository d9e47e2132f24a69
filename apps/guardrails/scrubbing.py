"""Rules as they are stored → rules as redaction runs them. What does not open or compile becomes a
rule that stops every message by its name: never a missing one."""

from collections.abc import Iterable
from functools import lru_cache
from itertools import chain

from apps.guardrails.rail import DETECTOR, PATTERN, WORDS, RailRule, Strength, looked_for, strengths
from apps.routing.redaction import patterns, words
from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.rules import Action, Find, Rule, Scrubbing, Span
from apps.routing.redaction.shadow import fold

# A name of the family's own would tell the provider what it stands for.
WORD_LABEL, PATTERN_LABEL = "WORD", "VALUE"


class Unusable(Exception):
    """A rule that cannot be run; the call is blocked by its name."""


@lru_cache(maxsize=4096)
def scrubbing_of(rules: tuple[RailRule, ...], *, blocks_media: bool) -> Scrubbing:
    """For the same thing, the stricter act and the wider scope. Kept for those rules, so that
    reading a hundred keys again compiles nothing again."""
    lists = [rule for rule in rules if _has_words(rule)]
    found = [rule for rule in rules if not _has_words(rule)]
    return Scrubbing((*_single(found), *_listed(lists)), blocks_media)


def _has_words(rule: RailRule) -> bool:
    return rule.kind == WORDS and rule.private is not None


def _single(rules: list[RailRule]) -> Iterable[Rule]:
    """Each thing once, by the name it has first."""
    names = {thing: rule.name for rule in reversed(rules) for thing in looked_for(rule)}
    for thing, strength in strengths(rules).items():
        yield _rule(thing.kind, names[thing], strength, (thing.what,))


def _listed(rules: list[RailRule]) -> Iterable[Rule]:
    """Words of one name and strength are one rule. Lists are long and seldom share a word, so only
    what they share is weighed word by word."""
    shared = _shared_words(rules)
    groups: dict[tuple[str, Strength], list[tuple[str, ...]]] = {}
    weighed: dict[str, tuple[str, Strength]] = {}
    for rule in rules:
        own = listed = _words_of(rule)
        if shared:
            own = tuple(word for word in listed if word not in shared)
            for word in shared.intersection(listed):
                name, other = weighed.get(word, (rule.name, rule.strength))
                weighed[word] = name, rule.strength.with_other(other)
        groups.setdefault((rule.name, rule.strength), []).append(own)
    for word, place in sorted(weighed.items()):
        groups.setdefault(place, []).append((word,))
    for (name, strength), lists in groups.items():
        united = lists[0] if len(lists) == 1 else tuple(chain(*lists))
        if united:
            yield _rule(WORDS, name, strength, united)


def _words_of(rule: RailRule) -> tuple[str, ...]:
    return rule.private.words if rule.private else ()


def _shared_words(rules: list[RailRule]) -> frozenset[str]:
    seen: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()
    for rule in rules:
        mine = _as_set(_words_of(rule))
        shared |= mine & seen
        seen = seen | mine if seen else mine
    return shared


@lru_cache(maxsize=1024)
def _as_set(listed: tuple[str, ...]) -> frozenset[str]:
    return frozenset(listed)


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
    return Rule(name, PATTERN_LABEL, action, everywhere, find, fold)


@lru_cache(maxsize=1024)
def _finder(kind: str, whats: tuple[str, ...]) -> Find:
    if kind == WORDS:
        return words.finder(whats)
    if kind == PATTERN:
        return patterns.check(whats[0])
    raise Unusable


def _unusable(text: str) -> Iterable[Span]:
    raise Unusable
