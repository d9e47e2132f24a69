"""Where a budget is heading, from the pace of the same weekdays over the last four weeks: what it
comes to by the end of the window, or when it is used up. Sums are exact; days are the budget's own,
also those of 23 and 25 hours."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from apps.accounts.models import Household
from apps.accounts.zone import day_start
from apps.budgets.calendar import DAILY, Calendar, period
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.windows import calendar_of
from apps.core.money import usd
from apps.usage.models import UsageQuarter

LOOK_BACK = 28
LEAST_DAYS, LEAST_CALLS = 3, 10
FARTHEST = timedelta(days=62)  # a prepaid budget has no end; nobody knows more than two months
ONE_HOUR = timedelta(hours=1)
Covers = Budget.Covers


@dataclass(frozen=True, slots=True)
class Forecast:
    """`total` is what it comes to by the end; `used_up_at` is set where it ends before."""

    sentence: str
    basis: str
    total: Decimal | None
    used_up_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """What whole days before `today` cost, from `first` on; one that is not named cost nothing."""

    sums: Mapping[date, Decimal]
    first: date
    today: date
    calls: int

    @property
    def is_enough(self) -> bool:
        return (self.today - self.first).days >= LEAST_DAYS and self.calls >= LEAST_CALLS

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.today - self.first).days)]

    def like(self, weekday: int) -> list[date]:
        return [day for day in self.days() if day.weekday() == weekday]

    def of(self, day: date) -> Fraction:
        """Of such a weekday; of any day where a young house has not seen one yet."""
        known = self.like(day.weekday()) or self.days()
        return Fraction(sum(self.sums.get(one, Decimal(0)) for one in known)) / len(known)


def forecast_of(budget: Budget, window: BudgetWindow, now: datetime) -> Forecast | None:
    """None where there is too little to go by, or nothing to tell."""
    zone = calendar_of(budget, Household.current()).zone
    pace = pace_of(budget, now, zone)
    return forecast(pace, window, now, zone) if pace and pace.is_enough else None


def forecast(pace: Pace, window: BudgetWindow, now: datetime, zone: ZoneInfo) -> Forecast | None:
    """Pure: `window` is read, and nothing is asked of the database."""
    end = window.ends_at or now + FARTHEST
    spent, allowed = Fraction(window.spent_usd), Fraction(window.allowed_usd)
    if spent >= allowed or end <= now:
        return None
    steps = list(_steps(pace, now, end, zone))
    basis = _basis(pace, {begins.astimezone(zone).weekday() for begins, _, _ in steps})
    for begins, ends, cost in steps:
        if spent + cost > allowed:
            part = (allowed - spent) / cost
            at = begins + timedelta(microseconds=int(part * _microseconds(ends - begins)))
            return Forecast(f"Used up {_about(at, now, zone)}.", basis, None, at)
        spent += cost
    if window.ends_at is None:
        return None
    total = Decimal(spent.numerator) / Decimal(spent.denominator)
    by = _by(end, now, zone)
    return Forecast(
        f"At this pace {usd(total)} of {usd(window.allowed_usd)} by {by}.", basis, total, None
    )


def pace_of(budget: Budget, now: datetime, zone: ZoneInfo) -> Pace | None:
    """Of calls that cost something: free ones meet no budget."""
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=LOOK_BACK), datetime.min.time(), zone)
    midnight = day_start(now, zone)
    rows = UsageQuarter.objects.filter(_of(budget), cost_usd__gt=0)
    days = _days(rows.filter(starts_at__gte=since, starts_at__lt=midnight), zone)
    if not days:
        return None
    is_older = rows.filter(starts_at__lt=since).exists()
    return Pace(
        sums={day: cost for day, (cost, _) in days.items()},
        first=today - timedelta(days=LOOK_BACK) if is_older else min(days),
        today=today,
        calls=sum(calls for _, calls in days.values()),
    )


def _days(rows: QuerySet[UsageQuarter], zone: ZoneInfo) -> dict[date, tuple[Decimal, int]]:
    found = rows.annotate(day=TruncDate("starts_at", tzinfo=zone)).values("day")
    summed = found.annotate(cost=Sum("cost_usd"), calls=Sum("requests")).order_by()
    return {row["day"]: (row["cost"], row["calls"]) for row in summed}


def _of(budget: Budget) -> Q:
    """The sums of whom it covers today."""
    if budget.covers == Covers.PERSON:
        return Q(user_id=budget.user_id)
    if budget.covers == Covers.PROJECT:
        return Q(project_id=budget.project_id)
    if budget.covers == Covers.MEMBERS:
        people = budget.members.values("membership__user_id")
        return Q(project_id=budget.project_id, user_id__in=people)
    if budget.covers == Covers.KEYS:
        return Q(key_id__in=budget.keys.values("pk"))
    return Q()


def _steps(
    pace: Pace, now: datetime, end: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, Fraction]]:
    """What is left of each day until the end, and what it will cost: evenly over the day."""
    begins = now.astimezone(UTC)
    while begins < end:
        day = period(DAILY, Calendar(zone), begins)
        assert day.ends_at is not None
        ends = min(day.ends_at, end)
        part = Fraction(_microseconds(ends - begins), _microseconds(day.ends_at - day.starts_at))
        yield begins, ends, pace.of(begins.astimezone(zone).date()) * part
        begins = ends


def _basis(pace: Pace, weekdays: set[int]) -> str:
    """“from the last 4 Sundays”"""
    count = len(pace.days())
    if len(weekdays) == 1:
        known = pace.like(*weekdays)
        if known:
            name = f"{known[0]:%A}"
            return f"from the last {len(known)} {name}s" if len(known) > 1 else f"from last {name}"
    if count == LOOK_BACK:
        return "from the same weekdays of the last four weeks"
    return f"from the last {count} days"


def _about(at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """To the hour within a week, to the day beyond."""
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    if days >= 7:
        return f"about {_day(local.date(), today)}"
    day = "today" if days == 0 else f"{local:%A}"
    nearest = (at + ONE_HOUR / 2).astimezone(zone)
    if nearest.date() != local.date():
        return f"{day} about midnight"
    return f"{day} about {nearest:%H}:00" if nearest.hour else f"{day} soon after midnight"


def _by(end: datetime, now: datetime, zone: ZoneInfo) -> str:
    """The last day of the window; on that day itself, its hour."""
    today = now.astimezone(zone).date()
    last = (end - timedelta(microseconds=1)).astimezone(zone).date()
    if last == today:
        return "midnight" if end == day_start(end, zone) else f"{end.astimezone(zone):%H:%M}"
    return f"{last:%A}" if (last - today).days < 7 else _day(last, today)


def _day(day: date, today: date) -> str:
    """“the 30th” of this month, “3 December” of another."""
    if (day.year, day.month) != (today.year, today.month):
        return f"{day.day} {day:%B}"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"the {day.day}{'th' if day.day in {11, 12, 13} else ending}"


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)
