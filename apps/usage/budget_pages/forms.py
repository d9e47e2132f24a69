"""The forms of a budget: making and changing one, and giving more for now."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.db import transaction

from apps.accounts.models import User
from apps.budgets import changing
from apps.budgets.changing import Terms
from apps.budgets.forms import INTERVALS, ONCE, AlertsField, AmountField
from apps.budgets.models import Budget, usual_alerts
from apps.budgets.windows import running_window
from apps.keys.limiting import change_for_keys, make_for_keys
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from apps.usage.budget_pages import naming

Covers = Budget.Covers


@dataclass(frozen=True)
class Subject:
    """Whom a form is about: the household, or a project."""

    covers: str
    project: Project | None = None


class PeopleField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # none at run time
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.user)


class BudgetForm(forms.Form):
    """Only the fields that its subject has. `form_id` is the form itself: sent twice, it makes one
    budget."""

    user = forms.ModelChoiceField(
        queryset=User.objects.none(),
        label="Person",
        empty_label=None,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose one of the people."),
    )
    members = PeopleField(
        queryset=Membership.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one member.",
            **dict.fromkeys(
                ("invalid_choice", "invalid_pk_value"), "Choose members of this project."
            ),
        },
    )
    keys = forms.ModelMultipleChoiceField(
        queryset=ApiKey.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choose at least one key.",
            **dict.fromkeys(("invalid_choice", "invalid_pk_value"), "Choose keys of this project."),
        },
    )
    limit_usd = AmountField(
        label="Limit in dollars", help_text="0 stops every paid call; free models go on."
    )
    interval = forms.ChoiceField(
        label="Comes back",
        initial="monthly",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose when it comes back."),
    )
    name = forms.CharField(
        label="Name",
        required=False,
        max_length=naming.LONGEST,
        help_text="Empty: it is named after whom it covers.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    alert_at = AlertsField(
        label="Tell at, in per cent",
        required=False,
        help_text="When so much is spent, the people it names and who looks after it are told.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form_id = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, *, viewer: User, subject: Subject, budget: Budget | None = None
    ) -> None:
        super().__init__(data, initial=_told(budget))
        self.subject, self.budget = subject, budget
        for name, covers in (("user", "person"), ("members", "members"), ("keys", "keys")):
            if subject.covers != covers or (name == "user" and budget):
                del self.fields[name]
        if "user" in self.fields:
            self._offer("user", User.objects.filter(is_active=True).order_by("name", "email"))
        if "members" in self.fields and subject.project:
            members = subject.project.memberships.filter(is_active=True, user__is_active=True)
            self._offer("members", members.select_related("user").order_by("created_at"))
        if "keys" in self.fields:
            keys = ApiKey.objects.for_user(viewer).kept().filter(project=subject.project)
            self._offer("keys", keys.order_by("name", "pk"))
        if budget is not None:
            self.fields["name"].help_text = "Empty: it stays as it is."
        interval = self.fields["interval"]
        assert isinstance(interval, forms.ChoiceField)
        interval.choices = _intervals(budget)

    def _offer(self, name: str, rows: Any) -> None:
        self.fields[name].queryset = rows  # type: ignore[attr-defined]

    @property
    def has_nobody(self) -> bool:
        """Nothing it could cover."""
        offered = [self.fields[name] for name in ("members", "keys") if name in self.fields]
        return any(not one.queryset.exists() for one in offered)  # type: ignore[attr-defined]

    def terms(self) -> Terms:
        wish = self.cleaned_data
        terms = Terms(
            name=" ".join(wish["name"].split()),
            covers=self.subject.covers,
            limit_usd=wish["limit_usd"],
            interval=wish["interval"],
            project=self.subject.project,
            user=self.budget.user if self.budget else wish.get("user"),
            members=tuple(wish.get("members", ())),
            alert_at=tuple(wish["alert_at"]),
        )
        if terms.name:
            return terms
        name = self.budget.name if self.budget else naming.suggested(terms, wish.get("keys", ()))
        return replace(terms, name=name)

    def make(self, *, actor: User) -> Budget:
        """Raises IntegrityError where this form made one before, ValidationError where a call
        would meet too many."""
        terms, form_id = self.terms(), self.cleaned_data["form_id"]
        if self.subject.covers == Covers.KEYS:
            keys = self.cleaned_data["keys"]
            return make_for_keys(terms, keys, actor=actor, form_id=form_id)
        return changing.make(terms, actor=actor, form_id=form_id)

    def change(self, *, actor: User) -> None:
        assert self.budget is not None
        if self.subject.covers == Covers.KEYS:
            change_for_keys(self.budget, self.terms(), self.cleaned_data["keys"], actor=actor)
        else:
            changing.change(self.budget, self.terms(), actor=actor)


class GrantForm(forms.Form):
    amount = AmountField(label="How much more, in dollars", takes_zero=False)
    reason = forms.CharField(
        label="Why",
        required=False,
        max_length=200,
        help_text="Stands in the history of the budget.",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    form_id = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Preview:
    """What a change means, where that should be seen first. `agreed` names it."""

    ends_at: datetime | None
    next_ends_at: datetime | None
    changes_interval: bool
    spent: Decimal | None
    agreed: str


def preview(budget: Budget, terms: Terms, now: datetime) -> Preview | None:
    """None where nothing has to be said."""
    with transaction.atomic():
        window = running_window(budget, now)
        dates = changing.next_dates(budget, terms.interval, now)
    used = window.spent_usd
    is_lowered = terms.limit_usd < budget.limit_usd
    blocks = is_lowered and terms.limit_usd + window.extra_usd <= used
    changes_interval = terms.interval != budget.interval
    if not (blocks or changes_interval):
        return None
    agreed = f"{terms.interval} {terms.limit_usd.normalize():f}"
    return Preview(*dates, changes_interval, used if blocks else None, agreed)


def _told(budget: Budget | None) -> dict[str, Any]:
    if budget is None:
        return {"alert_at": usual_alerts()}
    return {
        "name": budget.name,
        "limit_usd": _plain(budget.limit_usd),
        "interval": budget.interval,
        "alert_at": budget.alert_at,
        "members": list(budget.members.values_list("membership", flat=True)),
        "keys": list(ApiKey.objects.filter(budgets=budget).values_list("pk", flat=True)),
    }


def _intervals(budget: Budget | None) -> list[tuple[str, str]]:
    """A prepaid one stays prepaid, and no other becomes it."""
    if budget is None:
        return [*INTERVALS, ONCE]
    return [ONCE] if budget.interval == "once" else INTERVALS


def _plain(amount: Decimal) -> str:
    """As one would type it: `5.00`, `0.125`."""
    whole, _, part = f"{amount:f}".partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"
