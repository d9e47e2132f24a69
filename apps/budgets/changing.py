"""What people do to budgets: make, change, remove, give more for today and take it back. Each in
one transaction, with its event and its line in the audit; `now` is the clock's unless given."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import Household, User
from apps.budgets import ledger
from apps.budgets.calendar import ONCE, span_at
from apps.budgets.models import Budget, BudgetEvent, BudgetMember, BudgetWindow
from apps.budgets.windows import calendar_of, running, running_window
from apps.projects.models import Membership, Project

MOST_AT_ONCE = 16  # windows that one call may bind
UNDO_SECONDS = 8
Kind = BudgetEvent.Kind


@dataclass(frozen=True, slots=True)
class Terms:
    """What a form asks for. `members` are for a budget of members."""

    name: str
    covers: str
    limit_usd: Decimal
    interval: str
    project: Project | None = None
    user: User | None = None
    members: tuple[Membership, ...] = ()
    alert_at: tuple[int, ...] = (50, 80, 100)


@transaction.atomic
def make(terms: Terms, *, actor: User | None, now: datetime | None = None, **fields: Any) -> Budget:
    """Raises ValidationError where more than 16 would bind one call. Keys are tied to it by whoever
    knows keys, in the same transaction, who then calls `check_room`."""
    now = now or timezone.now()
    budget = Budget.objects.create(
        name=terms.name,
        project=terms.project,
        covers=terms.covers,
        user=terms.user,
        limit_usd=terms.limit_usd,
        interval=terms.interval,
        alert_at=list(terms.alert_at),
        **fields,
    )
    _tie(budget, terms.members)
    check_room()
    running_window(budget, now)
    _note(budget, Kind.OPENED, actor, now, limit=terms.limit_usd, interval=terms.interval)
    rebind(budget)
    return budget


@transaction.atomic
def change(
    budget: Budget, terms: Terms, *, actor: User | None, now: datetime | None = None
) -> None:
    """Name, limit, interval, alerts and members; whom it covers stays. A new interval takes effect
    when the running window ends. Raises ValidationError."""
    now = now or timezone.now()
    held = _held(budget)
    if (terms.interval == ONCE) != (held.interval == ONCE):
        raise ValidationError(
            "A prepaid budget never begins again, and one that does cannot become prepaid. "
            "Remove this one and make another."
        )
    before = {"limit": f"{held.limit_usd:f}", "interval": held.interval, "name": held.name}
    if held.is_active:
        running_window(held, now)  # by the old interval, though nobody needed it until now
    if terms.limit_usd != held.limit_usd:
        later = held.windows.filter(running(now)) | held.windows.filter(starts_at__gt=now)
        ledger.set_limit(sorted(later.values_list("pk", flat=True)), terms.limit_usd)
    for name in ("name", "limit_usd", "interval"):
        setattr(held, name, getattr(terms, name))
    held.alert_at = list(terms.alert_at)
    held.save()
    if held.covers == Budget.Covers.MEMBERS:
        _tie(held, terms.members)
        check_room()
    _note(
        held, Kind.CHANGED, actor, now, before=before, limit=held.limit_usd, interval=held.interval
    )
    rebind(held)


@transaction.atomic
def end(budget: Budget, *, actor: User | None) -> None:
    """It binds no further call. Those that run settle into it as they would have: what they hold
    goes back, what they cost is booked. Twice is as once."""
    held = _held(budget)
    if held.is_active:
        held.is_active = False
        held.save(update_fields=["is_active"])
        _note(held, Kind.ENDED, actor, timezone.now())
        rebind(held)


@transaction.atomic
def grant(
    budget: Budget,
    amount: Decimal,
    *,
    actor: User | None,
    reason: str = "",
    form_id: str = "",
    now: datetime | None = None,
) -> BudgetEvent:
    """More for the window that runs now, and for no other. One form gives once. Raises
    ValidationError."""
    now = now or timezone.now()
    held = _held(budget)
    if not held.is_active:
        raise ValidationError("This budget was removed. It binds nothing, so it needs no more.")
    details: dict[str, Any] = {"amount": amount, "reason": reason}
    if form_id:
        given = held.events.filter(kind=Kind.GRANTED, details__form_id=form_id).first()
        if given is not None:
            return given
        details["form_id"] = form_id
    window = running_window(held, now)
    ledger.add_extra(window.pk, amount)
    return _note(held, Kind.GRANTED, actor, now, window=window, **details)


@transaction.atomic
def undo_grant(event: BudgetEvent, *, actor: User | None, now: datetime | None = None) -> bool:
    """Takes an extra back, within its seconds and once; what was spent of it stays spent."""
    now = now or timezone.now()
    held = BudgetEvent.objects.select_for_update().get(pk=event.pk)
    is_late = (now - held.at).total_seconds() > UNDO_SECONDS + 2  # on its way here
    if held.kind != Kind.GRANTED or held.window is None or is_late or "undone" in held.details:
        return False
    amount = Decimal(held.details["amount"])
    ledger.add_extra(held.window.pk, -amount)
    held.details["undone"] = True
    held.save(update_fields=["details"])
    _note(held.budget, Kind.UNDONE, actor, now, window=held.window, amount=amount)
    return True


def next_dates(
    budget: Budget, interval: str, now: datetime
) -> tuple[datetime | None, datetime | None]:
    """When the running window ends, and when the one after it would, by this interval."""
    window = running_window(budget, now)
    if window.ends_at is None:
        return None, None
    by = calendar_of(budget, Household.current())
    return window.ends_at, span_at(interval, by, window.ends_at, window.span).ends_at


def check_room() -> None:
    """Raises ValidationError where one call could meet more budgets than it may bind. Until the
    transaction ends nobody else's check passes: two who add at the same moment count each other."""
    Household.current(lock=True)
    budgets = Budget.objects.active()
    everywhere = budgets.filter(covers=Budget.Covers.HOUSEHOLD).count()
    for membership in Membership.objects.filter(is_active=True, project__archived_at=None):
        own = budgets.filter(covers=Budget.Covers.PERSON, user=membership.user_id).count()
        project = budgets.filter(project=membership.project_id, covers=Budget.Covers.PROJECT)
        member = budgets.filter(members__membership=membership)
        count = everywhere + own + project.count() + member.count() + _most_of_keys(membership)
        if count > MOST_AT_ONCE:
            raise ValidationError(
                f"A call of {membership.user} in {membership.project} would meet {count} budgets; "
                f"{MOST_AT_ONCE} is the most. Remove one of them first."
            )


def rebind(budget: Budget) -> None:
    (budget.project or Household).judge_anew()


def _most_of_keys(membership: Membership) -> int:
    """The most budgets on one of this person's keys here."""
    keys = Budget.keys.rel.related_model.objects  # type: ignore[attr-defined]  # they stand above
    mine = keys.filter(owner=membership.user_id, project=membership.project_id, revoked_at=None)
    return max((key.budgets.filter(is_active=True).count() for key in mine), default=0)


def _held(budget: Budget) -> Budget:
    """As it stands, and nobody else changes it until the transaction ends."""
    rows = Budget.objects.select_for_update(of=("self",)).select_related("project")
    return rows.get(pk=budget.pk)


def _tie(budget: Budget, members: Iterable[Membership]) -> None:
    wanted = {member.pk for member in members}
    budget.members.exclude(membership__in=wanted).delete()
    BudgetMember.objects.bulk_create(
        [BudgetMember(budget=budget, membership_id=pk) for pk in sorted(wanted)],
        ignore_conflicts=True,
    )


def _note(
    budget: Budget,
    kind: str,
    actor: User | None,
    now: datetime,
    *,
    window: BudgetWindow | None = None,
    **details: Any,
) -> BudgetEvent:
    facts = {
        name: format(value, "f") if isinstance(value, Decimal) else value
        for name, value in details.items()
    }
    record(actor=actor, verb=f"budget.{kind}", subject=budget.name, details=facts)
    return BudgetEvent.objects.create(
        budget=budget, window=window, at=now, kind=kind, actor=actor, details=facts
    )
