"""What a change is called in sentences, and which changes would loosen something."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.guardrails.differences import differences, loosened
from apps.guardrails.rail import Private, Rail, RailRule, strengths

# A busy machine draws slowly.
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck))
CARD = RailRule("detector", "Payment cards", "redact", "all", "card")
WORDS = RailRule("words", "Names", "restore", "user", private=Private(words=("Mia", "Ben")))
PATTERN = RailRule("pattern", "Badge", "block", private=Private(pattern="B-[0-9]{4}"))


@pytest.mark.parametrize(
    ("before", "after", "lines"),
    [
        (Rail(), Rail(), []),
        (Rail(), Rail(zero_retention=True), ["Zero data retention: on."]),
        (Rail(scrubs=True), Rail(scrubs=False), ["Replacing private values: off."]),
        (
            Rail(allowed_models=("a/x",)),
            Rail(allowed_models=("a/y",)),
            ["Models that are allowed: added a/y, removed a/x."],
        ),
        (Rail(allowed_models=("a/x",)), Rail(), ["Models that are allowed: all."]),
        (Rail(denied_providers=("p",)), Rail(), ["Providers that are closed: none."]),
        (
            Rail(),
            Rail(denied_models=tuple("abcdefg")),
            ["Models that are closed: added a, b, c, d, e and 2 more."],
        ),
        (
            Rail(),
            Rail(max_prompt_price=Decimal("1.5")),
            ["Highest price of what is sent: $1.50 per million tokens."],
        ),
        (Rail(), Rail(blocks_media=True), ["Pictures, sound and files: stay in the house."]),
        (
            Rail(),
            Rail(rules=(CARD,)),
            ["Rule “Payment cards” added: replace for good, in everything that is sent."],
        ),
        (Rail(rules=(CARD,)), Rail(), ["Rule “Payment cards” removed."]),
        (
            Rail(rules=(WORDS,)),
            Rail(rules=(replace(WORDS, private=Private(words=("Mia",))),)),
            ["Rule “Names”: 1 word, before: 2."],
        ),
        (
            Rail(rules=(PATTERN,)),
            Rail(rules=(replace(PATTERN, private=Private(pattern="C")),)),
            ["Rule “Badge”: its pattern changed."],
        ),
    ],
)
def test_a_change_is_told_in_sentences(before: Rail, after: Rail, lines: list[str]) -> None:
    assert differences(before, after) == lines


@pytest.mark.parametrize(
    ("before", "after", "is_looser"),
    [
        (Rail(), Rail(zero_retention=True), False),
        (Rail(zero_retention=True), Rail(), True),
        (Rail(), Rail(allowed_models=("a",)), False),
        (Rail(allowed_models=("a",)), Rail(), True),
        (Rail(allowed_models=("a",)), Rail(allowed_models=("b",)), True),
        (Rail(allowed_models=("a", "b")), Rail(allowed_models=("b",)), False),
        (Rail(denied_models=("a",)), Rail(), True),
        (Rail(max_prompt_price=Decimal(2)), Rail(max_prompt_price=Decimal(1)), False),
        (Rail(max_prompt_price=Decimal(0)), Rail(max_prompt_price=Decimal(1)), True),
        (Rail(max_prompt_price=Decimal(0)), Rail(), True),
        (Rail(blocks_media=True), Rail(), True),
        (Rail(rules=(CARD,)), Rail(), True),
        (Rail(rules=(CARD,)), Rail(rules=(replace(CARD, action="restore"),)), True),
        (Rail(rules=(CARD,)), Rail(rules=(replace(CARD, action="block"),)), False),
        (Rail(rules=(CARD,)), Rail(rules=(replace(CARD, scope="user"),)), True),
        (Rail(rules=(CARD,)), Rail(rules=(replace(CARD, name="Cards"),)), False),
        (Rail(rules=(CARD,)), Rail(scrubs=False, rules=(CARD,)), True),
        (Rail(scrubs=False, rules=(CARD,)), Rail(scrubs=False), False),
        (Rail(rules=(WORDS,)), Rail(rules=(replace(WORDS, private=Private(("Mia",))),)), True),
        (Rail(rules=(replace(WORDS, private=None),)), Rail(rules=(WORDS,)), True),
        (Rail(rules=(PATTERN,)), Rail(rules=(PATTERN, WORDS)), False),
    ],
)
def test_what_would_let_more_pass_is_looser(before: Rail, after: Rail, is_looser: bool) -> None:
    assert bool(loosened(before, after)) is is_looser


RULES = st.lists(
    st.builds(
        RailRule,
        kind=st.just("words"),
        name=st.sampled_from(["a", "b", "c"]),
        action=st.sampled_from(["flag", "restore", "redact", "block"]),
        scope=st.sampled_from(["user", "all"]),
        private=st.builds(Private, words=st.lists(st.sampled_from("xyz"), max_size=3).map(tuple)),
    ),
    max_size=4,
).map(tuple)


@UNHURRIED
@given(RULES, RULES)
def test_of_two_lists_together_none_is_looser_than_each(
    one: tuple[RailRule, ...], other: tuple[RailRule, ...]
) -> None:
    both = strengths([*one, *other])
    for thing, strength in [*strengths(one).items(), *strengths(other).items()]:
        assert both[thing].covers(strength)
    assert not loosened(Rail(rules=one), Rail(rules=(*one, *other)))
