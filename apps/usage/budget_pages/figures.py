"""A budget with its window of now, as bars and sentences show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from zoneinfo import ZoneInfo

from apps.accounts.models import Household, User
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.windows import calendar_of, open_due, running
from apps.budgets.words import EACH, span
from apps.core.money import usd
from apps.projects.models import Project
from apps.usage.budget_pages.times import Return, comes_back

NEAR = 80  # per cent
KINDS = {"person": "one person", "project": "project", "members": "members", "keys": "keys"}


@dataclass(frozen=True)
class Shown:
    """Percentages are text with one digit, as the drawing takes them."""

    budget: Budget
    window: BudgetWindow
    zone: ZoneInfo
    now: datetime

    @property
    def total(self) -> Decimal:
        return self.window.allowed_usd

    @property
    def left(self) -> Decimal:
        """For people: never below nothing."""
        return max(Decimal(0), self.window.left_usd)

    @property
    def spent_percent(self) -> str:
        return _percent(self.window.spent_usd, self.total)

    @property
    def held_percent(self) -> str:
        rest = max(Decimal(0), self.total - self.window.spent_usd)
        return _percent(min(self.window.held_usd, rest), self.total)

    @property
    def state(self) -> str:
        """`full` where nothing is left, `near` from 80 per cent."""
        used = self.total - self.window.left_usd
        if self.window.left_usd <= 0:
            return "full" if self.total else "stops"
        return "near" if used * 100 >= self.total * NEAR else ""

    @property
    def badge(self) -> str:
        words = {"full": "used up", "near": "nearly used", "stops": "free models only"}
        if self.state == "full" and self.window.held_usd > 0 and self._is_only_held:
            return "all held"
        return words.get(self.state, "")

    @property
    def _is_only_held(self) -> bool:
        return bool(self.window.spent_usd < self.total)

    @property
    def value_text(self) -> str:
        words = f"{usd(self.window.spent_usd)} spent, {usd(self.window.held_usd)} held, "
        return words + f"{usd(self.left)} left of {usd(self.total)}"

    @property
    def shown_spent(self) -> Decimal:
        """As far as the bar goes."""
        return min(Decimal(self.window.spent_usd), self.total)

    @property
    def each(self) -> str:
        return EACH[self.budget.interval]

    @cached_property
    def back(self) -> Return | None:
        ends_at = self.window.ends_at
        return comes_back(ends_at, self.zone, self.now) if ends_at else None

    @property
    def span(self) -> str:
        return span(self.budget.interval, self.window.starts_at, self.window.ends_at)

    @property
    def left_now(self) -> str:
        """`$0.62 of $1.00 left today`."""
        left = usd(self.left) if self.left else "Nothing"
        words = f"{left} of {usd(self.total)} left"
        return f"{words} {self.span}" if self.span else words

    @property
    def left_words(self) -> str:
        """One line: `$0.62 of $1.00 left today; comes back at midnight`."""
        return self.left_now + (f"; comes back {self.back.when}" if self.back else "")

    @property
    def back_words(self) -> str:
        """`starts again at midnight, Chicago time, in 5 h 12 min`."""
        if self.back is None:
            return "used once, never starts again"
        return f"starts again {self.back.when}, {self.back.zone}, in {self.back.until}"


def shown(budgets: Iterable[Budget], now: datetime) -> list[Shown]:
    """In the same order. Windows that are due are opened; a budget that was ended has its last."""
    budgets = list(budgets)
    household = Household.current()
    windows = _running(budgets, now)
    lacking = [one.pk for one in budgets if one.is_active and one.pk not in windows]
    if lacking:
        open_due(lacking, now)
        windows = _running(budgets, now)
    found = []
    for one in budgets:
        window = windows.get(one.pk) or one.windows.order_by("-starts_at").first()
        if window is not None:
            found.append(Shown(one, window, calendar_of(one, household).zone, now))
    return found


def tightest(user: User, project: Project | None, now: datetime) -> Shown | None:
    """The budget with the least left, of those that every call of this person there meets."""
    if project is None:
        return None
    binding = Budget.objects.binding(user, project).select_related("project", "user")
    return min(shown(binding, now), key=lambda one: one.window.left_usd, default=None)


def _running(budgets: list[Budget], now: datetime) -> dict[int, BudgetWindow]:
    rows = BudgetWindow.objects.filter(running(now), budget__in=[one.pk for one in budgets])
    return {row.budget_id: row for row in rows.order_by("starts_at")}


def _percent(part: Decimal, whole: Decimal) -> str:
    if whole <= 0:
        return "0"
    return f"{min(Decimal(100), 100 * part / whole):.1f}"
