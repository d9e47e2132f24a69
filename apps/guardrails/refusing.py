"""What no guardrail may say, whoever asks for it, in sentences."""

from collections.abc import Iterator

from django.core.exceptions import ValidationError

from apps.guardrails.models import ScrubRule
from apps.guardrails.rail import DETECTOR, LISTS, PATTERN, PRICES, WORDS, Private, Rail, RailRule
from apps.routing.redaction import patterns, words
from apps.routing.redaction.detectors import DETECTORS

MOST_RULES, MOST_LISTED = 100, 5_000
MOST_DOLLARS = 999_999


def refuse_nonsense(before: Rail, rail: Rail) -> None:
    """Raises ValidationError with a sentence for each thing that is wrong. A rule that stood so
    before is not asked again: it may be broken, and somebody mends another one."""
    sentences = [*_of_rail(rail)]
    for rule in rail.rules:
        if rule not in before.rules:
            sentences += [f"Rule “{rule.name[:60]}”: {one}" for one in _of_rule(rule, before)]
    if sentences:
        raise ValidationError(sentences)


def _of_rail(rail: Rail) -> Iterator[str]:
    for name in PRICES:
        price = getattr(rail, name)
        if price is not None and not 0 <= price <= MOST_DOLLARS:
            yield f"A highest price is between $0 and ${MOST_DOLLARS:,} per million tokens."
    if any(len(getattr(rail, name)) > MOST_LISTED for name in LISTS):
        yield f"A list of models or providers has at most {MOST_LISTED:,} names."
    names = [rule.name for rule in rail.rules]
    if len(names) > MOST_RULES:
        yield f"A guardrail has at most {MOST_RULES} rules."
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"Two rules are named “{name[:60]}”; give each a name of its own."


def _of_rule(rule: RailRule, before: Rail) -> Iterator[str]:
    if not rule.name.strip() or len(rule.name) > 60 or not rule.name.isprintable():
        yield "Give it a name of at most 60 letters."
    if rule.action not in ScrubRule.Action.values or rule.scope not in ScrubRule.Scope.values:
        yield "Choose what is done with a hit, and where it is looked for."
    if rule.kind == DETECTOR:
        if rule.detector not in DETECTORS:
            yield "The house cannot recognise that."
    elif rule.private is None:
        if not any(one.name == rule.name and one.private is None for one in before.rules):
            yield "It has nothing to look for."
    elif rule.kind == WORDS:
        yield from _of_words(rule.private.words)
    elif rule.kind == PATTERN:
        yield from _of_pattern(rule.private)
    else:
        yield "Choose what it looks for."


def _of_words(listed: tuple[str, ...]) -> Iterator[str]:
    if not listed:
        yield "Enter at least one word."
        return
    try:
        words.finder(listed)
    except words.WordRefused as refused:
        yield refused.sentence


def _of_pattern(private: Private) -> Iterator[str]:
    """Its own examples are tried each time it is saved."""
    try:
        missed, hit = patterns.unmet(private.pattern, private.must_match, private.must_not_match)
        yield from (f"Example {place} should be found, and is not." for place in missed)
        yield from (f"Counter-example {place} should not be found, and is." for place in hit)
    except patterns.PatternRefused as refused:
        yield refused.sentence
