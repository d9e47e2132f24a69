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
from apps.gateway.reconcile import differences
from apps.gateway.tasks import reconcile
from apps.keys.models import ApiKey
from apps.usage.models import UsageQuarter
from tests.cast import Cast, make_cast
from tests.database import database_url
from tests.money.money_house import MoneyHouse, closing

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
D = Decimal


@pytest.fixture
def people(transactional_db: None) -> Iterator[Cast]:
    cache.clear()
    yield make_cast()
    cache.clear()


@pytest.fixture
def house(people: Cast) -> MoneyHouse:
    """The tests' own database, with calls by the same statements as any others."""
    key, _ = ApiKey.mint(project=people.project, owner=people.owner, name="test")
    key.save()
    budget = Budget.objects.create(
        name="All", covers="household", limit_usd=100, interval="monthly"
    )
    household = Household.current()
    facts = {
        "user_id": people.owner.pk,
        "project_id": people.project.pk,
        "key_id": key.pk,
        "policy_version": household.policy_version + people.project.policy_version,
    }
    return MoneyHouse(database_url(), budget.pk, facts)


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


def test_a_window_older_than_the_receipts_is_not_asked(house: MoneyHouse) -> None:
    months = Household.current().receipt_months
    old = window_of(house, timezone.now() - timedelta(days=31 * months))
    kept = window_of(house, timezone.now() - timedelta(days=27 * months))
    BudgetWindow.objects.filter(pk__in=[old, kept]).update(spent_usd=1)
    found = differences(timezone.now())
    assert [one.starts_at for one in found] == [BudgetWindow.objects.get(pk=kept).starts_at]


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
            assert differences(timezone.now()) == []
        for _ in range(20):
            assert differences(timezone.now()) == []
    finally:
        is_over.set()
        for worker in workers:
            worker.join()
    spent, held = house.figures(window)
    assert (spent, held) == (len(done) // 3 * D("0.006"), len(done) // 3 * D("0.01"))
    assert differences(timezone.now()) == []


def begun(window: int) -> str:
    return f"{BudgetWindow.objects.get(pk=window).starts_at.astimezone(UTC):%Y-%m-%d %H:%M}"


def quarter() -> str:
    return f"{UsageQuarter.objects.get().starts_at.astimezone(UTC):%Y-%m-%d %H:%M}"
