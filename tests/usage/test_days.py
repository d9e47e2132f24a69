"""When a day is added up: once nothing can change in it, whoever is late, killed or at it twice."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from apps.accounts.models import Household
from apps.gateway.money_rows import Row, packed
from apps.gateway.reconcile import differences
from apps.usage.days import close, close_slice, forget_slice, horizon, reopen
from apps.usage.models import UsageDay, UsageDayMark, UsageQuarter
from apps.usage.reach import Reach
from apps.usage.rebuild import rebuild, rebuild_slice, slices
from apps.usage.sums import Asked, sums
from tests.cast import Cast, make_cast, make_quarter
from tests.database import database_url
from tests.money.money_house import MoneyHouse, closing
from tests.money.shared_books import books_of
from tests.usage.many_calls import make_calls, total_of_receipts
from tests.waiting import until

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
D = Decimal
KATHMANDU, ZONE_UTC = ZoneInfo("Asia/Kathmandu"), ZoneInfo("UTC")
ONE_DAY = timedelta(days=1)


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    yield make_cast()


@pytest.fixture
def house(people: Cast) -> MoneyHouse:
    return books_of(people)


def last_ended() -> date:
    return (datetime.now(UTC) - timedelta(minutes=15)).date() - ONE_DAY


def noon(days_ago: int) -> datetime:
    day = datetime.now(UTC) - timedelta(days=days_ago)
    return day.replace(hour=12, minute=0, second=0, microsecond=0)


def call(house: MoneyHouse, process: str, born: datetime) -> Row:
    row = house.row(process)
    assert house.reserve(row) == ["admitted"]
    house.ask("UPDATE usage_generation SET created_at = %s WHERE id = %s", born, row["id"])
    return row


def through(zone: str = "UTC") -> date | None:
    return UsageDayMark.objects.filter(zone=zone).values_list("through", flat=True).first()


def closed(day: date) -> tuple[int, Decimal]:
    rows = UsageDay.objects.filter(zone="UTC", day=day)
    found = rows.aggregate(calls=Sum("requests"), spent=Sum("cost_usd"))
    return found["calls"], found["spent"]


def test_a_call_born_before_midnight_that_settles_days_after_is_in_its_day(
    house: MoneyHouse,
) -> None:
    process, day = house.fresh_process(), noon(3)
    early = call(house, process, day)
    late = call(house, process, day.replace(hour=23, minute=59, second=59))
    before = call(house, process, day - ONE_DAY)
    house.settle(closing(early, "0.004"), closing(before, "0.001"))
    close(seconds=10)
    assert through() == day.date() - ONE_DAY
    house.settle(closing(late, "0.003"))
    close(seconds=10)
    assert through() == last_ended()
    assert closed(day.date()) == (2, D("0.007"))
    assert differences() == []


def test_what_a_dead_process_left_is_waited_for_until_it_is_swept(house: MoneyHouse) -> None:
    process, day = house.fresh_process(), noon(3)
    lost, other = call(house, process, day), call(house, process, day - ONE_DAY)
    house.settle(closing(other, "0.002"))
    house.lease(process, seconds=-1)
    close(seconds=10)
    assert through() == day.date() - ONE_DAY
    with house.witness():
        house.ask("SELECT gateway_sweep(500)")
    assert house.states([lost["id"]]) == {lost["id"]: "closed"}
    close(seconds=10)
    assert closed(day.date()) == (1, D("0.001"))
    assert differences() == []


def test_a_call_that_is_being_written_is_waited_for(house: MoneyHouse) -> None:
    """Nobody sees it yet, but that somebody may be writing it."""
    now, second = timedelta(0), timedelta(seconds=1)
    row = house.row(house.fresh_process())
    with house.connect() as writer:
        with writer.transaction():
            writer.execute("SELECT gateway_reserve(%s::jsonb)", [packed([row])])
            assert house.states([row["id"]]) == {}
            assert horizon(ended=now, written=second) <= row["created_at"]
        assert horizon(ended=now, written=now) <= row["created_at"]
    house.settle(closing(row, "0.001"))
    assert horizon(ended=now, written=now) > row["created_at"]


def test_several_at_once_add_up_each_day_once(people: Cast) -> None:
    Household.objects.update(zone="Asia/Kathmandu")
    make_calls(people, 2000, noon(90), noon(0))
    rebuild(timezone.now())

    def work(_: int) -> None:
        try:
            for zone in (ZONE_UTC, KATHMANDU) * 30:
                close_slice(zone, most=4)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    close(seconds=20)
    assert through() == last_ended()
    assert differences() == []


CLOSE = """
import django
django.setup()
from apps.usage.days import UTC, close_slice
close_slice(UTC)
"""


def test_who_is_killed_in_the_middle_leaves_nothing(house: MoneyHouse, people: Cast) -> None:
    make_quarter(people, people.member, "0.5", at=noon(5))
    environment = {**os.environ, "DATABASE_URL": database_url()}
    with house.connect() as holder, holder.transaction():
        holder.execute("LOCK TABLE usage_usagedaymark IN EXCLUSIVE MODE")
        killed = subprocess.Popen([sys.executable, "-c", CLOSE], env=environment)
        try:
            house.wait_for_a_waiter()  # the days are written, the mark is not
        finally:
            killed.kill()
            killed.wait()
        assert not UsageDay.objects.exists()
    until(lambda: close_slice(ZONE_UTC) > 0, 20, "the lock of who was killed is still held")
    assert closed(noon(5).date()) == (2, D("0.5"))
    assert UsageDay.objects.count() == 1


def test_figures_are_the_same_at_every_moment(people: Cast) -> None:
    """While days are closed, left with their zone, made anew and opened again."""
    make_calls(people, 3000, noon(60), noon(0))
    rebuild(timezone.now())
    start, end = noon(50) + timedelta(hours=3), noon(-1)
    wanted = Asked(start, end, KATHMANDU, by=("model",), each="day")
    first, is_over, wrong = sums(Reach.everything(), wanted), threading.Event(), []

    def look() -> None:
        try:
            while not is_over.is_set():
                if sums(Reach.everything(), wanted) != first:
                    wrong.append(through("Asia/Kathmandu"))
        finally:
            connection.close()

    reader = threading.Thread(target=look)
    reader.start()
    try:
        for _ in range(2):
            Household.objects.update(zone="Asia/Kathmandu")
            while close_slice(KATHMANDU, most=9):
                pass
            for one in slices(timezone.now()):
                rebuild_slice(one)
            reopen(noon(20))
            close(seconds=10)
            Household.objects.update(zone="UTC")
            while forget_slice(most=200):
                pass
    finally:
        is_over.set()
        reader.join()
    assert wrong == []
    assert not UsageDay.objects.exclude(zone="UTC").exists()
    assert not UsageDayMark.objects.exclude(zone="UTC").exists()


def test_sums_are_made_anew_while_calls_run(house: MoneyHouse, people: Cast) -> None:
    make_calls(people, 500, noon(30), noon(0))
    is_over, failed = threading.Event(), []

    def work() -> None:
        try:
            while not is_over.is_set():
                rows = [house.row(process) for _ in range(3)]
                house.reserve(*rows)
                house.settle(*(closing(row, "0.003") for row in rows))
        except Exception as problem:
            failed.append(problem)

    process = house.fresh_process()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    try:
        until(lambda: UsageQuarter.objects.exists())
        assert rebuild(timezone.now()) > 400
        close(seconds=10)
        assert differences() == []
        for harm in (
            "UPDATE usage_usagequarter SET requests = 99, cost_usd = 0 WHERE mod(id, 3) = 0",
            "DELETE FROM usage_usagequarter WHERE mod(id, 2) = 0",
            "UPDATE usage_usageday SET cached_tokens = 7, cost_usd = cost_usd + 1",
            "DELETE FROM usage_usageday",
        ):
            house.ask(harm)
            rebuild(timezone.now())
            assert differences() == []
    finally:
        is_over.set()
        for worker in workers:
            worker.join()
    assert failed == []
    assert rebuild(timezone.now()) == 0
    calls, spent, _ = total_of_receipts()
    (whole,) = sums(Reach.everything(), Asked(noon(40), noon(-2), ZONE_UTC))
    assert (whole.requests, whole.spend) == (calls, spent)
