"""The window that runs: opened by whoever needs it first, once, and found again by a clock that
went wrong and came back."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction

from apps.accounts.models import Household
from apps.budgets import ledger
from apps.budgets.models import Budget, BudgetEvent, BudgetWindow
from apps.budgets.windows import lacking, open_due, running_window
from apps.projects.models import Project
from tests.budgets.at_once import alone, wait_for_a_waiter

MakeBudget = Callable[..., Budget]
NOW = datetime(2026, 7, 15, 10, 30, tzinfo=UTC)
DAY = timedelta(days=1)
MIDNIGHT = datetime(2026, 7, 14, 22, 0, tzinfo=UTC)


def spans(budget: Budget) -> list[tuple[datetime, datetime | None]]:
    return list(budget.windows.order_by("starts_at").values_list("starts_at", "ends_at"))


def expect_no_overlap(budget: Budget) -> None:
    ordered = spans(budget)
    for (_, ended), (began, _) in zip(ordered, ordered[1:], strict=False):
        assert ended is not None and ended <= began


def resets(budget: Budget) -> int:
    return budget.events.filter(kind=BudgetEvent.Kind.RESET).count()


def test_the_first_window_is_no_reset_and_the_next_is_one(a_budget: MakeBudget) -> None:
    budget = a_budget()
    first = running_window(budget, NOW)
    assert (first.starts_at, first.ends_at) == (MIDNIGHT, MIDNIGHT + DAY)
    assert resets(budget) == 0
    second = running_window(budget, NOW + DAY)
    assert (second.starts_at, second.ends_at) == (first.ends_at, MIDNIGHT + 2 * DAY)
    event = budget.events.get()
    assert (event.kind, event.window, event.at) == ("reset", second, NOW + DAY)


def test_a_window_has_the_limit_of_its_beginning_and_nothing_else(a_budget: MakeBudget) -> None:
    budget = a_budget()
    first = running_window(budget, NOW)
    ledger.add_extra(first.pk, Decimal(5))
    second = running_window(budget, NOW + DAY)
    assert (second.limit_usd, second.extra_usd, second.spent_usd, second.held_usd) == (1, 0, 0, 0)


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly", "once"])
def test_opening_again_changes_nothing(a_budget: MakeBudget, interval: str) -> None:
    budget = a_budget(interval=interval)
    assert open_due([budget.pk], NOW) == 1
    before = spans(budget)
    for moment in (NOW, NOW, NOW + timedelta(minutes=3)):
        assert open_due([budget.pk], moment) == 0
    assert (spans(budget), resets(budget)) == (before, 0)


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly", "once"])
def test_a_clock_that_was_ahead_and_comes_back_finds_the_same_windows(
    a_budget: MakeBudget, interval: str
) -> None:
    budget = a_budget(interval=interval)
    today = running_window(budget, NOW)
    ahead = running_window(budget, NOW + DAY)
    assert (ahead == today) == (interval != "daily")
    assert running_window(budget, NOW) == today
    expect_no_overlap(budget)
    assert running_window(budget, NOW + DAY) == ahead
    assert budget.windows.count() == (2 if interval == "daily" else 1)
    assert resets(budget) == (1 if interval == "daily" else 0)


@pytest.mark.parametrize("days", [1, 2, 6, 40])
@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_a_clock_far_ahead_leaves_no_gap_and_no_overlap(
    a_budget: MakeBudget, interval: str, days: int
) -> None:
    budget = a_budget(interval=interval)
    running_window(budget, NOW)
    far = running_window(budget, NOW + days * DAY)
    for day in range(days + 1):
        moment = NOW + day * DAY
        window = running_window(budget, moment)
        assert window.starts_at <= moment < (window.ends_at or moment)
    assert window == far
    expect_no_overlap(budget)


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_what_was_opened_with_the_clock_ahead_keeps_its_place(
    a_budget: MakeBudget, interval: str
) -> None:
    """Made while the clock was a day ahead: today gets a window of its own, up to the later one."""
    budget = a_budget(interval=interval)
    ahead = running_window(budget, NOW + 45 * DAY)
    today = running_window(budget, NOW)
    assert today.ends_at is not None and today.ends_at <= ahead.starts_at
    assert running_window(budget, NOW + 45 * DAY) == ahead
    expect_no_overlap(budget)


def test_a_prepaid_budget_has_one_window_whatever_the_clock_says(a_budget: MakeBudget) -> None:
    """Else putting the clock back would give all its money once more."""
    budget = a_budget(interval="once")
    only = running_window(budget, NOW)
    for moment in (NOW - DAY, NOW - timedelta(seconds=1), NOW + 4000 * DAY):
        assert running_window(budget, moment) == only
        assert lacking(moment) == []
        assert open_due([budget.pk], moment) == 0


@pytest.mark.parametrize("interval", ["daily", "weekly", "monthly"])
def test_a_house_switched_off_for_months_opens_one_window(
    a_budget: MakeBudget, interval: str
) -> None:
    budget = a_budget(interval=interval)
    running_window(budget, NOW)
    later = NOW + 200 * DAY
    assert lacking(later) == [budget.pk]
    assert open_due(lacking(later), later) == 1
    assert lacking(later) == []
    assert (budget.windows.count(), resets(budget)) == (2, 1)
    expect_no_overlap(budget)


def test_what_was_ended_or_archived_lacks_nothing(a_budget: MakeBudget, cast: object) -> None:
    ended = a_budget(is_active=False)
    archived = a_budget(covers="project", project=Project.objects.get())
    Project.objects.update(archived_at=NOW)
    assert lacking(NOW) == []
    assert open_due([ended.pk], NOW) == 0
    assert not ended.windows.exists()
    assert open_due([archived.pk], NOW) == 1


@pytest.mark.parametrize(
    ("zone", "starts", "ends"),
    [
        ("Asia/Kathmandu", "2026-07-14T18:15", "2026-07-15T18:15"),
        ("America/New_York", "2026-07-15T04:00", "2026-07-16T04:00"),
        ("", "2026-07-14T22:00", "2026-07-15T22:00"),
    ],
)
def test_a_project_counts_by_its_own_midnight(
    a_budget: MakeBudget, cast: object, zone: str, starts: str, ends: str
) -> None:
    Project.objects.update(zone=zone)
    budget = a_budget(covers="project", project=Project.objects.get())
    window = running_window(budget, NOW)
    assert window.starts_at == datetime.fromisoformat(f"{starts}+00:00")
    assert window.ends_at == datetime.fromisoformat(f"{ends}+00:00")


def test_a_house_that_moves_keeps_today_and_stretches_tomorrow(a_budget: MakeBudget) -> None:
    budget = a_budget()
    today = running_window(budget, NOW)
    Household.objects.update(zone="America/New_York")
    assert running_window(budget, NOW) == today
    tomorrow = running_window(budget, NOW + DAY)
    assert tomorrow.starts_at == today.ends_at
    assert tomorrow.ends_at == datetime(2026, 7, 17, 4, tzinfo=UTC)
    assert running_window(budget, NOW + 2 * DAY).ends_at == datetime(2026, 7, 18, 4, tzinfo=UTC)
    expect_no_overlap(budget)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_open_at_once_one_does(a_budget: MakeBudget) -> None:
    budgets = [a_budget(), a_budget(interval="weekly"), a_budget(interval="monthly")]
    ids = [one.pk for one in budgets]
    for one in budgets:
        running_window(one, NOW)
    later = NOW + 60 * DAY
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            assert open_due(ids, later) == 3
            slower = other.submit(alone, open_due, reversed(ids), later)
            wait_for_a_waiter()
        assert slower.result() == 0
    assert [resets(one) for one in budgets] == [1, 1, 1]
    assert BudgetWindow.objects.count() == 6


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_many_who_need_a_window_find_the_same_one(a_budget: MakeBudget) -> None:
    budget = a_budget()
    running_window(budget, NOW)
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: alone(running_window, budget, NOW + DAY), range(24)))
    assert len({window.pk for window in found}) == 1
    assert (budget.windows.count(), resets(budget)) == (2, 1)
