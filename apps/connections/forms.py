"""The form of a connection. What an address or a key may be is decided in saving.py."""

import re
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Provider
from apps.connections.free_calls import MOST_A_DAY
from apps.connections.models import Connection
from apps.connections.saving import save_connection
from apps.core.outbound import OutboundRefused, Target

# Sentences that commands share with this page name the command's option as well.
FOR_COMMANDS = re.compile(r" \(--[a-z-]+\)")

AT_HOME = "For Ollama, LM Studio and the like on your own network."
FORWARDS = (
    "Such as LiteLLM, or a machine that asks a provider in turn. What leaves it nobody here can "
    "know, so it counts as kept and learned from."
)
AT_HOME_PLACE = "It may then reach {host}, port {port}, and nothing else there."


class FreeLimitForm(forms.Form):
    """What an account gets for free, where somebody knows better than the catalogue."""

    per_day = forms.IntegerField(
        label="Free calls a day of this account",
        required=False,
        min_value=0,
        max_value=MOST_A_DAY,
        help_text="Empty: what is known of the provider. 0: none, so that they stop.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"),
            f"A number from 0 to {MOST_A_DAY:,}, or nothing.",
        ),
    )


class AttestForm(forms.Form):
    """Zero retention, as the household agreed it with a provider."""

    note = forms.CharField(
        label="Where that stands",
        max_length=300,
        error_messages={"required": "Say where that stands, such as a contract or a setting."},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "placeholder": "Contract of 3 May, section 4"}
        ),
    )
    on = forms.DateField(
        label="Agreed since",
        error_messages={
            "required": "Say since which day.",
            "invalid": "Enter a day, such as 2026-05-03.",
        },
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )

    def clean_note(self) -> str:
        return " ".join(self.cleaned_data["note"].split())

    def clean_on(self) -> date:
        on: date = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise ValidationError("That day is still to come; say so when it is here.")
        return on


class ConnectionForm(forms.Form):
    name = forms.CharField(
        max_length=100,
        error_messages={"required": "Give the connection a name."},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    base_url = forms.CharField(
        label="Base URL",
        max_length=300,
        error_messages={"required": "Enter the address its apps use, such as https://…/v1."},
        widget=forms.URLInput(
            attrs={"placeholder": "https://…/v1", "autocomplete": "off", "spellcheck": "false"}
        ),
    )
    credential = forms.CharField(
        label="Key",
        required=False,
        error_messages={"required": "Enter a key from your account there."},
        max_length=10_000,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    at_home = forms.BooleanField(label="Runs at home", required=False, help_text=AT_HOME)
    forwards = forms.BooleanField(
        label="It hands on what it is sent", required=False, help_text=FORWARDS
    )

    def __init__(
        self,
        data: Any = None,
        *,
        provider: Provider,
        connection: Connection | None = None,
    ) -> None:
        """Without a connection the form is for a new one."""
        super().__init__(data)
        self.provider, self.connection = provider, connection
        if provider.slug != Provider.CUSTOM:  # a company's model is a company's, wherever it stands
            del self.fields["forwards"]
        if connection is None:
            self._prepare_new()
        else:
            self._prepare_change(connection)

    @property
    def place_at_home(self) -> str:
        """What the switch would permit at the address that stands in the form now."""
        try:
            target = Target.from_url(str(self["base_url"].value() or "").strip())
        except OutboundRefused:
            return ""
        return AT_HOME_PLACE.format(host=target.host, port=target.port)

    @property
    def is_rotation(self) -> bool:
        """A new key for the same place: the old one stays until the new one is known to work."""
        here, wish = self.connection, self.cleaned_data
        return bool(
            here and here.credential and wish["credential"] and here.leads_to(wish["base_url"])
        )

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if Connection.objects.filter(provider=self.provider, name=name).exists():
            raise ValidationError(
                f"There is a connection to {self.provider.name} with this name; choose another."
            )
        return name

    def credential_to_store(self) -> str | None:
        """None keeps what is stored: an empty field of a stored connection says nothing."""
        typed = self.cleaned_data["credential"]
        return typed if typed or self.connection is None else None

    def save(self, *, by: User) -> Connection | None:
        """None when saving refused; the form then says why."""
        wish = self.cleaned_data
        try:
            return save_connection(
                self.provider,
                self.connection.name if self.connection else wish["name"],
                base_url=wish["base_url"],
                credential=self.credential_to_store(),
                at_home=wish["at_home"],
                forwards=wish.get("forwards"),
                by=by,
            )
        except ValidationError as problem:
            self.add_sentences(problem)
            return None

    def add_sentences(self, problem: ValidationError) -> None:
        """Puts each sentence at its field, or above the form where it has none."""
        by_field = problem.message_dict if hasattr(problem, "error_dict") else {}
        for name, sentences in (by_field or {"": problem.messages}).items():
            plain = [FOR_COMMANDS.sub("", sentence) for sentence in sentences]
            self.add_error(name if name in self.fields else None, ValidationError(plain))

    def _prepare_new(self) -> None:
        known = self.provider.fact("base_url") or ""
        self.initial = {"name": self.provider.name, "base_url": known}
        self.fields["base_url"].help_text = (
            "From the catalogue; change it only if your account says so."
            if known
            else "It differs from account to account and stands in your account there."
        )
        self.fields["credential"].help_text = "Stored encrypted and never shown again."
        self.fields["credential"].required = self.provider.slug != Provider.CUSTOM
        if self.provider.slug == Provider.CUSTOM:
            self.initial["name"] = ""
            self.fields["base_url"].help_text = "Such as http://192.168.1.20:11434/v1 for Ollama."

    def _prepare_change(self, connection: Connection) -> None:
        del self.fields["name"]
        self.initial = {
            "base_url": connection.base_url,
            "at_home": connection.is_at_home,
            "forwards": connection.forwards_elsewhere,
        }
        self.fields["base_url"].help_text = "Another host or port clears the stored key."
        self.fields["credential"].label = "New key" if connection.credential else "Key"
        self.fields["credential"].help_text = (
            "Leave it empty to keep the stored one. A new one is tested before it takes its place."
            if connection.credential
            else "None is stored."
        )
