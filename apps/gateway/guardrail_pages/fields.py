"""How lists and prices of a guardrail are typed: one name a line, dollars per million tokens."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from apps.budgets.forms import AmountField
from apps.guardrails.refusing import MOST_DOLLARS, MOST_LISTED

MOST_SHOWN = 3


class LinesField(forms.CharField):
    """Lines without their blanks at either end, each once, in the order they were typed."""

    widget = forms.Textarea

    def __init__(self, *, rows: int = 4, **options: Any) -> None:
        look = {"class": "input", "rows": rows, "autocomplete": "off"}
        look |= {"spellcheck": "false", "autocapitalize": "off"}
        super().__init__(
            **{"required": False, "strip": False, "widget": forms.Textarea(attrs=look), **options}
        )

    def to_python(self, value: Any) -> Any:
        text = super().to_python(value) or ""
        return tuple(dict.fromkeys(line for one in text.splitlines() if (line := one.strip())))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else "\n".join(value or ())


class NamesField(LinesField):
    """Models or providers, by their short name or by the one people read. `known` leads from
    either, in small letters, to the short one; what is `kept` stood here before."""

    def __init__(self, *, what: str, **options: Any) -> None:
        super().__init__(**options)
        self.what = what
        self.known: Mapping[str, str] = {}
        self.kept: Collection[str] = ()

    def to_python(self, value: Any) -> Any:
        names = [part for line in super().to_python(value) for part in _parted(line, self.known)]
        if len(names) > MOST_LISTED:
            raise ValidationError(f"{len(names):,} lines are too many. {MOST_LISTED:,} fit.")
        found = {name: self._slug(name) for name in names}
        wrong = [name for name, slug in found.items() if slug is None]
        if wrong:
            raise ValidationError([self._sentence(name) for name in wrong[:MOST_SHOWN]])
        return tuple(dict.fromkeys(slug for slug in found.values() if slug))

    def _slug(self, name: str) -> str | None:
        return self.known.get(name.lower()) or (name if name in self.kept else None)

    def _sentence(self, name: str) -> str:
        near = get_close_matches(name.lower(), list(self.known), n=1, cutoff=0.7)
        hint = f" Did you mean {self.known[near[0]]}?" if near else ""
        return f"“{name[:60]}” is not a {self.what} of this house.{hint}"


class PriceField(AmountField):
    """US dollars per million tokens; empty is no limit."""

    def __init__(self, **options: Any) -> None:
        usual = {"required": False, "most": Decimal(MOST_DOLLARS), "without": "leave it empty"}
        super().__init__(**{**usual, **options})

    def prepare_value(self, value: Any) -> Any:
        return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _parted(line: str, known: Mapping[str, str]) -> list[str]:
    """Names people pasted with commas between; a name that holds a comma itself stays whole."""
    if line.lower() in known:
        return [line]
    return [part for one in line.split(",") if (part := one.strip())]
