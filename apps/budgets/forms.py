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
BELOW_ZERO = "A limit cannot be below zero. Enter 0 to stop paid calls, or a sum above zero."
ABOVE_ZERO = "Enter a sum above zero, such as 0.50."


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
        places: int = MOST_PLACES,
        below: str = "",
        **options: Any,
    ) -> None:
        """`without`: what somebody does who wants no limit, empty where the sum is none; `below`:
        what is said of a sum below zero."""
        super().__init__(**{"error_messages": {"required": WANTED}, **options})
        self.takes_zero = takes_zero
        limit = f" To have no limit, {without}." if without else ""
        self.too_much = f"${most:,} is the most.{limit}"
        self.most, self.places = most, places
        self.below = below or (BELOW_ZERO if takes_zero else ABOVE_ZERO)

    def to_python(self, value: Any) -> Decimal | None:
        text = " ".join(str(value or "").split())
        amount = self._amount(text) if text else None
        if amount is not None and amount > self.most:
            raise ValidationError(self.too_much)
        return amount

    def _amount(self, text: str) -> Decimal:
        if "," in text:
            raise ValidationError("Write it with a point and without commas, such as 1.50 or 1000.")
        found = SUM.fullmatch(text)
        whole, part = (found["whole"], found["part"] or "") if found else ("", "")
        if found is None or not (whole or part):
            raise ValidationError(WANTED)
        if found["minus"] and (whole + part).strip("0"):
            raise ValidationError(self.below)
        if len(part.rstrip("0")) > self.places:
            size = ", a hundredth of a cent" if self.places == MOST_PLACES else ""
            raise ValidationError(f"Use at most {self.places} places behind the point{size}.")
        amount = Decimal(f"{whole or 0}.{part.rstrip('0') or 0}")
        if not amount and not self.takes_zero:
            raise ValidationError(ABOVE_ZERO)
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
