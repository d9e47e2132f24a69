"""What one key spent."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from apps.accounts.models import Household
from apps.accounts.zone import household_zone, month_start, week_start
from apps.usage.reach import Reach
from apps.usage.sums import Asked, sums

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)  # before any call


@dataclass(frozen=True)
class KeySpend:
    ever: Decimal
    today: Decimal
    week: Decimal
    month: Decimal


def key_spend(key_id: int, *, now: datetime) -> KeySpend:
    """Since it was made, since the household's midnight, its first day of the week and month."""
    zone = household_zone()
    week = week_start(now, zone, first=Household.current().week_starts_on)
    month = month_start(now, zone)
    asked = Asked(min(week, month), _soon(now), zone, each="day")
    days = [(one.at, one.spend) for one in sums(Reach.of_key(key_id), asked)]

    def since(start: datetime) -> Decimal:
        first = start.astimezone(zone).date()
        return sum((spend for day, spend in days if day and day >= first), Decimal(0))

    return KeySpend(ever_spent(key_id, now=now), since(now), since(week), since(month))


def ever_spent(key_id: int, *, now: datetime) -> Decimal:
    """Since it was made."""
    found = sums(Reach.of_key(key_id), Asked(BEGINNING, _soon(now), household_zone()))
    return found[0].spend if found else Decimal(0)


def _soon(now: datetime) -> datetime:
    """When a quarter of an hour begins that is still to come."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
