"""Rails of house, project, member and key, merged: the strictest wins, and nothing gets lost."""

from dataclasses import fields, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.guardrails.compile import compiled
from apps.guardrails.differences import loosened
from apps.guardrails.rail import Private, Rail, RailRule
from apps.guardrails.scrubbing import scrubbing_of
from apps.routing import policy
from apps.routing.redaction.rules import Action, Rule
from apps.routing.types import Policy
from tests.routing.making import a_call, a_candidate

# A busy machine draws slowly.
UNHURRIED = settings(deadline=None, suppress_health_check=list(HealthCheck))
CARD = RailRule("detector", "Payment cards", "redact", "user", "card")
EMAIL = RailRule("detector", "E-mail addresses", "flag", "all", "email")
BADGE = RailRule("pattern", "Badge", "restore", "user", private=Private(pattern="B-[0-9]{4}"))


def names(*words: str, **facts: Any) -> RailRule:
    known = {"kind": "words", "name": "Family", "action": "restore"}
    return RailRule(**{**known, **facts}, private=Private(words=words))


def rules_of(*rails: Rail) -> list[Rule]:
    return list(compiled(rails).scrubbing.rules)


def hits(rule: Rule, text: str) -> list[str]:
    return [text[span.start : span.end] for span in rule.find(text)]


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ({}, {}, {}),
        ({"zero_retention": True}, {}, {"zero_retention": True}),
        ({}, {"no_training": True}, {"no_training": True}),
        ({"only_free": True}, {"only_at_home": True}, {"only_free": True, "only_at_home": True}),
        (
            {"allowed_models": ("a", "b")},
            {"allowed_models": ("b", "c")},
            {"allowed_models": frozenset("b")},
        ),
        ({"allowed_models": ("a",)}, {}, {"allowed_models": frozenset("a")}),
        (
            {"allowed_providers": ("a",)},
            {"allowed_providers": ("b",)},
            {"allowed_providers": frozenset({""})},
        ),
        (
            {"denied_models": ("a",)},
            {"denied_models": ("b",)},
            {"denied_models": frozenset("ab")},
        ),
        (
            {"max_prompt_price": Decimal(2)},
            {"max_prompt_price": Decimal(1), "max_completion_price": Decimal(0)},
            {"max_prompt_price": Decimal(1), "max_completion_price": Decimal(0)},
        ),
    ],
)
def test_two_rails_make_the_stricter_of_both(
    one: dict[str, Any], other: dict[str, Any], expected: dict[str, Any]
) -> None:
    rails = [Rail(**one), Rail(**other)]
    assert compiled(rails) == compiled(rails[::-1]) == Policy(**expected)


def test_a_keys_list_of_models_only_narrows() -> None:
    rail = Rail(allowed_models=("a", "b"))
    assert compiled([rail], key_models=["b", "c"]).allowed_models == {"b"}
    assert compiled([rail], key_models=["c"]).allowed_models == {""}


def test_media_stay_where_any_rail_says_so() -> None:
    assert compiled([Rail(blocks_media=True), Rail()]).scrubbing.blocks_media
    assert not compiled([Rail(), Rail()]).scrubbing


@pytest.mark.parametrize("action", ["flag", "restore", "redact", "block"])
def test_the_stricter_act_and_the_wider_scope_win(action: str) -> None:
    (rule,) = rules_of(
        Rail(rules=(CARD,)), Rail(rules=(replace(CARD, action=action, scope="all"),))
    )
    assert rule.name == "Payment cards"
    assert rule.action == max(Action.REDACT, Action[action.upper()])
    assert rule.everywhere
    assert hits(rule, "pay 4111 1111 1111 1111 now") == ["4111 1111 1111 1111"]


def test_a_pattern_counts_once_whatever_its_rules_are_called() -> None:
    (rule,) = rules_of(
        Rail(rules=(BADGE,)), Rail(rules=(replace(BADGE, name="Card of the door", action="block"),))
    )
    assert (rule.name, rule.action, rule.everywhere) == ("Badge", Action.BLOCK, False)
    assert hits(rule, "my B-1234") == ["B-1234"]


def test_words_of_one_list_stand_together_each_as_strict_as_anybody_says() -> None:
    found = rules_of(
        Rail(rules=(names("Mia", "Ben"),)), Rail(rules=(names("Ben", "Oak Lane", action="block"),))
    )
    told = {(rule.name, rule.action): hits(rule, "Mia and Ben of Oak Lane") for rule in found}
    assert told == {
        ("Family", Action.RESTORE): ["Mia"],
        ("Family", Action.BLOCK): ["Ben", "Oak Lane"],
    }


def test_rules_that_are_switched_off_do_not_act() -> None:
    off = Rail(scrubs=False, rules=(CARD,), blocks_media=True)
    assert rules_of(off) == []
    assert compiled([off]).scrubbing.blocks_media, "what cannot be read is another switch"
    assert rules_of(off, Rail(rules=(EMAIL,)))[0].name == "E-mail addresses"


@pytest.mark.parametrize(
    "broken",
    [
        RailRule("words", "Lost", "flag", "user", private=None),
        RailRule("words", "Lost", "flag", "user", private=Private(words=("",))),
        RailRule("pattern", "Lost", "restore", "user", private=Private(pattern="(")),
        RailRule("detector", "Lost", "flag", "user", detector="of-another-version"),
        RailRule("magic", "Lost", "flag", "user"),
        RailRule("magic", "Lost", "of another version", "somewhere"),
    ],
)
def test_a_rule_that_cannot_run_stops_every_message_by_its_name(broken: RailRule) -> None:
    found = rules_of(Rail(rules=(broken,)), Rail(rules=(CARD,)))
    assert len(found) == 2
    (rule,) = (one for one in found if one.name == "Lost")
    assert (rule.name, rule.action, rule.everywhere) == ("Lost", Action.BLOCK, True)
    with pytest.raises(Exception, match="^$"):
        list(rule.find("anything"))


def test_the_same_rules_are_compiled_once() -> None:
    rules = (names("Mia"), BADGE)
    again = (names("Mia"), replace(BADGE, private=Private(pattern="B-[0-9]{4}")))
    assert scrubbing_of(rules, blocks_media=False) is scrubbing_of(again, blocks_media=False)
    wider = scrubbing_of((*rules, CARD), blocks_media=False)
    assert wider.rules[0].find is scrubbing_of(rules, blocks_media=False).rules[0].find


def test_nothing_private_shows_in_a_compiled_policy() -> None:
    shown = repr(compiled([Rail(rules=(names("Mia"), BADGE))]))
    assert "Mia" not in shown and "B-[" not in shown


SLUGS = st.lists(st.sampled_from(["test/one", "test/two", "custom", "other"]), max_size=3)
PRICES = st.none() | st.sampled_from([Decimal(0), Decimal(1), Decimal(5), Decimal(100)])
RULES = st.lists(
    st.sampled_from(
        [CARD, EMAIL, BADGE, replace(CARD, action="block"), names("Mia"), names("Mia", "Ben")]
    ),
    max_size=3,
)
RAILS = st.builds(
    Rail,
    **{name: st.booleans() for name in ("zero_retention", "no_training", "only_free")},
    **{name: st.booleans() for name in ("only_at_home", "blocks_media", "scrubs")},
    **{name: SLUGS.map(tuple) for name in ("allowed_models", "denied_models")},
    **{name: SLUGS.map(tuple) for name in ("allowed_providers", "denied_providers")},
    **dict.fromkeys(("max_prompt_price", "max_completion_price"), PRICES),
    rules=RULES.map(tuple),
)
CANDIDATES = st.builds(
    a_candidate,
    is_free=st.booleans(),
    stays_home=st.booleans(),
    keeps_nothing=st.booleans(),
    may_train=st.booleans(),
    model=st.sampled_from(["test/one", "test/two"]),
    provider=st.sampled_from(["custom", "other"]),
    prices=st.sampled_from([{}, {"prompt": "1", "completion": "5"}]),
)


@UNHURRIED
@given(st.lists(RAILS, min_size=1, max_size=4), CANDIDATES)
def test_what_one_rail_forbids_no_merge_allows(rails: list[Rail], candidate: Any) -> None:
    merged = compiled(rails)
    for rail in rails:
        if not policy.sift((candidate,), a_call(), compiled([rail]))[0]:
            assert not policy.sift((candidate,), a_call(), merged)[0]


@UNHURRIED
@given(RAILS, RAILS, CANDIDATES)
def test_what_counts_as_stricter_is_stricter(before: Rail, after: Rail, candidate: Any) -> None:
    """Who may only tighten a rail cannot open anything with it."""
    for stricter in (after, Rail(**_both(before, after))):
        if loosened(before, stricter):
            continue
        old, new = compiled([before]), compiled([stricter])
        if not policy.sift((candidate,), a_call(), old)[0]:
            assert not policy.sift((candidate,), a_call(), new)[0]
        assert new.scrubbing.blocks_media >= old.scrubbing.blocks_media
        assert_scrubs_as_strictly(old, new)


def _both(one: Rail, other: Rail) -> dict[str, Any]:
    """A rail that says what both say, as somebody might type it who only tightens."""
    facts = {field.name: getattr(one, field.name) for field in fields(Rail)}
    for name in ("zero_retention", "no_training", "only_free", "only_at_home", "blocks_media"):
        facts[name] = getattr(one, name) or getattr(other, name)
    for name in ("denied_models", "denied_providers"):
        facts[name] = (*getattr(one, name), *getattr(other, name))
    if one.scrubs and other.scrubs:
        facts["rules"] = (*one.rules, *other.rules)
    return facts


@UNHURRIED
@given(st.lists(RAILS, min_size=1, max_size=4))
def test_what_one_rail_scrubs_every_merge_scrubs_as_strictly(rails: list[Rail]) -> None:
    for rail in rails:
        assert_scrubs_as_strictly(compiled([rail]), compiled(rails))


def assert_scrubs_as_strictly(less: Policy, more: Policy) -> None:
    text = "Mia and Ben, B-1234, mia@example.com, 4111 1111 1111 1111"
    for rule in less.scrubbing.rules:
        for value in hits(rule, text):
            assert any(
                value in hits(other, text)
                and other.action >= rule.action
                and other.everywhere >= rule.everywhere
                for other in more.scrubbing.rules
            ), value


def test_every_setting_of_a_rail_is_compiled() -> None:
    """A field that nobody merges would be an option without effect."""
    strict = {
        "zero_retention": True,
        "no_training": True,
        "allowed_models": ("a",),
        "denied_models": ("a",),
        "allowed_providers": ("a",),
        "denied_providers": ("a",),
        "max_prompt_price": Decimal(1),
        "max_completion_price": Decimal(1),
        "only_free": True,
        "only_at_home": True,
        "blocks_media": True,
        "rules": (CARD,),
    }
    assert set(strict) | {"scrubs"} == {field.name for field in fields(Rail)}
    for name, value in strict.items():
        assert compiled([Rail(**{name: value})]) != Policy(), name  # type: ignore[arg-type]
