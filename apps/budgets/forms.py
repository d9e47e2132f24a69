"""How a sum of money, an interval and thresholds are typed."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

MOST = Decimal(1_000_000)
MOST_PLACES = 4
MOST_ALERTS = 10
SUM = re.compile(r"(?P<minus>-?) ?\$? ?(?P<whole>\d*)(?:\.(?P<part>\d*))? ?\$?", re.ASCII)
INTERVALS = [
    ("daily", "every day, at midnight"),
    ("weekly", "every week"),
    ("monthly", "every month, on the first"),
]
ONCE = ("once", "never: it is used up once")
WANTED = "Enter a sum in dollars, such as 5 or 1.50."


class AmountField(forms.Field):
    """US dollars as a Decimal, from what people write: `5`, `$5`, `1.50`."""

    widget = forms.TextInput(
        attrs={"inputmode": "decimal", "autocomplete": "off", "placeholder": "5.00"}
    )

    def __init__(
        self,
        *,
        takes_zero: bool = True,
        most: Decimal = MOST,
        without: str = "leave the budget out",
        **options: Any,
    ) -> None:
        """`without`: what somebody does who wants no limit."""
        super().__init__(**{"error_messages": {"required": WANTED}, **options})
        self.takes_zero = takes_zero
        self.too_much = f"${most:,} is the most. To have no limit, {without}."
        self.most = most

    def to_python(self, value: Any) -> Decimal | None:
        text = " ".join(str(value or "").split())
        amount = _amount(text, takes_zero=self.takes_zero) if text else None
        if amount is not None and amount > self.most:
            raise ValidationError(self.too_much)
        return amount


class AlertsField(forms.CharField):
    """Per cent of the limit, rising: `50, 80, 100`."""

    def to_python(self, value: Any) -> Any:
        words = (super().to_python(value) or "").replace("%", " ").replace(",", " ").split()
        wrong = [word for word in words if not re.fullmatch(r"[1-9]\d?|100", word, re.ASCII)]
        if wrong:
            raise ValidationError(
                f"“{wrong[0][:20]}” will not do. Enter whole numbers from 1 to 100, such as 50, 80."
            )
        if len(set(words)) > MOST_ALERTS:
            raise ValidationError(f"Enter at most {MOST_ALERTS} numbers.")
        return tuple(sorted({int(word) for word in words}))

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else ", ".join(map(str, value or ()))


def _amount(text: str, *, takes_zero: bool) -> Decimal:
    if "," in text:
        raise ValidationError("Write it with a point and without commas, such as 1.50 or 1000.")
    found = SUM.fullmatch(text)
    whole, part = (found["whole"], found["part"] or "") if found else ("", "")
    if found is None or not (whole or part):
        raise ValidationError(WANTED)
    if found["minus"] and (whole + part).strip("0"):
        raise ValidationError(
            "A limit cannot be below zero. Enter 0 to stop paid calls, or a sum above zero."
            if takes_zero
            else "Enter a sum above zero, such as 0.50."
        )
    if len(part.rstrip("0")) > MOST_PLACES:
        raise ValidationError(
            f"Use at most {MOST_PLACES} places behind the point, a hundredth of a cent."
        )
    amount = Decimal(f"{whole or 0}.{part.rstrip('0') or 0}")
    if not amount and not takes_zero:
        raise ValidationError("Enter a sum above zero, such as 0.50.")
    return amount
