"""Which budgets one call was charged to, and what each had left afterwards: by name where the
reader may look at the budget, else as one of the others."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.words import EACH
from apps.usage.models import Generation
from apps.usage.noted import decimal_of, whole_of


class Charged(NamedTuple):
    """`left` is None where it was not noted: the house had failed, or the call still runs."""

    budget: Budget
    window: BudgetWindow
    usd: Decimal
    left: Decimal | None

    @property
    def each(self) -> str:
        return EACH[self.budget.interval]


class ChargedTo(NamedTuple):
    """`others`: how many more bound it that the reader may not look at."""

    known: Sequence[Charged] = ()
    others: int = 0

    @property
    def tells_left(self) -> bool:
        return any(one.left is not None for one in self.known)


def charged_to(call: Generation, noted: Any, reader: User) -> ChargedTo:
    """`noted` is what the receipt says was left, by window."""
    if not call.window_ids or call.state != Generation.State.CLOSED:
        return ChargedTo()
    left = _left(noted)
    windows = BudgetWindow.objects.filter(
        pk__in=call.window_ids, budget__in=Budget.objects.for_user(reader)
    )
    known = [
        Charged(one.budget, one, call.cost_usd, left.get(one.pk))
        for one in windows.select_related("budget").order_by("pk")
    ]
    return ChargedTo(known, len(set(call.window_ids)) - len(known))


def _left(noted: Any) -> Mapping[int, Decimal]:
    if not isinstance(noted, list):
        return {}
    pairs = (one for one in noted if isinstance(one, list) and len(one) == 2)
    found = ((whole_of(window), decimal_of(left)) for window, left in pairs)
    return {window: left for window, left in found if window is not None and left is not None}
