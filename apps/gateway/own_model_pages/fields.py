"""How prices, counts and lists of a model are typed."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.gateway.guardrail_pages.fields import PriceField

MOST_TOKENS = 100_000_000
PLACES = 9  # as exact as any provider's price


def price(label: str, help_text: str = "") -> PriceField:
    """US dollars per million tokens; empty is not known, which is not the same as nothing."""
    return PriceField(
        label=label,
        help_text=help_text,
        without="",
        places=PLACES,
        below="A price is never below zero. Enter 0 where it is free of charge.",
    )


def choices(label: str, words: Mapping[str, str], **options: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label,
        choices=list(words.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choose from what is offered here."},
        **options,
    )


class TokensField(forms.Field):
    """A number of tokens, with or without the marks people put between thousands."""

    def __init__(self, **options: Any) -> None:
        look = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "30"}
        usual = {"required": False, "widget": forms.TextInput(attrs=look)}
        super().__init__(**{**usual, **options})

    def to_python(self, value: Any) -> Any:
        text = re.sub(r"(?<=\d)[ ,_.](?=\d{3}(?:\D|$))", "", str(value or "").strip())
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and 0 < int(text[:12]) <= MOST_TOKENS):
            raise ValidationError("Enter a whole number of tokens, such as 128000.")
        return int(text)

    def prepare_value(self, value: Any) -> Any:
        return str(value) if isinstance(value, int) else value


class OneLineField(forms.CharField):
    """Without line breaks, and with one blank where somebody typed several."""

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        if not all(sign.isprintable() or sign.isspace() for sign in text):
            raise ValidationError("There is a sign in it that cannot be shown; type it anew.")
        return " ".join(text.split())
