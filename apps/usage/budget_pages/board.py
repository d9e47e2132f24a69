"""The budgets one may look at, nested: the household, its people, its projects, and below each of
these its members and keys."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from apps.accounts.models import User
from apps.budgets.models import Budget, BudgetSet
from apps.projects.access import ADMIN, projects_for
from apps.projects.models import Membership, Project
from apps.usage.budget_pages import naming
from apps.usage.budget_pages.figures import Shown, shown


@dataclass(frozen=True)
class Row:
    """`level` 1 stands below the row above it. Without a budget there is no limit."""

    name: str
    sub: str
    level: int = 0
    one: Shown | None = None
    project: Project | None = None

    @property
    def is_person(self) -> bool:
        return self.one is not None and self.one.budget.covers == Budget.Covers.PERSON


@dataclass(frozen=True)
class Board:
    """`household` is None where it is not theirs to look after; `unlimited` names the people
    without a budget of their own."""

    household: list[Shown] | None = None
    people: list[Row] = field(default_factory=list)
    projects: list[Row] = field(default_factory=list)
    unlimited: str = ""


def board_of(user: User, now: datetime) -> Board:
    """What this person may change."""
    budgets = readable(Budget.objects.changeable_by(user).active())
    found = shown(budgets.filter(Q(project=None) | Q(project__archived_at=None)), now)
    projects = _of_projects(projects_for(user, ADMIN), found)
    if not user.looks_after_house:
        return Board(projects=projects)
    people = [one for one in found if one.budget.covers == Budget.Covers.PERSON]
    return Board(
        household=[one for one in found if one.budget.covers == Budget.Covers.HOUSEHOLD],
        people=sorted(map(_row, people), key=lambda row: row.name.casefold()),
        projects=projects,
        unlimited=_without({one.budget.user_id for one in people}),
    )


def project_board(user: User, project: Project, now: datetime) -> list[Row]:
    """Of one project, as far as this person may look."""
    mine = readable(Budget.objects.for_user(user).active().filter(project=project))
    return _of_projects([project], shown(mine, now))


def binding_of(user: User, now: datetime) -> list[Shown]:
    """Whatever binds this person anywhere, the tightest first."""
    places = Membership.objects.filter(
        user=user, is_active=True, project__archived_at=None
    ).select_related("project")
    ids: set[int] = set()
    for place in places:
        ids |= set(Budget.objects.binding(user, place.project).values_list("pk", flat=True))
    ids |= set(
        Budget.objects.for_user(user)
        .active()
        .filter(keys__owner=user, keys__revoked_at=None)
        .values_list("pk", flat=True)
    )
    found = shown(readable(Budget.objects.filter(pk__in=ids)), now)
    return sorted(found, key=lambda one: one.window.left_usd)


def readable(budgets: BudgetSet) -> BudgetSet:
    """With what the pages say of each, for a few queries in all."""
    return (
        budgets.select_related("project", "user").prefetch_related(*naming.NAMED).order_by("name")
    )


def _of_projects(projects: Iterable[Project], found: Iterable[Shown]) -> list[Row]:
    of: dict[int | None, list[Shown]] = {}
    for one in found:
        of.setdefault(one.budget.project_id, []).append(one)
    rows: list[Row] = []
    for project in projects:
        mine = of.get(project.pk, [])
        whole = [one for one in mine if one.budget.covers == Budget.Covers.PROJECT]
        rows += [_row(one) for one in whole] or [Row(project.name, "project", project=project)]
        parts = sorted(
            (one for one in mine if one not in whole),
            key=lambda one: (one.budget.covers == Budget.Covers.KEYS, one.budget.name.casefold()),
        )
        rows += [_row(one, level=1) for one in parts]
    return rows


def _row(one: Shown, *, level: int = 0) -> Row:
    sub = naming.kind(one.budget)
    if one.budget.covers == Budget.Covers.PERSON and str(one.budget.user) != one.budget.name:
        sub = str(one.budget.user)
    if one.budget.covers == Budget.Covers.PROJECT and str(one.budget.project) != one.budget.name:
        sub = str(one.budget.project)
    return Row(one.budget.name, f"{sub}, {one.each}", level, one, one.budget.project)


def _without(known: set[int | None]) -> str:
    rest = User.objects.filter(is_active=True).exclude(pk__in=[one for one in known if one])
    return naming.listed([str(one) for one in rest.order_by("name", "email")[:50]])
