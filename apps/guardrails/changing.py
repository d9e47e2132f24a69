"""The one writer of guardrails: rows, their history, the audit, and the version by which every call
that was judged before is judged once more."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.guardrails.differences import differences, loosened
from apps.guardrails.models import Guardrail, GuardrailChange, ScrubRule
from apps.guardrails.rail import LISTS, PRICES, SWITCHES, Rail, RailRule
from apps.guardrails.refusing import refuse_nonsense
from apps.projects.models import Membership, Project

ONLY_TIGHTER = "You can make this stricter, and an admin of the project can make it looser."


def rail_of(whose: Household | Project | Membership) -> Guardrail:
    """The guardrail of the household, a project or a member. One that nobody has set yet is not
    in the database; saving puts it there."""
    cover = _cover_of(whose)
    return Guardrail.objects.with_rules().filter(**cover).first() or Guardrail(**cover)


@transaction.atomic
def save(
    guardrail: Guardrail,
    rail: Rail,
    *,
    actor: User | None,
    only_tighter: bool = False,
    judge_anew: Callable[[], None] | None = None,
) -> list[str]:
    """Brings the guardrail to what `rail` says, and answers what changed in sentences: none, where
    it stood so already. Raises ValidationError with sentences, also where it would loosen anything
    although `only_tighter`. The caller has checked that `actor` may. A key's guardrail needs
    `judge_anew` from above. A rule whose `private` is None keeps what it has."""
    held = _held(guardrail)
    before = Rail.of(held)
    refuse_nonsense(before, rail)
    if only_tighter and (looser := loosened(before, rail)):
        raise ValidationError([*looser, ONLY_TIGHTER])
    lines = differences(before, rail)
    if lines:
        _write(held, rail)
        GuardrailChange.objects.create(guardrail=held, actor=actor, lines=lines)
        _record(held, lines, actor)
        (judge_anew or _judge_anew(held))()
    guardrail.pk = held.pk
    guardrail.refresh_from_db()
    return lines


def _held(guardrail: Guardrail) -> Guardrail:
    """The row as it stands now, kept from everybody else until the end; made where it is not there
    yet. Of two who make it at once, the second finds what the first wrote."""
    if guardrail.pk is None:
        if guardrail.covers == Guardrail.Covers.KEY:
            raise ValueError("a key's guardrail is made by its key")
        cover = {name: getattr(guardrail, name) for name in ("covers", "project", "membership")}
        guardrail.pk = Guardrail.objects.get_or_create(**cover)[0].pk
    return Guardrail.objects.select_for_update().get(pk=guardrail.pk)


def _cover_of(whose: Household | Project | Membership) -> dict[str, Any]:
    if isinstance(whose, Household):
        return {"covers": Guardrail.Covers.HOUSEHOLD}
    if isinstance(whose, Project):
        return {"covers": Guardrail.Covers.PROJECT, "project": whose}
    return {"covers": Guardrail.Covers.MEMBER, "membership": whose}


def _write(held: Guardrail, rail: Rail) -> None:
    for name in (*SWITCHES, *PRICES):
        setattr(held, name, getattr(rail, name))
    for name in LISTS:
        setattr(held, name, sorted(set(getattr(rail, name))))
    held.media = Guardrail.Media.BLOCK if rail.blocks_media else Guardrail.Media.ALLOW
    held.save()
    _write_rules(held, rail.rules)


def _write_rules(held: Guardrail, rules: Iterable[RailRule]) -> None:
    """A rule is known by its name; one that stays as it was keeps its row and its lock."""
    standing = {row.name: row for row in held.rules.all()}
    for rule in rules:
        row = standing.pop(rule.name, None) or ScrubRule(guardrail=held, name=rule.name)
        row.kind, row.action, row.scope = rule.kind, rule.action, rule.scope
        row.detector = rule.detector
        if row.pk is None:
            row.save()
        if rule.private is not None and row.opened() != rule.private:
            row.lock(rule.private)
        row.save()
    held.rules.filter(pk__in=[row.pk for row in standing.values()]).delete()


def _record(held: Guardrail, lines: list[str], actor: User | None) -> None:
    project = _project_of(held)
    audit.record(
        actor=actor,
        verb="guardrail.changed",
        subject=_name_of(held),
        details={"project": project.slug if project else "", "changes": lines},
    )


def _name_of(held: Guardrail) -> str:
    if held.covers == Guardrail.Covers.KEY:
        key = getattr(held, "key", None)  # keys stand above, and point here
        return f"the key {key}" if key else "a key"
    if held.covers == Guardrail.Covers.HOUSEHOLD:
        return "the whole house"
    return str(held.project or held.membership)


def _project_of(held: Guardrail) -> Project | None:
    return held.membership.project if held.membership else held.project


def _judge_anew(held: Guardrail) -> Callable[[], None]:
    if held.covers == Guardrail.Covers.HOUSEHOLD:
        return Household.judge_anew
    project = _project_of(held)
    if project is None:
        raise ValueError("a key's guardrail is judged anew by its key")
    return project.judge_anew
