"""Changing a guardrail: what is stored and how, who is told in which words, and that every call is
judged anew."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.http import Http404

from apps.accounts.models import AuditEntry, Household
from apps.guardrails import changing
from apps.guardrails.models import Guardrail, GuardrailChange, ScrubRule
from apps.guardrails.rail import Private, Rail, RailRule
from apps.keys import rails as key_rails
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from tests.cast import Cast

pytestmark = pytest.mark.django_db
WORDS = ("Emma Lindqvist", "Oak Lane")
FAMILY = RailRule("words", "The family", "restore", private=Private(words=WORDS))


def versions(cast: Cast) -> tuple[int, int]:
    return (
        Household.objects.get(id=1).policy_version,
        Project.objects.get(pk=cast.project.pk).policy_version,
    )


def test_a_rail_comes_to_be_when_it_is_saved(cast: Cast) -> None:
    member = Membership.objects.get(user=cast.member)
    for whose in (Household.current(), cast.project, member):
        rail = changing.rail_of(whose)
        assert rail.pk is None
        assert changing.save(rail, Rail(no_training=True), actor=cast.owner) == ["No training: on."]
        assert changing.rail_of(whose).no_training
        assert changing.rail_of(whose).pk == rail.pk


def test_two_who_set_the_first_rail_at_once_make_one(cast: Cast) -> None:
    one, other = changing.rail_of(cast.project), changing.rail_of(cast.project)
    changing.save(one, Rail(only_free=True), actor=cast.owner)
    changing.save(other, Rail(no_training=True), actor=cast.owner)
    stored = Guardrail.objects.get()
    assert (stored.only_free, stored.no_training) == (False, True)
    newest = GuardrailChange.objects.first()
    assert newest and newest.lines == ["No training: on.", "Only free models: off."]


def test_what_was_saved_reads_the_same(cast: Cast) -> None:
    rail = Rail(
        zero_retention=True,
        allowed_models=("a/one", "a/two"),
        denied_providers=("bad",),
        max_prompt_price=Decimal("1.5"),
        blocks_media=True,
        scrubs=False,
        rules=(FAMILY, RailRule("detector", "Payment cards", "block", "user", "card")),
    )
    changing.save(changing.rail_of(cast.project), rail, actor=cast.owner)
    assert Rail.of(changing.rail_of(cast.project)) == rail
    assert changing.save(changing.rail_of(cast.project), rail, actor=cast.owner) == []


def test_saving_what_stands_changes_nothing(cast: Cast) -> None:
    changing.save(changing.rail_of(cast.project), Rail(rules=(FAMILY,)), actor=cast.owner)
    before = versions(cast), GuardrailChange.objects.count(), ScrubRule.objects.get().locked
    changing.save(changing.rail_of(cast.project), Rail(rules=(FAMILY,)), actor=cast.owner)
    after = versions(cast), GuardrailChange.objects.count(), ScrubRule.objects.get().locked
    assert before == after


def test_no_private_word_stands_in_the_clear_anywhere(cast: Cast) -> None:
    rail = changing.rail_of(cast.project)
    changing.save(rail, Rail(rules=(FAMILY,)), actor=cast.owner)
    shorter = RailRule("words", "The family", "block", private=Private(words=("Emma Lindqvist",)))
    changing.save(rail, Rail(rules=(shorter,)), actor=cast.owner)
    changing.save(rail, Rail(), actor=cast.owner)
    lines = [*GuardrailChange.objects.values_list("lines", flat=True)]
    told = [*lines, *AuditEntry.objects.values_list("subject", "details")]
    told += [repr(FAMILY), repr(Rail(rules=(FAMILY,))), repr(rail)]
    assert "Emma" not in str(told) and "Oak" not in str(told)
    assert "Rule “The family”: 1 word, before: 2." in lines[1]


def test_the_database_holds_no_private_word_in_the_clear(cast: Cast) -> None:
    pattern = Private(pattern="B-[0-9]{4}", must_match=("B-4711",), must_not_match=("B-x Ottilie",))
    rules = (FAMILY, RailRule("pattern", "Badges", "block", private=pattern))
    changing.save(changing.rail_of(cast.project), Rail(rules=rules), actor=cast.owner)
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            rows = str(cursor.fetchall())
            for word in ("Emma", "Oak Lane", "[0-9]", "4711", "Ottilie"):
                assert word not in rows, table


def test_a_locked_rule_opens_only_in_its_own_row(cast: Cast) -> None:
    changing.save(changing.rail_of(cast.project), Rail(rules=(FAMILY,)), actor=cast.owner)
    row = ScrubRule.objects.get()
    assert "Emma" not in row.locked and row.opened() == FAMILY.private
    elsewhere = ScrubRule(pk=row.pk + 1, kind="words", locked=row.locked)
    assert elsewhere.opened() is None
    assert ScrubRule(pk=row.pk, kind="words").opened() is None, "a list without words"


def test_a_rule_that_does_not_open_stays_until_it_is_entered_anew(cast: Cast) -> None:
    changing.save(changing.rail_of(cast.project), Rail(rules=(FAMILY,)), actor=cast.owner)
    ScrubRule.objects.update(locked="v1:bm90aGluZw==")
    rail = changing.rail_of(cast.project)
    (closed,) = Rail.of(rail).rules
    assert closed.private is None
    changing.save(rail, Rail(no_training=True, rules=(closed,)), actor=cast.owner)
    assert ScrubRule.objects.get().locked == "v1:bm90aGluZw=="
    changing.save(rail, Rail(no_training=True, rules=(FAMILY,)), actor=cast.owner)
    assert ScrubRule.objects.get().opened() == FAMILY.private


def test_each_change_has_every_call_judged_anew(cast: Cast) -> None:
    member = Membership.objects.get(user=cast.member)
    house, project = versions(cast)
    changing.save(changing.rail_of(Household.current()), Rail(only_free=True), actor=cast.owner)
    assert versions(cast) == (house + 1, project)
    changing.save(changing.rail_of(cast.project), Rail(only_free=True), actor=cast.owner)
    assert versions(cast) == (house + 1, project + 1)
    changing.save(changing.rail_of(member), Rail(only_free=True), actor=cast.owner)
    assert versions(cast) == (house + 1, project + 2)
    key, _ = ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet")
    key_rails.save(key, Rail(only_free=True), actor=cast.member)
    assert ApiKey.objects.get(pk=key.pk).policy_version == 1
    assert AuditEntry.objects.filter(verb="guardrail.changed").count() == 4


def a_rule(kind: str = "words", **facts: object) -> Rail:
    known = {"name": "A", "action": "block", "private": Private(words=("Mia",))}
    return Rail(rules=(RailRule(kind, **{**known, **facts}),))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rail", "sentence"),
    [
        (Rail(max_prompt_price=Decimal(-1)), "between $0 and"),
        (Rail(allowed_models=tuple(map(str, range(5001)))), "at most 5,000"),
        (Rail(rules=(FAMILY, FAMILY)), "Two rules are named"),
        (a_rule(name=""), "name"),
        (a_rule(name="a" * 61), "name"),
        (a_rule(action="shred"), "what is done"),
        (a_rule(private=Private()), "at least one word"),
        (a_rule(private=Private(words=(" ",))), "is empty"),
        (a_rule(private=Private(words=("a" * 101,))), "longer"),
        (a_rule(private=Private(words=("ab",) * 10_001)), "at most 10,000"),
        (a_rule("pattern", private=Private(pattern="(")), "bracket"),
        (a_rule("pattern", private=Private(pattern="x*")), "matches nothing"),
        (a_rule("pattern", private=Private(pattern="(?=x)")), "Looking ahead"),
        (a_rule("pattern", private=Private(pattern="x{2}", must_match=("x",))), "Example 1"),
        (a_rule("pattern", private=Private(pattern="x", must_not_match=("x",))), "Counter-example"),
        (a_rule("detector", detector="minds"), "cannot recognise"),
        (a_rule(private=None), "nothing to look for"),
        (a_rule("magic"), "looks for"),
    ],
)
def test_nonsense_is_refused_in_a_sentence(cast: Cast, rail: Rail, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        changing.save(changing.rail_of(cast.project), rail, actor=cast.owner)
    assert sentence in " ".join(refused.value.messages)
    assert not GuardrailChange.objects.exists()


def test_a_members_own_key_can_only_be_made_stricter_by_them(cast: Cast) -> None:
    key, _ = ApiKey.mint(project=cast.project, owner=cast.member, name="Tablet")
    key_rails.save(key, Rail(no_training=True, allowed_models=("a/x", "a/y")), actor=cast.member)
    key_rails.save(key, Rail(no_training=True, allowed_models=("a/x",)), actor=cast.member)
    with pytest.raises(ValidationError) as refused:
        key_rails.save(key, Rail(allowed_models=("a/x",)), actor=cast.member)
    assert refused.value.messages == ["No training would be switched off.", changing.ONLY_TIGHTER]
    key_rails.save(key, Rail(), actor=cast.owner)
    with pytest.raises(Http404):
        key_rails.save(key, Rail(only_free=True), actor=cast.stranger)
