"""Where a budget is heading: tables over the pure function, and the sums it goes by."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.budgets.models import Budget, BudgetMember, BudgetWindow
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership
from apps.usage.forecast import Forecast, Pace, forecast, forecast_of
from apps.usage.models import UsageQuarter
from tests.cast import Cast

UTC_ZONE, BERLIN = ZoneInfo("UTC"), ZoneInfo("Europe/Berlin")
KATHMANDU = ZoneInfo("Asia/Kathmandu")
SUNDAY = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def window(
    starts_at: str, ends_at: str | None, limit: str, spent: str, extra: str = "0"
) -> BudgetWindow:
    return BudgetWindow(
        starts_at=at(starts_at),
        ends_at=at(ends_at) if ends_at else None,
        limit_usd=Decimal(limit),
        extra_usd=Decimal(extra),
        spent_usd=Decimal(spent),
    )


def pace(now: datetime, by_weekday: dict[int, str], *, days: int = 28, zone=UTC_ZONE) -> Pace:
    """The same every week; 0 is Monday."""
    today = now.astimezone(zone).date()
    counted = [today - timedelta(days=n) for n in range(1, days + 1)]
    sums = {day: Decimal(by_weekday.get(day.weekday(), "0")) for day in counted}
    return Pace(sums, min(counted), today, calls=100)


EVERY_DAY = dict.fromkeys(range(7), "0.5")


def day_of(start: str, end: str, spent: str) -> BudgetWindow:
    return window(start, end, "1", spent)


@pytest.mark.parametrize(
    ("limit", "spent", "by_weekday", "sentence"),
    [
        # Half of the Sunday is left.
        ("1", "0.2", {6: "0.8"}, "At this pace $0.60 of $1.00 by midnight."),
        ("1", "0.2", {0: "9"}, "At this pace $0.20 of $1.00 by midnight."),
        ("1", "0.6", {6: "0.8"}, "At this pace $1.00 of $1.00 by midnight."),
        ("1", "0.6", {6: "1.6"}, "Used up today about 18:00."),
        ("1", "0.999", {6: "24"}, "Used up today about 12:00."),
        ("1", "0.51", {6: "1"}, "Used up today about midnight."),
    ],
)
def test_a_day(limit: str, spent: str, by_weekday: dict[int, str], sentence: str) -> None:
    today = window("2026-11-22T00:00Z", "2026-11-23T00:00Z", limit, spent)
    found = forecast(pace(SUNDAY, by_weekday), today, SUNDAY, UTC_ZONE)
    assert found is not None
    assert (found.sentence, found.basis) == (sentence, "from the last 4 Sundays")


@pytest.mark.parametrize(
    ("now", "spent", "by_weekday", "sentence"),
    [
        # Sunday noon to the 30th: 8.5 days.
        ("2026-11-22T12:00Z", "9.95", EVERY_DAY, "At this pace $14.20 of $20.00 by the 30th."),
        ("2026-11-22T12:00Z", "18.75", EVERY_DAY, "Used up Wednesday soon after midnight."),
        ("2026-11-22T12:00Z", "18", {3: "2.526"}, "Used up Thursday about 19:00."),
        ("2026-11-01T12:00Z", "0", {3: "9"}, "Used up about the 19th."),
        ("2026-11-26T12:00Z", "3", EVERY_DAY, "At this pace $5.25 of $20.00 by Monday."),
    ],
)
def test_a_month(now: str, spent: str, by_weekday: dict[int, str], sentence: str) -> None:
    month = window("2026-11-01T00:00Z", "2026-12-01T00:00Z", "20", spent)
    found = forecast(pace(at(now), by_weekday), month, at(now), UTC_ZONE)
    assert found is not None
    assert found.sentence == sentence
    assert found.basis == "from the same weekdays of the last four weeks"


def test_sums_are_exact_and_extra_counts() -> None:
    month = window("2026-11-01T00:00Z", "2026-12-01T00:00Z", "1", "0.000000000001", "19")
    found = forecast(pace(SUNDAY, EVERY_DAY), month, SUNDAY, UTC_ZONE)
    assert found is not None and found.total == Decimal("4.250000000001")
    assert "of $20.00" in found.sentence


@pytest.mark.parametrize(
    ("zone", "now", "start", "end", "spent", "total"),
    [
        # A day of 23 hours, 11.5 of them left; one of 25, half of it left; one that begins at :15.
        (BERLIN, "2026-03-29T10:30Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z", "0.1", "0.35"),
        (BERLIN, "2026-10-25T10:30Z", "2026-10-24T22:00Z", "2026-10-25T23:00Z", "0.1", "0.35"),
        (KATHMANDU, "2026-11-22T06:15Z", "2026-11-21T18:15Z", "2026-11-22T18:15Z", "0", "0.25"),
    ],
)
def test_days_are_as_long_as_they_are(
    zone: ZoneInfo, now: str, start: str, end: str, spent: str, total: str
) -> None:
    found = forecast(pace(at(now), EVERY_DAY, zone=zone), day_of(start, end, spent), at(now), zone)
    assert found is not None
    assert found.total == Decimal(total)
    assert found.sentence.endswith("by midnight.")


def test_hours_are_those_of_the_budgets_zone() -> None:
    now = at("2026-11-22T06:15Z")  # noon in Kathmandu
    today = day_of("2026-11-21T18:15Z", "2026-11-22T18:15Z", "0.5")
    found = forecast(pace(now, {6: "2"}, zone=KATHMANDU), today, now, KATHMANDU)
    assert found is not None
    assert found.used_up_at == at("2026-11-22T12:15Z")
    assert found.sentence == "Used up today about 18:00."


@pytest.mark.parametrize(
    ("days", "basis"),
    [
        (3, "from the last 3 days"),
        (8, "from last Sunday"),
        (15, "from the last 2 Sundays"),
    ],
)
def test_a_young_house_goes_by_what_it_has(days: int, basis: str) -> None:
    today = window("2026-11-22T00:00Z", "2026-11-23T00:00Z", "1", "0.2")
    found = forecast(pace(SUNDAY, EVERY_DAY, days=days), today, SUNDAY, UTC_ZONE)
    assert found is not None
    assert (found.total, found.basis) == (Decimal("0.45"), basis)


@pytest.mark.parametrize(
    "nothing",
    [
        window("2026-11-22T00:00Z", "2026-11-23T00:00Z", "1", "1"),
        window("2026-11-22T00:00Z", "2026-11-23T00:00Z", "0", "0"),
        window("2026-11-21T00:00Z", "2026-11-22T00:00Z", "1", "0"),
        window("2026-11-01T00:00Z", None, "500", "1"),
    ],
)
def test_where_there_is_nothing_to_tell(nothing: BudgetWindow) -> None:
    assert forecast(pace(SUNDAY, EVERY_DAY), nothing, SUNDAY, UTC_ZONE) is None


def test_a_prepaid_budget_is_used_up_some_day() -> None:
    prepaid = window("2026-11-01T00:00Z", None, "10", "1")
    found = forecast(pace(SUNDAY, EVERY_DAY), prepaid, SUNDAY, UTC_ZONE)
    assert found is not None and found.sentence == "Used up about 10 December."


# --- the sums it goes by ---


def record(cast: Cast, day: int, cost: str, *, calls: int = 5, **own: int) -> None:
    """So many days before Sunday noon."""
    UsageQuarter.objects.create(
        **{
            "starts_at": SUNDAY - day * DAY,
            "project_id": cast.project.pk,
            "key_id": 0,
            "user_id": cast.member.pk,
            "app": "",
            "model": f"home/{UsageQuarter.objects.count()}",
            "endpoint_id": 1,
            "requests": calls,
            "cost_usd": Decimal(cost),
            "prompt_tokens": 1,
            "completion_tokens": 1,
            "reasoning_tokens": 0,
            "cached_tokens": 0,
            **own,
        }
    )


def foretold(budget: Budget, now: datetime = SUNDAY) -> Forecast | None:
    today = day_of("2026-11-22T00:00Z", "2026-11-23T00:00Z", "0")
    today.budget = budget
    return forecast_of(budget, today, now)


def everything(**own: object) -> Budget:
    plain = {"name": "All", "covers": "household", "limit_usd": 1, "interval": "daily"}
    return Budget.objects.create(**{**plain, **own})


@pytest.mark.parametrize(
    ("days", "calls", "is_told"),
    [([1, 2, 3], 4, True), ([1, 2], 50, False), ([1, 2, 3], 3, False), ([3], 10, True), ([], 0, 0)],
)
def test_three_days_and_ten_calls_are_the_least(
    cast: Cast, days: list[int], calls: int, is_told: bool
) -> None:
    for day in days:
        record(cast, day, "0.3", calls=calls)
    for _ in range(3):
        record(cast, 3, "0", calls=100)  # free ones say nothing
    record(cast, 0, "5", calls=100)  # and today is not over
    assert (foretold(everything()) is not None) == bool(is_told)


def test_what_is_older_than_four_weeks_only_says_that_the_house_is(cast: Cast) -> None:
    record(cast, 7, "0.8", calls=10)
    young = foretold(everything())
    assert young is not None and (young.total, young.basis) == (Decimal("0.4"), "from last Sunday")
    record(cast, 29, "50")
    old = foretold(everything(name="Old"))
    assert old is not None
    assert (old.total, old.basis) == (Decimal("0.1"), "from the last 4 Sundays")


def test_each_kind_goes_by_those_it_covers(cast: Cast) -> None:
    key, _ = make_key(Rules("Tablet"), project=cast.project, owner=cast.member, actor=None)
    for day in (7, 14, 21, 28):
        record(cast, day, "0.2", user_id=cast.owner.pk)
        record(cast, day, "0.4", key_id=key.pk)
        record(cast, day, "1", project_id=cast.project.pk + 1)
    ours = {"project": cast.project}
    of_keys = everything(covers="keys", **ours)
    key.budgets.add(of_keys)
    of_members = everything(covers="members", **ours)
    membership = Membership.objects.get(user=cast.member)
    BudgetMember.objects.create(budget=of_members, membership=membership)
    halves = {
        everything(): "0.8",
        everything(covers="person", user=cast.member): "0.7",
        everything(covers="project", **ours): "0.3",
        of_members: "0.2",
        of_keys: "0.2",
    }
    for budget, half in halves.items():
        found = foretold(budget)
        assert found is not None and found.total == Decimal(half), budget.covers


def test_days_are_cut_in_the_budgets_zone(cast: Cast) -> None:
    """18:15 in London is midnight in Kathmandu: the quarter before it belongs to Saturday."""
    Household.current()
    Household.objects.update(zone="Asia/Kathmandu")
    for week in (7, 14, 21, 28):
        midnight = datetime(2026, 11, 21, 18, 15, tzinfo=UTC) - week * DAY
        record(cast, 0, "0.4", starts_at=midnight)  # type: ignore[arg-type]
        record(cast, 0, "9", starts_at=midnight - timedelta(minutes=15))  # type: ignore[arg-type]
    found = foretold(everything(), at("2026-11-21T18:15Z"))
    assert found is not None and found.total == Decimal("0.4")


def test_the_page_of_a_budget_says_it(cast: Cast, client: Client) -> None:
    now = timezone.now()
    for day in range(1, 29):
        record(cast, 0, "0.2", starts_at=now - day * DAY)  # type: ignore[arg-type]
    budget = everything(limit_usd=50, interval="monthly")
    client.force_login(cast.owner)
    page = client.get(f"/budgets/{budget.pk}/").content.decode()
    assert "At this pace $" in page and "of $50.00 by " in page
    assert "That is from the " in page
