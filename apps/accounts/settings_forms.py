"""The forms of the settings pages: one's own, and the household's."""

import zoneinfo
from typing import Any, ClassVar

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.audit import record
from apps.accounts.forms import zone_choices
from apps.accounts.models import Household, User

WEEKDAYS = (
    (0, "Monday"),
    (1, "Tuesday"),
    (2, "Wednesday"),
    (3, "Thursday"),
    (4, "Friday"),
    (5, "Saturday"),
    (6, "Sunday"),
)


def _zones(standing: str) -> list[tuple[str, str]]:
    """A zone set by hand that is no place stays a choice."""
    choices = zone_choices()
    is_odd = standing in zoneinfo.available_timezones() and standing not in dict(choices)
    return [*choices, (standing, standing)] if is_odd else choices


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]  # a class has none at run time
    zone = forms.ChoiceField(
        label="Time zone", required=False, help_text="Times are shown in it, to you alone."
    )

    class Meta:
        model = User
        fields: ClassVar = ["name", "theme", "zone"]
        labels: ClassVar = {"name": "Name", "theme": "Theme"}
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts: ClassVar = {
            "name": "As others in the house see you. Empty: the first part of your address.",
        }

    def __init__(self, *args: Any, household_zone: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = _zones(self.instance.zone)
        self.fields["zone"].choices = [  # type: ignore[attr-defined]
            ("", f"The household’s: {household_zone.replace('_', ' ')}"),
            *places,
        ]


class PasswordForm(forms.Form):
    """The old password is asked for, so that an open screen is not enough."""

    old = forms.CharField(
        label="Your current password",
        strip=False,
        max_length=1000,
        error_messages={"required": "Enter the password you sign in with now."},
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label="New password",
        strip=False,
        max_length=1000,
        help_text="At least ten characters; three or four words are good.",
        error_messages={"required": "Choose a password of at least ten characters."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": "10"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_old(self) -> str:
        old: str = self.cleaned_data["old"]
        if not self._user.check_password(old):
            raise ValidationError("That is not your password. Try again.")
        return old

    def clean_new(self) -> str:
        new: str = self.cleaned_data["new"]
        validate_password(new, self._user)
        return new


class FirstHouseholdForm(forms.ModelForm):  # type: ignore[type-arg]  # none at run time
    """What a fresh household is asked; the rest has defaults that fit most."""

    zone = forms.ChoiceField(
        label="Time zone",
        help_text="Days, weeks and months start at midnight here, for spending too.",
    )

    class Meta:
        model = Household
        fields: ClassVar = ["name", "purpose", "zone"]
        labels: ClassVar = {"name": "Name of the household", "purpose": "Who it is for"}
        error_messages: ClassVar = {"name": {"required": "Give the household a name."}}
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["zone"].choices = _zones(self.instance.zone)  # type: ignore[attr-defined]

    def save_as(self, person: User) -> None:
        """Keeps what changed, with its line in the audit log; nothing changed leaves no line."""
        if not self.has_changed():
            return
        with transaction.atomic():
            self.instance.save(update_fields=self.changed_data)
            details = {name: self.cleaned_data[name] for name in self.changed_data}
            record(
                actor=person, verb="household.changed", subject=str(self.instance), details=details
            )


class HouseholdForm(FirstHouseholdForm):
    week_starts_on = forms.TypedChoiceField(
        label="The week starts on", choices=WEEKDAYS, coerce=int, help_text="For sums by the week."
    )
    receipt_months = forms.IntegerField(
        label="Keep receipts, in months",
        min_value=1,
        max_value=120,
        help_text="Older ones are removed for good; sums stay.",
        error_messages={
            "invalid": "Enter a whole number of months, such as 13.",
            "min_value": "Keep receipts for at least 1 month.",
            "max_value": "Receipts can be kept for at most 120 months.",
            "required": "Enter a number of months, such as 13.",
        },
    )

    asks_providers = forms.BooleanField(
        label="Ask providers whether they answer",
        required=False,
        help_text="Every ten minutes the house asks each connected provider for its list of "
        "models. That costs nothing and sends no text. Without it, only calls tell how they do.",
    )

    rankings_are_public = forms.BooleanField(
        label="Show the rankings to everybody",
        required=False,
        help_text="Also to people without an account: of the last whole month, names of models and "
        "apps that at least three people used, if at least five used the house. Never who, how "
        "many, or when. Without it, only people of the house see them.",
    )

    class Meta(FirstHouseholdForm.Meta):
        fields: ClassVar = [
            "name",
            "purpose",
            "zone",
            "week_starts_on",
            "receipt_months",
            "asks_providers",
            "rankings_are_public",
        ]

    @property
    def calendar(self) -> str:
        """What is asked about before it is saved; nothing where days stay as they are."""
        moved = {"zone", "week_starts_on"} & set(self.changed_data)
        wish = self.cleaned_data
        return f"{wish['zone']} {wish['week_starts_on']}" if moved else ""
