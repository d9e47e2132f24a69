"""What is said of a budget, in one sentence: of whom, how much, for how long, and when it comes
back. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.accounts.models import Household, User
from apps.accounts.zone import day_start
from apps.budgets.audience import Audience
from apps.budgets.models import Budget, BudgetWindow
from apps.core.money import usd

Covers = Budget.Covers
EACH = {"daily": "a day", "weekly": "a week", "monthly": "a month", "once": "once"}
NOW = {"daily": "today", "weekly": "this week", "monthly": "this month"}
# How long such a window is at most, with the hour that a clock may give it.
LONGEST = {
    "daily": timedelta(hours=25),
    "weekly": timedelta(days=7, hours=1),
    "monthly": timedelta(days=31, hours=1),
}
WEEK = 7


def used(window: BudgetWindow, who: str, *, now: datetime, zone: ZoneInfo) -> str:
    """“Mia has used 80 % of $1.00 for today; it comes back at midnight.” `who` has its verb."""
    allowed = window.allowed_usd
    percent = int(window.spent_usd * 100 / allowed)
    part = f"used {percent} % of" if percent < 100 else "used up"
    back = f"; it comes back {moment(window.ends_at, now, zone)}." if window.ends_at else "."
    return f"{who} {part} {usd(allowed)}{_span(window)}{_place(window.budget)}{back}"


def again(window: BudgetWindow, who: str) -> str:
    """“Mia has $1.00 for today again.”"""
    return f"{who} {usd(window.limit_usd)}{_span(window)}{_place(window.budget)} again."


def who_has(budget: Budget, audience: Audience, reader: User, household: Household) -> str:
    """“You have”, “Mia has”, “Homework has”; several share what the budget is called."""
    if budget.covers == Covers.HOUSEHOLD:
        return f"The {household.word} has"
    if budget.covers == Covers.PROJECT and budget.project:
        return f"{budget.project} has"
    if budget.covers == Covers.KEYS or audience.alone is None:
        return f"“{budget.name}” has"
    return "You have" if audience.alone == reader else f"{audience.alone} has"


def moment(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """“at midnight”, “at 06:00”, “on Monday”, “on 1 December”, “on Monday at 06:00”."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    is_midnight = at == day_start(at, zone)
    days = (local.date() - today).days
    if days == 0 or (days == 1 and is_midnight):
        return "at midnight" if is_midnight else f"at {local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    day = f"on {local:%A}" if 0 < days < WEEK else f"on {local.day} {local:%B}{year}"
    return day if is_midnight else f"{day} at {local:%H:%M}"


def span(interval: str, starts_at: datetime, ends_at: datetime | None) -> str:
    """“today”, “this week”; nothing where a change made the window longer, or it has no end."""
    is_usual = ends_at is not None and ends_at - starts_at <= LONGEST[interval]
    return NOW[interval] if is_usual else ""


def _span(window: BudgetWindow) -> str:
    words = span(window.budget.interval, window.starts_at, window.ends_at)
    return f" for {words}" if words else ""


def _place(budget: Budget) -> str:
    """Somebody may have a budget in each project they work in."""
    is_told = budget.covers in {Covers.MEMBERS, Covers.KEYS} and budget.project
    return f" in {budget.project}" if is_told else ""
