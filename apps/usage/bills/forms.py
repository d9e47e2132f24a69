"""What is asked about a bill: the file, whose it is, and how its figures are meant; then which
columns say what, where the file does not tell."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from apps.usage.bills.columns import NEEDED, PARTS, Columns, guessed
from apps.usage.bills.places import Place
from apps.usage.bills.text import Table

RATES = {"usd": Decimal(1), "cent": Decimal("0.01"), "micro": Decimal("0.000001")}
UNITS = {
    "usd": "US dollars",
    "cent": "US cents",
    "micro": "Millionths of a dollar",
    "other": "Another currency",
}
ORDERS = {"": "As the file itself shows", "dmy": "3 April", "mdy": "March 4"}
UNKNOWN = "Choose one of the answers."
NO_RATE = "Enter what one unit of that currency is in dollars, such as 1.08."


class BillForm(forms.Form):
    """`zones`: whose midnight days may begin at, by name."""

    file = forms.FileField(
        label="File",
        required=False,
        help_text="CSV, up to 15 MB and 50,000 lines. It is read, compared and forgotten.",
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
    )
    place = forms.ChoiceField(
        label="Whose bill",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose whose bill it is."),
    )
    zone = forms.ChoiceField(
        label="Its days begin at midnight",
        help_text="Most providers count in UTC.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), UNKNOWN),
    )
    unit = forms.ChoiceField(
        label="Its sums are in",
        choices=list(UNITS.items()),
        error_messages=dict.fromkeys(("required", "invalid_choice"), UNKNOWN),
    )
    rate = forms.DecimalField(
        label="One unit in dollars",
        required=False,
        min_value=Decimal("0.000001"),
        max_value=Decimal(1000),
        max_digits=12,
        decimal_places=9,
        help_text="Only for another currency.",
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places"), NO_RATE
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    order = forms.ChoiceField(
        label="03/04/2026 means",
        choices=list(ORDERS.items()),
        required=False,
        error_messages={"invalid_choice": UNKNOWN},
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any, files: Any, *, places: Sequence[Place], zones: Sequence[tuple[str, str]],
        initial: dict[str, str],
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial=initial)
        self.fields["place"].choices = [(one.value, one.name) for one in places]  # type: ignore[attr-defined]
        self.fields["zone"].choices = list(zones)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        if wish.get("unit") == "other" and not wish.get("rate") and "rate" not in self.errors:
            self.add_error("rate", NO_RATE)
        return wish

    @property
    def usd_rate(self) -> Decimal:
        unit: str = self.cleaned_data["unit"]
        return RATES[unit] if unit in RATES else self.cleaned_data["rate"]


class ColumnsForm(forms.Form):
    """One choice for each part of a line, from the columns of this file; guessed at first."""

    def __init__(self, data: Any, table: Table) -> None:
        known = guessed(table.heads)
        super().__init__(data, initial={f"col_{part}": str(at) for part, at in known.items()})
        named = [
            (str(at), head or f"Column {at + 1}, without a name")
            for at, head in enumerate(table.heads)
        ]
        for part, words in PARTS.items():
            is_needed = part in NEEDED
            blank = ("", "Choose a column") if is_needed else ("", "None")
            self.fields[f"col_{part}"] = forms.ChoiceField(
                label=words,
                choices=[blank, *named],
                required=is_needed,
                error_messages=dict.fromkeys(
                    ("required", "invalid_choice"), "Choose one of the columns."
                ),
            )

    @property
    def is_asked(self) -> bool:
        """Whether the answers came with this request."""
        return any(f"col_{part}" in self.data for part in NEEDED)

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or {}
        taken: dict[str, str] = {}
        for part in PARTS:
            at = wish.get(f"col_{part}")
            if at and at in taken:
                words = PARTS[taken[at]].lower()
                self.add_error(f"col_{part}", f"This column is taken for the {words} already.")
            elif at:
                taken[at] = part
        return wish

    @property
    def columns(self) -> Columns:
        wish = self.cleaned_data
        chosen: dict[str, Any] = {
            part: int(wish[f"col_{part}"]) for part in PARTS if wish.get(f"col_{part}")
        }
        return Columns(**chosen)
