"""Alerts: once for each window and threshold, whoever looks and how often, to those concerned."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.letters import send_due
from apps.accounts.models import Notice, User
from apps.budgets.alerts import tell_alerts
from apps.budgets.models import BudgetAlert, BudgetMember, BudgetWindow
from apps.budgets.tasks import run
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership
from tests.budgets.spending import budget_of, in_zone, spend, told
from tests.cast import Cast

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("spent", "percents"),
    [
        ("0.499999999999", []),
        ("0.5", [50]),
        ("0.8", [50, 80]),
        ("0.999999999999", [50, 80]),
        ("1", [50, 80, 100]),
        ("1.3", [50, 80, 100]),
    ],
)
def test_a_threshold_is_reached_to_the_last_digit(
    cast: Cast, spent: str, percents: list[int]
) -> None:
    window = spend(budget_of(cast), spent, NOON)
    run(NOON)
    found = BudgetAlert.objects.filter(window=window).order_by("percent")
    assert list(found.values_list("percent", flat=True)) == percents
    assert len(told(cast.member)) == bool(percents)


def test_each_threshold_is_told_once_and_several_at_once_as_the_highest(cast: Cast) -> None:
    budget = budget_of(cast)
    for minute, spent in enumerate(["0.1", "0.52", "0.55", "0.9", "1", "1"]):
        spend(budget, spent, NOON)
        run(NOON + minute * MINUTE)
    assert told(cast.member) == [
        "You have used 52 % of $1.00 for today; it comes back at midnight.",
        "You have used 90 % of $1.00 for today; it comes back at midnight.",
        "You have used up $1.00 for today; it comes back at midnight.",
    ]
    assert told(cast.owner) == [text.replace("You have", "Mia has") for text in told(cast.member)]
    assert told(cast.stranger) == told(cast.viewer) == []


def test_it_leads_to_the_budget(cast: Cast, client: Client) -> None:
    budget = budget_of(cast)
    spend(budget, "1", NOON)
    run(NOON)
    link = Notice.objects.get(user=cast.member).link
    client.force_login(cast.member)
    assert link == f"/budgets/{budget.pk}/"
    assert client.get(link).status_code == 200


def test_a_jump_over_all_of_them_is_one_notice(cast: Cast) -> None:
    window = spend(budget_of(cast), "1.2", NOON)
    run(NOON)
    assert len(told(cast.member)) == 1
    assert window.alerts.count() == 3


def test_a_slice_that_ends_within_a_window_still_tells_the_highest_alone(cast: Cast) -> None:
    spend(budget_of(cast), "1", NOON)
    while tell_alerts(NOON, most=1):
        pass
    assert BudgetAlert.objects.count() == 3
    assert told(cast.member) == ["You have used up $1.00 for today; it comes back at midnight."]


def test_the_next_day_is_told_anew_in_place_of_what_nobody_read(cast: Cast) -> None:
    budget = budget_of(cast)
    for day in range(3):
        spend(budget, "0.8", NOON + timedelta(days=day))
        run(NOON + timedelta(days=day))
    assert BudgetAlert.objects.count() == 6
    assert len(told(cast.member)) == 1
    Notice.objects.update(read_at=timezone.now())
    spend(budget, "0.8", NOON + timedelta(days=3))
    run(NOON + timedelta(days=3))
    assert len(told(cast.member)) == 2


def test_extra_counts_and_a_threshold_told_before_is_not_told_again(cast: Cast) -> None:
    window = spend(budget_of(cast), "0.8", NOON)
    run(NOON)
    BudgetWindow.objects.filter(pk=window.pk).update(extra_usd=Decimal(1))
    run(NOON + MINUTE)
    BudgetWindow.objects.filter(pk=window.pk).update(spent_usd=Decimal("1.7"))
    run(NOON + 2 * MINUTE)
    assert [text[:20] for text in told(cast.member)] == ["You have used 80 % o"]
    BudgetWindow.objects.filter(pk=window.pk).update(spent_usd=Decimal(2))
    run(NOON + 3 * MINUTE)
    assert told(cast.member)[-1].startswith("You have used up $2.00 for today")


def test_a_lower_threshold_that_is_added_later_is_not_news(cast: Cast) -> None:
    budget = budget_of(cast, alert_at=[80])
    spend(budget, "0.9", NOON)
    run(NOON)
    budget.alert_at = [30, 80]
    budget.save()
    run(NOON + MINUTE)
    assert len(told(cast.member)) == 1


def test_where_nothing_may_be_spent_or_nobody_wants_it_there_is_no_alert(cast: Cast) -> None:
    budgets = [
        budget_of(cast, limit_usd=Decimal(0)),
        budget_of(cast, alert_at=[]),
        budget_of(cast, is_active=False),
        budget_of(cast, covers="project", project=cast.project),
    ]
    BudgetWindow.objects.bulk_create(
        BudgetWindow(budget=budget, starts_at=NOON, limit_usd=budget.limit_usd, spent_usd=3)
        for budget in budgets
    )
    cast.project.archived_at = NOON
    cast.project.save()
    run(NOON)
    assert BudgetAlert.objects.count() == 0


def test_whom_a_budget_concerns(cast: Cast) -> None:
    """The people it is for, and those who look after it; of a project, its own admins."""
    head, other = cast.viewer, cast.stranger
    Membership.objects.filter(user=cast.owner).update(role=Membership.Role.MEMBER)
    Membership.objects.filter(user=head).update(role=Membership.Role.ADMIN)
    key, _ = make_key(Rules("Tablet"), project=cast.project, owner=cast.member, actor=None)
    ours = {"project": cast.project}
    of_keys = budget_of(cast, name="Tablets", covers="keys", **ours)
    key.budgets.add(of_keys)
    of_members = budget_of(cast, name="Two", covers="members", **ours)
    for user in (cast.member, cast.owner):
        membership = Membership.objects.get(user=user)
        BudgetMember.objects.create(budget=of_members, membership=membership)
    cases = {
        budget_of(cast): {cast.member, cast.owner, cast.admin},
        budget_of(cast, covers="household"): {cast.owner, cast.admin},
        budget_of(cast, covers="project", **ours): {head},
        of_members: {cast.member, cast.owner, head},
        of_keys: {cast.member, head},
    }
    for budget, people in cases.items():
        Notice.objects.all().delete()
        spend(budget, "0.8", NOON)
        run(NOON)
        assert {notice.user for notice in Notice.objects.all()} == people, budget.covers
    assert told(other) == []


def test_who_left_is_told_nothing(cast: Cast) -> None:
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    spend(budget_of(cast), "0.8", NOON)
    run(NOON)
    assert told(cast.member) == []
    assert len(told(cast.owner)) == 1


@pytest.mark.parametrize(
    ("own", "zone", "now", "sentence"),
    [
        (
            {"covers": "household", "interval": "weekly", "limit_usd": 50},
            "Europe/Berlin",
            "2026-11-19T12:00Z",
            "The household has used 80 % of $50.00 for this week; it comes back on Monday.",
        ),
        (
            {"covers": "project", "interval": "monthly", "limit_usd": 20},
            "America/Chicago",
            "2026-11-02T12:00Z",
            "Home has used 80 % of $20.00 for this month; it comes back on 1 December.",
        ),
        (
            {"covers": "household", "interval": "once", "limit_usd": 10},
            "UTC",
            "2026-11-02T12:00Z",
            "The household has used 80 % of $10.00.",
        ),
        (
            {"covers": "keys", "name": "Tablets"},
            "Asia/Kathmandu",
            "2026-11-02T18:14:59Z",
            "“Tablets” has used 80 % of $1.00 for today in Home; it comes back at midnight.",
        ),
    ],
)
def test_the_sentence(
    cast: Cast, own: dict[str, object], zone: str, now: str, sentence: str
) -> None:
    in_zone(zone)
    moment = datetime.fromisoformat(now)
    if own["covers"] in {"project", "keys"}:
        own["project"] = cast.project
    budget = budget_of(cast, **own)
    spend(budget, str(Decimal(budget.limit_usd) * Decimal("0.8")), moment)
    run(moment)
    assert told(cast.owner) == [sentence]


def test_it_goes_out_by_mail_where_the_house_sends_any(cast: Cast, settings: Settings) -> None:
    spend(budget_of(cast), "0.8", NOON)
    settings.EMAIL_URL = "smtp://mail.example"
    settings.GATEHOUSE_URL = "https://gate.example"
    run(NOON)
    assert mail.outbox == []
    later = timezone.now() + MINUTE
    assert send_due(later) == 3
    assert send_due(later) == 0
    letter = next(one for one in mail.outbox if one.to == [cast.member.email])
    assert letter.subject == "You have used 80 % of $1.00 for today; it comes back at midnight."
    assert "Hello Mia," in letter.body
    assert "https://gate.example/" in letter.body
