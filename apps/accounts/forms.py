"""The form that makes a fresh house its owner's, and the places one may live in."""

import zoneinfo
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from apps.accounts.models import User


def zone_choices() -> list[tuple[str, str]]:
    """Places one may live in, by continent, and UTC."""
    names = sorted(name for name in zoneinfo.available_timezones() if _is_place(name))
    return [("UTC", "UTC"), *((name, name.replace("_", " ")) for name in names)]


class ClaimForm(forms.Form):
    email = forms.EmailField(
        label="Your e-mail",
        help_text="To sign in with. Nothing is sent to it.",
        error_messages={
            "required": "Enter the e-mail address you will sign in with.",
            "invalid": "Enter a whole e-mail address, such as lea@mill-lane.example.",
        },
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )
    name = forms.CharField(
        label="Your name",
        required=False,
        max_length=100,
        help_text="As others in the house will see you.",
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    password = forms.CharField(
        strip=False,
        max_length=1000,
        help_text="At least ten characters; three or four words are good.",
        error_messages={"required": "Choose a password of at least ten characters."},
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": "10"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                person = User(email=cleaned.get("email"), name=cleaned.get("name", ""))
                validate_password(password, person)
            except ValidationError as problem:
                self.add_error("password", problem)
        return cleaned


def _is_place(name: str) -> bool:
    return name.partition("/")[0] in {
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    }
