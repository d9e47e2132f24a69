"""What one key spent, from the quarter-hour sums the settlement writes."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from apps.accounts.models import Household
from apps.accounts.zone import day_start, household_zone, month_start, week_start
from apps.usage.models import UsageQuarter


@dataclass(frozen=True)
class KeySpend:
    ever: Decimal
    today: Decimal
    week: Decimal
    month: Decimal


def key_spend(key_id: int, *, now: datetime) -> KeySpend:
    """One key's spending since the household's midnight, its first day of the week and month."""
    zone = household_zone()
    starts = {
        "today": day_start(now, zone),
        "week": week_start(now, zone, first=Household.current().week_starts_on),
        "month": month_start(now, zone),
    }
    sums = UsageQuarter.objects.filter(key_id=key_id).aggregate(
        ever=Sum("cost_usd"),
        **{name: Sum("cost_usd", filter=Q(starts_at__gte=start)) for name, start in starts.items()},
    )
    return KeySpend(**{name: value or Decimal(0) for name, value in sums.items()})
