"""What people do to budgets, and what it does to the window that runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from apps.accounts.models import Household
from apps.budgets import changing, ledger
from apps.budgets.changing import MOST_AT_ONCE, Terms
from apps.budgets.models import Budget, BudgetWindow
from apps.budgets.windows import lacking, open_due, running_window
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from tests.budgets.at_once import alone, wait_for_a_waiter
from tests.cast import Cast, make_cast

D = Decimal
MakeBudget = Callable[..., Budget]
NOW = datetime(2026, 7, 15, 10, 30, tzinfo=UTC)
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MIDNIGHT = datetime(2026, 7, 15, 22, 0, tzinfo=UTC)


def terms(**own: object) -> Terms:
    plain = {"name": "Day", "covers": "household", "limit_usd": D(1), "interval": "daily"}
    return Terms(**{**plain, **own})  # type: ignore[arg-type]


def kinds(budget: Budget) -> list[str]:
    return list(budget.events.order_by("id").values_list("kind", flat=True))


def fresh(window: BudgetWindow) -> BudgetWindow:
    window.refresh_from_db()
    return window


# --- the limit ---


@pytest.mark.parametrize("limit", [D(5), D("0.5"), D(0)], ids=["raised", "lowered", "none"])
def test_another_limit_holds_at_once_and_in_later_windows(
    a_budget: MakeBudget, limit: Decimal
) -> None:
    budget = a_budget()
    today, ahead = running_window(budget, NOW), running_window(budget, NOW + 3 * DAY)
    past = running_window(budget, NOW - DAY)
    changing.change(budget, terms(limit_usd=limit), actor=None, now=NOW)
    assert fresh(today).limit_usd == fresh(ahead).limit_usd == limit
    assert fresh(past).limit_usd == 1
    assert running_window(budget, NOW + DAY).limit_usd == limit


def test_a_limit_below_what_is_spent_is_taken_and_leaves_less_than_nothing(
    a_budget: MakeBudget,
) -> None:
    budget = a_budget()
    window = running_window(budget, NOW)
    BudgetWindow.objects.filter(pk=window.pk).update(spent_usd=D("0.8"))
    changing.change(budget, terms(limit_usd=D("0.5")), actor=None, now=NOW)
    assert fresh(window).left_usd == D("-0.3")


def test_a_changed_budget_makes_calls_be_judged_anew(a_budget: MakeBudget, cast: Cast) -> None:
    before, of_project = Household.current().policy_version, cast.project.policy_version
    budget = a_budget()
    changing.change(budget, terms(limit_usd=D(2)), actor=None, now=NOW)
    assert Household.current().policy_version == before + 1
    mine = a_budget(covers="project", project=cast.project)
    changing.change(mine, terms(covers="project", limit_usd=D(2)), actor=None, now=NOW)
    cast.project.refresh_from_db()
    assert cast.project.policy_version == of_project + 1
    assert Household.current().policy_version == before + 1


# --- the interval ---


@pytest.mark.parametrize("was_opened", [True, False])
def test_a_new_interval_begins_when_the_running_window_ends(
    a_budget: MakeBudget, was_opened: bool
) -> None:
    """Also where nobody had needed today's window yet."""
    budget = a_budget()
    running_window(budget, NOW - DAY)
    if was_opened:
        running_window(budget, NOW)
    changing.change(budget, terms(interval="monthly"), actor=None, now=NOW)
    budget.refresh_from_db()
    assert running_window(budget, NOW).ends_at == MIDNIGHT
    following = running_window(budget, MIDNIGHT)
    assert (following.starts_at, following.ends_at) == (
        MIDNIGHT,
        datetime(2026, 8, 31, 22, tzinfo=UTC),
    )


def test_the_preview_says_what_will_be(a_budget: MakeBudget) -> None:
    budget = a_budget()
    for interval in ("daily", "weekly", "monthly"):
        dates = changing.next_dates(budget, interval, NOW)
        with transaction.atomic():
            changing.change(budget, terms(interval=interval), actor=None, now=NOW)
            budget.refresh_from_db()
            ends = running_window(budget, NOW).ends_at
            assert ends is not None
            assert dates == (ends, running_window(budget, ends).ends_at)
            transaction.set_rollback(True)


@pytest.mark.parametrize(("old", "new"), [("once", "daily"), ("monthly", "once")])
def test_prepaid_stays_prepaid_and_the_rest_stays_the_rest(
    a_budget: MakeBudget, old: str, new: str
) -> None:
    budget = a_budget(interval=old)
    with pytest.raises(ValidationError, match="Remove this one and make another"):
        changing.change(budget, terms(interval=new), actor=None, now=NOW)
    budget.refresh_from_db()
    assert (budget.interval, kinds(budget)) == (old, [])


# --- more for today ---


def test_extra_is_for_the_running_window_alone(a_budget: MakeBudget) -> None:
    budget = a_budget()
    event = changing.grant(budget, D("0.5"), actor=None, reason="homework", now=NOW)
    window = running_window(budget, NOW)
    assert (window.extra_usd, window.left_usd) == (D("0.5"), D("1.5"))
    assert event.window == window and event.details == {"amount": "0.5", "reason": "homework"}
    assert running_window(budget, NOW + DAY).left_usd == 1


@pytest.mark.parametrize(
    ("seconds", "is_undone"), [(0, True), (8, True), (10, True), (11, False), (86_400, False)]
)
def test_extra_is_taken_back_in_time_only(
    a_budget: MakeBudget, seconds: int, is_undone: bool
) -> None:
    event = changing.grant(a_budget(), D("0.5"), actor=None, now=NOW)
    assert event.window is not None
    late = NOW + seconds * SECOND
    assert changing.undo_grant(event, actor=None, now=late) is is_undone
    assert fresh(event.window).extra_usd == (0 if is_undone else D("0.5"))


def test_extra_is_taken_back_once(a_budget: MakeBudget) -> None:
    budget = a_budget()
    changing.grant(budget, D(3), actor=None, now=NOW)
    event = changing.grant(budget, D("0.5"), actor=None, now=NOW)
    answers = [changing.undo_grant(event, actor=None, now=NOW) for _ in range(3)]
    assert answers == [True, False, False]
    assert running_window(budget, NOW).extra_usd == 3
    assert kinds(budget) == ["granted", "granted", "undone"]
    undone = budget.events.get(kind="undone")
    assert changing.undo_grant(undone, actor=None, now=NOW) is False


def test_extra_that_is_taken_back_after_midnight_leaves_the_new_day_alone(
    a_budget: MakeBudget,
) -> None:
    budget = a_budget()
    event = changing.grant(budget, D("0.5"), actor=None, now=MIDNIGHT - 3 * SECOND)
    after = MIDNIGHT + 2 * SECOND
    today = running_window(budget, after)
    assert changing.undo_grant(event, actor=None, now=after)
    assert event.window is not None and fresh(event.window).extra_usd == 0
    assert fresh(today).extra_usd == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_take_back_at_once_one_does(a_budget: MakeBudget) -> None:
    budget = a_budget()
    changing.grant(budget, D(3), actor=None, now=NOW)
    event = changing.grant(budget, D("0.5"), actor=None, now=NOW)
    with ThreadPoolExecutor(4) as pool:
        undo = [
            pool.submit(alone, changing.undo_grant, event, actor=None, now=NOW) for _ in range(8)
        ]
        assert sorted(one.result() for one in undo) == [False] * 7 + [True]
    assert running_window(budget, NOW).extra_usd == 3


# --- the end ---


def test_a_budget_that_was_removed_binds_nothing_and_begins_no_more(a_budget: MakeBudget) -> None:
    budget = a_budget()
    running_window(budget, NOW)
    changing.end(budget, actor=None)
    changing.end(budget, actor=None)
    assert kinds(budget) == ["ended"]
    assert not Budget.objects.active().exists()
    assert lacking(NOW + DAY) == []
    assert open_due([budget.pk], NOW + DAY) == 0


def test_a_budget_that_was_removed_is_given_nothing(a_budget: MakeBudget) -> None:
    budget = a_budget()
    running_window(budget, NOW)
    changing.end(budget, actor=None)
    for moment in (NOW, NOW + DAY):
        with pytest.raises(ValidationError, match="removed"):
            changing.grant(budget, D(1), actor=None, now=moment)
    changing.change(budget, terms(name="Old"), actor=None, now=NOW + DAY)
    assert running_window(budget, NOW).extra_usd == 0


# --- at most sixteen at once ---


def fill(cast: Cast, count: int) -> None:
    """Budgets of every kind that meet in a call of the member by the key that is made here."""
    key, _ = ApiKey.mint(project=cast.project, owner=cast.member, name="tablet")
    membership = Membership.objects.get(project=cast.project, user=cast.member)
    for number in range(count):
        covers = ("household", "person", "project", "members", "keys")[number % 5]
        is_wide = covers in ("household", "person")
        budget = Budget.objects.create(
            name=f"{covers} {number}",
            covers=covers,
            project=None if is_wide else cast.project,
            user=cast.member if covers == "person" else None,
            limit_usd=1,
            interval="daily",
        )
        if covers == "members":
            budget.members.create(membership=membership)
        if covers == "keys":
            key.budgets.add(budget)


ONE_MORE = {
    "household": lambda cast: terms(covers="household"),
    "person": lambda cast: terms(covers="person", user=cast.member),
    "project": lambda cast: terms(covers="project", project=cast.project),
    "members": lambda cast: terms(
        covers="members",
        project=cast.project,
        members=tuple(Membership.objects.filter(project=cast.project, user=cast.member)),
    ),
}


@pytest.mark.parametrize("wanted", ONE_MORE.values(), ids=ONE_MORE)
def test_the_seventeenth_is_refused_in_words(cast: Cast, wanted: Callable[[Cast], Terms]) -> None:
    fill(cast, MOST_AT_ONCE - 1)
    changing.make(wanted(cast), actor=cast.owner)
    with pytest.raises(ValidationError, match="would meet 17 budgets; 16 is the most"):
        changing.make(wanted(cast), actor=cast.owner)
    assert Budget.objects.count() == MOST_AT_ONCE


def test_a_seventeenth_for_somebody_else_is_welcome(cast: Cast) -> None:
    fill(cast, MOST_AT_ONCE)
    changing.make(terms(covers="person", user=cast.owner), actor=cast.owner)
    Budget.objects.filter(covers="household").update(is_active=False)
    changing.make(ONE_MORE["members"](cast), actor=cast.owner)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("second", ["make", "change"])
def test_two_who_add_at_the_same_moment_cannot_both_pass(second: str) -> None:
    cast = make_cast()
    fill(cast, MOST_AT_ONCE - 1)
    empty = changing.make(
        terms(covers="members", project=cast.project, members=()), actor=cast.owner
    )
    one_more = ONE_MORE["members"](cast)
    act = {
        "make": (changing.make, one_more),
        "change": (changing.change, empty, one_more),
    }[second]
    with ThreadPoolExecutor(1) as other:
        with transaction.atomic():
            changing.make(ONE_MORE["project"](cast), actor=cast.owner)
            slower = other.submit(alone, *act, actor=cast.owner)
            wait_for_a_waiter()
        with pytest.raises(ValidationError, match="17 budgets"):
            slower.result()
    assert empty.members.count() == 0
    assert Project.objects.get() == cast.project


# --- making ---


def test_a_new_budget_has_its_window_and_its_history(cast: Cast) -> None:
    budget = changing.make(terms(limit_usd=D(2)), actor=cast.owner, now=NOW)
    window = budget.windows.get()
    assert window.starts_at <= NOW and window.ends_at == window.starts_at + DAY
    assert window.left_usd == 2
    (event,) = budget.events.all()
    assert (event.kind, event.actor, event.at) == ("opened", cast.owner, NOW)


def test_a_refused_budget_leaves_nothing_behind(cast: Cast) -> None:
    fill(cast, MOST_AT_ONCE)
    versions = Household.current().policy_version
    with pytest.raises(ValidationError):
        changing.make(terms(), actor=cast.owner)
    assert Budget.objects.count() == MOST_AT_ONCE
    assert not BudgetWindow.objects.exists()
    assert Household.current().policy_version == versions


def test_the_ledger_says_whose_window_it_was(a_budget: MakeBudget) -> None:
    budget = a_budget()
    first = ledger.open_window(budget.pk, NOW, NOW + DAY, D(1))
    again = ledger.open_window(budget.pk, NOW, NOW + 2 * DAY, D(7))
    assert (first[1], again) == (True, (first[0], False))
    assert BudgetWindow.objects.get().limit_usd == 1
