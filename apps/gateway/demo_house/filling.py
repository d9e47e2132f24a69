"""Fills a house without calls with a year of them: the demonstration's people, and what they did.
All of it in one transaction: a house is empty or it is full."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from apps.accounts.models import Household, User
from apps.gateway.demo_house.books import Books
from apps.gateway.demo_house.calls import Drawing
from apps.gateway.demo_house.cast import LIMITS, USES
from apps.gateway.demo_house.furnishing import (
    FAR_TOO_MUCH,
    House,
    bound_by,
    connect,
    furnish,
    set_limits,
)
from apps.gateway.demo_house.shelf import Place, places
from apps.gateway.demo_house.tastes import TASTES
from apps.gateway.demo_house.timetable import DAYS, first_quarter, quarters
from apps.gateway.demo_house.wallet import Purse, Wallet, Window
from apps.usage import days
from apps.usage.health import counting
from apps.usage.models import Generation, HealthMark

SAMPLE = 20_000
DETAILED = 20_000
INTERVALS = {"daily": 1.0, "weekly": 7.0, "monthly": 30.4, "once": float(DAYS)}
LATE = timedelta(days=DAYS // 4)  # limits are those of the last quarter of the year


MOST_SECONDS = 600.0
TABLES = ("usage_generation", "usage_generationdetail", "usage_usagequarter", "usage_usageday")


class NotEmpty(Exception):
    """The house has calls already: nobody could tell them from the demonstration's."""


class NothingSold(Exception):
    """The catalogue has none of the models that the demonstration asks."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How many calls, up to when, and by which luck."""

    count: int
    now: datetime
    seed: int = 1


@transaction.atomic
def fill(owner: User, password: str, wish: Wish, *, told: Callable[[int], None]) -> House:
    """Raises NotEmpty, NothingSold or NameTaken. `told` hears how many calls are written."""
    if Generation.objects.exists():
        raise NotEmpty
    zone = ZoneInfo(Household.current().zone)
    since = first_quarter(wish.now, zone)
    days.reopen(since)
    house = furnish(owner, password, since)
    shelf = places(sorted(_models()), connect(owner), wish.seed)
    if any(not shelf.keys() & taste.models.keys() for taste in TASTES.values()):
        raise NothingSold
    purses = set_limits(house, _usual_costs(shelf, wish, zone), since, wish.now)
    wallet = Wallet(purses, len(USES))
    books = Books(
        house.callers,
        shelf,
        wallet,
        count=wish.count,
        detailed=DETAILED,
        now=wish.now,
        seed=wish.seed,
    )
    drawing, written = Drawing(shelf, wallet, wish.seed), 0
    for quarter in quarters(wish.count, wish.now, zone, wish.seed):
        books.write(quarter.starts_at, drawing.quarter(quarter))
        written += quarter.calls
        told(written)
    books.flush()
    books.settle(purses)
    return house


def _models() -> set[str]:
    return {model for taste in TASTES.values() for model in taste.models}


def _usual_costs(shelf: dict[str, list[Place]], wish: Wish, zone: ZoneInfo) -> list[int]:
    """What an interval of each of LIMITS comes to towards the end of the year, by a sample that
    nothing stops."""
    since = first_quarter(wish.now, zone)
    late = wish.now - LATE
    purses = [
        Purse(
            bound_by(limit),
            [Window(0, since, FAR_TOO_MUCH), Window(0, late, FAR_TOO_MUCH)],
        )
        for limit in LIMITS
    ]
    count = min(wish.count, SAMPLE)
    drawing = Drawing(shelf, Wallet(purses, len(USES)), wish.seed)
    for quarter in quarters(count, wish.now, zone, wish.seed):
        for _ in drawing.quarter(quarter):
            pass
    found = []
    for limit, purse in zip(LIMITS, purses, strict=True):
        days = INTERVALS[limit.interval]
        early, last = (window.spent for window in purse.windows)
        spent = early + last if limit.interval == "once" else last * days * 4 / DAYS
        found.append(int(spent * wish.count / count))
    return found


def look_back() -> None:
    """What the worker would do within its next minutes: whole days are added up, the last day's
    health is counted, and the planner learns what is there."""
    days.close(seconds=MOST_SECONDS)
    HealthMark.objects.all().delete()
    counting.count(seconds=MOST_SECONDS)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}")
