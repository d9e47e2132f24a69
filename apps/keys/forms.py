"""The forms of a key: a new one, a change, and the time an old secret goes on working."""

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from apps.accounts.models import User
from apps.budgets.forms import INTERVALS, ONCE, AmountField
from apps.keys import choosing
from apps.keys.limiting import limit_key
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.access import ADMIN, may_change, projects_for, workplaces_of
from apps.projects.models import Project

LIFETIMES = [
    ("90", "in 90 days"),
    ("30", "in 30 days"),
    ("365", "in a year"),
    ("never", "never"),
]
AS_IT_IS = "as-it-is"
GRACES = [("24", "for 24 hours"), ("1", "for one hour"), ("168", "for 7 days"), ("0", "no longer")]
MOST_PER_MINUTE, MOST_IN_FLIGHT = 6000, 1000
NO_LIMIT = "Empty means no limit of its own."


def _limit(label: str, hint: str, most: int) -> forms.IntegerField:
    sentence = f"Enter a whole number from 1 to {most:,}, or leave it empty."
    return forms.IntegerField(
        label=label,
        help_text=f"{hint} {NO_LIMIT}",
        required=False,
        min_value=1,
        max_value=most,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), sentence),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class ModelsField(forms.MultipleChoiceField):
    """Any models of the catalogue, and those that are chosen already."""

    kept: tuple[str, ...] = ()

    def validate(self, value: list[str]) -> None:
        known = choosing.known_models()
        wrong = [slug for slug in value if slug not in known and slug not in self.kept]
        if wrong:
            raise ValidationError(f"{wrong[0][:100]} is not a model of this house.")


class KeyForm(forms.Form):
    """What may be set of every key."""

    name = forms.CharField(
        label="Name of the key",
        max_length=100,
        help_text="What will use it, such as “Laptop scripts”.",
        error_messages={"required": "Give the key a name, such as that of its app."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lifetime = forms.ChoiceField(
        label="Ends",
        choices=LIFETIMES,
        initial="90",
        help_text="A key that ends by itself is one less to remember; it can be given longer.",
    )
    app_name = forms.CharField(
        label="App",
        max_length=60,
        required=False,
        help_text="Shown beside its calls when the app does not name itself.",
        widget=forms.TextInput(attrs={"placeholder": "Open WebUI", "autocomplete": "off"}),
    )
    allowed_models = ModelsField(label="Models", required=False)
    requests_per_minute = _limit(
        "Calls a minute", "How many may begin in any 60 seconds.", MOST_PER_MINUTE
    )
    max_in_flight = _limit("Calls at once", "How many may run side by side.", MOST_IN_FLIGHT)
    fit_always = forms.BooleanField(
        label="Shorter rather than not at all",
        required=False,
        help_text="Where a budget has no room for as long an answer as an app asks for, it gets a "
        "shorter one instead of a refusal.",
    )

    is_front_end = forms.BooleanField(
        label="Trusted front end",
        required=False,
        help_text="For an app that several people share, such as Open WebUI. With each call it "
        "says in X-OpenWebUI-User-Email who asks; the call is then that member’s, under their "
        "budgets and guardrails. Whoever has this key can call in the name of every member of the "
        "project.",
    )

    @cached_property
    def chosen(self) -> list[str]:
        """The models that are ticked, also while the form is wrong elsewhere."""
        return list(self["allowed_models"].value() or [])

    @cached_property
    def groups(self) -> list[choosing.Group]:
        return choosing.groups(self.chosen)

    def rules(self) -> Rules:
        wish = self.cleaned_data
        return Rules(
            name=wish["name"],
            app_name=wish["app_name"],
            expires_at=self.expires_at(),
            allowed_models=tuple(dict.fromkeys(wish["allowed_models"])),
            requests_per_minute=wish["requests_per_minute"],
            max_in_flight=wish["max_in_flight"],
            fit_always=wish["fit_always"],
            is_front_end=wish.get("is_front_end", self.initial.get("is_front_end", False)),
        )

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return None if days == "never" else timezone.now() + timedelta(days=int(days))


class NewKeyForm(KeyForm):
    """`form_id` is the form itself: sent twice, it makes one key."""

    project: "forms.ModelChoiceField[Project]" = forms.ModelChoiceField(
        queryset=Project.objects.none(),
        empty_label=None,
        error_messages={"invalid_choice": "You may not make calls in this project."},
    )
    form_id = forms.UUIDField(required=False, initial=uuid4, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project = self.fields["project"]
        assert isinstance(project, forms.ModelChoiceField)
        project.queryset = workplaces_of(user).order_by("id")
        project.initial = project.queryset.first()
        self.user = user
        if not projects_for(user, ADMIN).exists():
            del self.fields["is_front_end"]

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        project = wish.get("project")
        if wish.get("is_front_end") and project and not may_change(self.user, project.pk):
            self.add_error("is_front_end", f"Only an admin of {project} can trust a front end.")
        return wish

    def save(self, *, owner: User) -> tuple[ApiKey, str]:
        """The key and its secret. Raises AlreadyShown where this form made one before."""
        return make_key(
            self.rules(),
            project=self.cleaned_data["project"],
            owner=owner,
            actor=owner,
            form_id=self.cleaned_data["form_id"],
        )


class IntervalField(forms.ChoiceField):
    """What is not sent is as it stood."""

    def clean(self, value: Any) -> Any:
        return super().clean(value or self.initial)


class LimitedKeyForm(NewKeyForm):
    """A new key with a budget of its own, where one is wished."""

    limit_usd = AmountField(
        label="Limit in dollars",
        required=False,
        help_text="Empty: no limit. 0: free models only.",
    )
    interval = IntervalField(label="Comes back", choices=[*INTERVALS, ONCE], initial="monthly")

    def save(self, *, owner: User) -> tuple[ApiKey, str]:
        """Raises ValidationError too, where the key would meet too many budgets; then it is not
        made either."""
        limit = self.cleaned_data["limit_usd"]
        with transaction.atomic():
            key, secret = super().save(owner=owner)
            if limit is not None:
                limit_key(key, limit, self.cleaned_data["interval"], actor=owner)
        return key, secret


class ChangeKeyForm(KeyForm):
    """`user` is who changes it: who may not trust a front end leaves that as it is."""

    def __init__(self, data: Any = None, *, key: ApiKey, user: User) -> None:
        told = {
            "name": key.name,
            "app_name": key.app_name,
            "lifetime": AS_IT_IS,
            "allowed_models": key.allowed_models,
            "requests_per_minute": key.requests_per_minute,
            "max_in_flight": key.max_in_flight,
            "fit_always": key.fit_always,
            "is_front_end": key.is_front_end,
        }
        super().__init__(data, initial=told)
        self.key = key
        if not may_change(user, key.project_id):
            del self.fields["is_front_end"]
        models, lifetime = self.fields["allowed_models"], self.fields["lifetime"]
        assert isinstance(models, ModelsField)
        assert isinstance(lifetime, forms.ChoiceField)
        models.kept = tuple(key.allowed_models)
        lifetime.choices = [(AS_IT_IS, f"as it is, {_when(key)}"), *LIFETIMES]
        lifetime.help_text = "Counted from today."

    def expires_at(self) -> datetime | None:
        if self.cleaned_data["lifetime"] == AS_IT_IS:
            return self.key.expires_at
        return super().expires_at()


class RollForm(forms.Form):
    """`seen` is the key that is to be replaced: sent twice, the form replaces it once."""

    grace = forms.ChoiceField(label="The old one works", choices=GRACES, initial="24")
    seen = forms.CharField(widget=forms.HiddenInput)

    def duration(self) -> timedelta:
        return timedelta(hours=int(self.cleaned_data["grace"]))


def _when(key: ApiKey) -> str:
    if key.expires_at is None:
        return "never"
    local = timezone.localtime(key.expires_at)
    return f"{local.day} {local:%b %Y}"
