"""Budgets that begin again by themselves: at the household's midnight, each window once, told to
those who were stopped and to nobody else."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from apps.accounts.models import Household
from apps.budgets.models import Budget, BudgetEvent, BudgetWindow
from apps.budgets.resets import open_windows, tell_resets
from apps.budgets.tasks import run
from apps.budgets.windows import running, running_window
from apps.projects.models import Project
from tests.budgets.spending import budget_of, in_zone, spend, told
from tests.cast import Cast

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
AGAIN = "You have $1.00 for today again."


def resets(budget: Budget) -> int:
    return budget.events.filter(kind=BudgetEvent.Kind.RESET).count()


def test_midnight_opens_the_window_and_tells_who_was_stopped(cast: Cast) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    midnight = datetime(2026, 7, 16, tzinfo=UTC)
    run(midnight - MINUTE)
    assert resets(budget) == 0
    for moment in (midnight, midnight, midnight + MINUTE):
        run(moment)
    assert resets(budget) == 1
    window = budget.windows.get(running(midnight))
    assert (window.starts_at, window.spent_usd, window.limit_usd) == (midnight, 0, 1)
    assert told(cast.member)[-1] == AGAIN
    assert told(cast.member).count(AGAIN) == 1
    assert told(cast.owner)[-1] == "Mia has $1.00 for today again."
    assert not BudgetEvent.objects.filter(kind="reset", told_at=None).exists()


@pytest.mark.parametrize(
    ("own", "spent"),
    [({}, "0.999999999999"), ({"alert_at": []}, "1"), ({"limit_usd": Decimal(0)}, "0")],
)
def test_who_was_not_stopped_sleeps_in_peace(
    cast: Cast, own: dict[str, object], spent: str
) -> None:
    budget = budget_of(cast, **own)
    spend(budget, spent, NOON)
    run(NOON + DAY)
    assert resets(budget) == 1
    assert "again" not in " ".join(told(cast.member))


def test_a_call_after_midnight_opens_its_window_and_the_task_tells_of_it(cast: Cast) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    opened = running_window(budget, NOON + DAY)
    run(NOON + DAY + MINUTE)
    assert running_window(budget, NOON + DAY + MINUTE) == opened
    assert (resets(budget), told(cast.member)) == (1, [AGAIN])


@pytest.mark.parametrize("days", [1, 2, 40])
def test_an_outage_ends_with_one_window_and_one_notice(cast: Cast, days: int) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    run(NOON + days * DAY)
    assert (budget.windows.count(), resets(budget)) == (2, 1)
    assert told(cast.member) == [AGAIN]


def test_a_worker_that_was_away_tells_the_newest_of_several_resets(cast: Cast) -> None:
    """Calls opened the windows meanwhile, and used each of them up."""
    budget = budget_of(cast)
    for day in range(5):
        spend(budget, "1", NOON + day * DAY)
    run(NOON + 5 * DAY)
    assert resets(budget) == 5
    assert told(cast.member) == [AGAIN]
    assert not budget.events.filter(kind="reset", told_at=None).exists()


def test_several_slices_tell_a_budget_once(cast: Cast) -> None:
    budgets = [budget_of(cast, name=str(number)) for number in range(3)]
    for budget in budgets:
        for day, spent in enumerate(["1", "1", "0"]):
            spend(budget, spent, NOON + day * DAY)
    while tell_resets(NOON + 2 * DAY, most=1):
        pass
    assert told(cast.member) == [AGAIN] * len(budgets)
    assert not BudgetEvent.objects.filter(kind="reset", told_at=None).exists()


def test_what_is_used_up_again_is_no_good_news(cast: Cast) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    spend(budget, "1", NOON + DAY)
    run(NOON + DAY)
    assert told(cast.member) == ["You have used up $1.00 for today; it comes back at midnight."]


def test_a_budget_that_ended_or_whose_project_is_archived_rests(cast: Cast) -> None:
    ended = budget_of(cast)
    asleep = budget_of(cast, covers="project", project=cast.project)
    for budget in (ended, asleep):
        spend(budget, "1", NOON)
        running_window(budget, NOON + DAY)
    Budget.objects.filter(pk=ended.pk).update(is_active=False)
    Project.objects.update(archived_at=NOON)
    run(NOON + DAY)
    run(NOON + 3 * DAY)
    assert (ended.windows.count(), asleep.windows.count()) == (2, 2)
    assert told(cast.member) == told(cast.owner) == []


def test_one_that_cannot_be_opened_holds_up_no_other(cast: Cast) -> None:
    broken = Project.objects.create(slug="broken", name="Broken", zone="Mars/Base")
    first = budget_of(cast, covers="project", project=broken)
    second = budget_of(cast)
    assert open_windows(NOON, seconds=20) == 1
    assert (first.windows.count(), second.windows.count()) == (0, 1)


def test_without_time_nothing_is_half_done(cast: Cast) -> None:
    budgets = [budget_of(cast) for _ in range(3)]
    assert open_windows(NOON, seconds=-1) == 0
    assert open_windows(NOON, seconds=20) == len(budgets)


@pytest.mark.parametrize(
    ("zone", "before", "start", "end"),
    [
        # Spring: 23 hours. Autumn: 25.
        ("Europe/Berlin", "2026-03-28T20:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"),
        ("Europe/Berlin", "2026-10-24T20:00Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z"),
        ("America/Chicago", "2026-03-08T01:00Z", "2026-03-08T06:00Z", "2026-03-09T05:00Z"),
        ("America/Chicago", "2026-11-01T01:00Z", "2026-11-01T05:00Z", "2026-11-02T06:00Z"),
        # No midnight on that day: it begins at one o'clock.
        ("Africa/Cairo", "2026-04-23T12:00Z", "2026-04-23T22:00Z", "2026-04-24T21:00Z"),
        ("Asia/Kathmandu", "2026-07-15T12:00Z", "2026-07-15T18:15Z", "2026-07-16T18:15Z"),
    ],
)
def test_midnight_is_the_households_own(
    cast: Cast, zone: str, before: str, start: str, end: str
) -> None:
    in_zone(zone)
    budget = budget_of(cast)
    spend(budget, "1", datetime.fromisoformat(before))
    starts_at, ends_at = datetime.fromisoformat(start), datetime.fromisoformat(end)
    run(starts_at - timedelta(seconds=1))
    assert resets(budget) == 0
    run(starts_at)
    window = budget.windows.get(running(starts_at))
    assert (window.starts_at, window.ends_at) == (starts_at, ends_at)
    assert told(cast.member)[-1] == AGAIN


def test_a_projects_own_zone_counts_for_its_budgets(cast: Cast) -> None:
    Household.current()
    Project.objects.update(zone="Asia/Tokyo")
    cast.project.refresh_from_db()
    budget = budget_of(cast, covers="project", project=cast.project)
    assert spend(budget, "1", NOON).ends_at == datetime(2026, 7, 15, 15, tzinfo=UTC)


def test_a_clock_that_went_ahead_and_came_back_tells_nothing_twice(cast: Cast) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    for moment in (NOON, NOON + DAY, NOON + MINUTE, NOON + DAY + MINUTE):
        run(moment)
    assert (budget.windows.count(), resets(budget)) == (2, 1)
    assert told(cast.member).count(AGAIN) == 1
    assert BudgetWindow.objects.get(running(NOON)).spent_usd == 1
