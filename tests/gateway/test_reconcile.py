"""The sums of the house against its calls: equal at every moment, also while calls run, and told
where somebody's hand made them differ."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import Household, Notice
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.windows import running_window
from apps.gateway.metrics import reconciled
from apps.gateway.reconcile import differences, reconcile_by_night
from apps.gateway.tasks import reconcile
from apps.usage.days import close
from apps.usage.models import UsageDay, UsageQuarter
from apps.usage.retention import prune
from tests.cast import Cast, make_call, make_cast, make_quarter
from tests.money.money_house import MoneyHouse, closing
from tests.money.shared_books import books_of

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
D = Decimal
NO_TOKENS = {"prompt_tokens": 0, "completion_tokens": 0, "endpoint_id": 1}
HALF = {"cost_usd": D("0.5"), "prompt_tokens": 100, "completion_tokens": 10, "endpoint_id": 1}


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


@pytest.fixture
def house(people: Cast) -> MoneyHouse:
    return books_of(people)


def window_of(house: MoneyHouse, now: datetime | None = None) -> int:
    return running_window(Budget.objects.get(pk=house.budget_id), now or timezone.now()).pk


def calls(house: MoneyHouse, window: int, *, count: int = 5) -> None:
    """Some that ended, one that was not sent, and one that runs."""
    process = house.fresh_process()
    rows = [house.row(process, windows=(window,)) for _ in range(count + 2)]
    assert set(house.reserve(*rows)) == {"admitted"}
    house.settle(*(closing(row, "0.004") for row in rows[:count]))
    house.settle(closing(rows[count], "0", state="released"))


def printed() -> tuple[str, int]:
    out, code = StringIO(), 0
    try:
        call_command("reconcile", stdout=out)
    except SystemExit as ended:
        code = int(str(ended.code))
    return out.getvalue(), code


def test_they_agree_and_nobody_is_troubled(house: MoneyHouse) -> None:
    assert reconciled() == []
    calls(house, window_of(house))
    assert printed() == ("All sums agree with their calls.\n", 0)
    reconcile()
    assert Notice.objects.count() == 0
    assert "gatehouse_differences 0" in reconciled()


def test_what_differs_is_listed_told_once_and_counted(house: MoneyHouse, people: Cast) -> None:
    window = window_of(house)
    calls(house, window)
    BudgetWindow.objects.filter(pk=window).update(spent_usd=D("0.5"), held_usd=D("0.000000000001"))
    UsageQuarter.objects.update(requests=7)
    text, code = printed()
    assert code == 1
    lines = [line.split("  ") for line in text.splitlines()]
    assert [[cell.strip() for cell in line if cell] for line in lines if "UTC" in str(line)] == [
        ["All", f"{begun(window)} UTC", "is spent", "$0.50", "$0.02"],
        ["All", f"{begun(window)} UTC", "is held", "$0.000000000001", "$0.01"],
        ["Home", f"{quarter()} UTC", "calls were made", "7", "5"],
    ]
    for _ in range(2):
        reconcile()
    told = Notice.objects.order_by("user")
    assert {notice.user for notice in told} == {people.owner, people.admin}
    assert told[0].text.startswith("The sums of the house do not agree in 3 places. In All, $0.50 ")
    assert "gatehouse_differences 3" in reconciled()


def test_where_receipts_went_nothing_is_compared(house: MoneyHouse, people: Cast) -> None:
    """Each of three windows and quarter-hours says too much; all but the oldest are noticed, once
    its receipt is gone."""
    months, now = Household.current().receipt_months, timezone.now()
    births = [now - timedelta(days=31 * months + 2), now - timedelta(days=27 * months), now]
    windows = [window_of(house, birth) for birth in births]
    for window, birth in zip(windows, births, strict=True):
        BudgetWindow.objects.filter(pk=window).update(spent_usd=1)
        make_call(people, people.owner, created_at=birth, window_ids=[window])
    assert len({(one.name, one.starts_at) for one in differences()}) == 6
    assert prune(now, seconds=10) == 1
    begun = {one.starts_at for one in differences()}
    assert len(begun) == 4
    assert BudgetWindow.objects.get(pk=windows[0]).starts_at not in begun


def test_a_day_that_is_not_the_sum_of_its_quarters_is_listed(
    house: MoneyHouse, people: Cast
) -> None:
    Household.objects.update(zone="Asia/Kathmandu")
    yesterday = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(2)
    make_quarter(people, people.member, "0.5", at=yesterday)
    make_call(people, people.member, created_at=yesterday, **HALF)
    make_call(people, people.member, created_at=yesterday, number=2, cost_usd=0, **NO_TOKENS)
    close(seconds=10)
    assert printed() == ("All sums agree with their calls.\n", 0)
    UsageDay.objects.filter(zone="Asia/Kathmandu").update(cost_usd=D("0.4"), prompt_tokens=99)
    text, code = printed()
    name = "Home, a day of Asia/Kathmandu"
    begins = f"{yesterday - timedelta(days=1):%Y-%m-%d} 18:15 UTC"
    assert code == 1
    assert [
        [cell.strip() for cell in line.split("  ") if cell]
        for line in text.splitlines()
        if "UTC" in line
    ] == [
        [name, begins, "was spent", "$0.40", "$0.50"],
        [name, begins, "tokens went in", "99", "100"],
    ]
    assert text.endswith("“manage.py rebuild_usage” adds up quarters of an hour and days anew.\n")
    call_command("rebuild_usage", stdout=StringIO())
    assert differences() == []


def test_a_night_too_short_for_all_of_it_looks_at_the_last_weeks(
    house: MoneyHouse, people: Cast
) -> None:
    now = timezone.now()
    births = [now - timedelta(days=70), now]
    windows = [window_of(house, birth) for birth in births]
    for window, birth in zip(windows, births, strict=True):
        BudgetWindow.objects.filter(pk=window).update(spent_usd=1)
        make_call(people, people.owner, created_at=birth, window_ids=[window])
    assert len({one.starts_at for one in differences()}) == 4
    with house.connect() as holder:
        holder.execute("BEGIN")
        holder.execute("LOCK TABLE usage_generation IN ACCESS EXCLUSIVE MODE")
        later = threading.Timer(1.5, holder.rollback)
        later.start()
        found = reconcile_by_night(now, seconds=0.5)
        later.join()
    assert len({one.starts_at for one in found}) == 2
    assert all(one.starts_at > now - timedelta(days=36) for one in found)


def test_calls_that_run_meanwhile_are_no_difference(house: MoneyHouse) -> None:
    window, is_over = window_of(house), threading.Event()
    process, done = house.fresh_process(), []

    def work() -> None:
        while not is_over.is_set():
            rows = [house.row(process, windows=(window,)) for _ in range(3)]
            house.reserve(*rows)
            house.settle(*(closing(row, "0.003") for row in rows[:2]))
            done.extend(rows)

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    try:
        while len(done) < 30:
            assert differences() == []
        for _ in range(20):
            assert differences() == []
    finally:
        is_over.set()
        for worker in workers:
            worker.join()
    spent, held = house.figures(window)
    assert (spent, held) == (len(done) // 3 * D("0.006"), len(done) // 3 * D("0.01"))
    assert differences() == []


def begun(window: int) -> str:
    return f"{BudgetWindow.objects.get(pk=window).starts_at.astimezone(UTC):%Y-%m-%d %H:%M}"


def quarter() -> str:
    return f"{UsageQuarter.objects.get().starts_at.astimezone(UTC):%Y-%m-%d %H:%M}"
