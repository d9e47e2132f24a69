"""The list of projects, and each with its spending, keys and people. Everybody sees of them what
they may see of the calls; changing a project stands in apps/projects."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.keys.models import ApiKey
from apps.projects.access import (
    ADMIN,
    every_project_for,
    project_for,
    what_stops,
    workplaces_of,
)
from apps.projects.models import Membership, Project, ProjectSet
from apps.usage.activity import asked, cards, figures, groups
from apps.usage.filters import CallWish
from apps.usage.grouping import names_of
from apps.usage.key_uses import uses_of
from apps.usage.models import Generation
from apps.usage.periods import Period
from apps.usage.reach import Reach
from apps.usage.sums import sums
from apps.usage.views import current_periods, with_names

SHOWN = 5
MONTH = "month"
WORKING = Q(memberships__is_active=True, memberships__user__is_active=True)


@dataclass(frozen=True)
class Row:
    """One project in the list, as far as this person may look."""

    project: Project
    role: str
    people: int
    keys: int
    spend: Decimal
    last_call: datetime | None


@require_safe
def list_projects(request: HttpRequest) -> HttpResponse:
    user, shows_archived = person_of(request), request.GET.get("show") == "archived"
    every = every_project_for(user)
    month = current_periods()[MONTH]
    context = {
        "rows": _rows(user, every.archived() if shows_archived else every.active(), month),
        "month": month,
        "shows_archived": shows_archived,
        "active_count": every.active().count(),
        "archived_count": every.archived().count(),
    }
    return render(request, "projects/list.html", context)


@require_safe
def show_project(request: HttpRequest, slug: str) -> HttpResponse:
    """Its month, its last calls and its dearest models."""
    user, project = person_of(request), project_for(request.user, slug, archived=True)
    month = current_periods()[MONTH]
    reach, inside = Reach.of(user), {"project": [project.pk]}
    now, before = figures(reach, month, inside)
    dearest = groups(reach, month, "model", inside)[:SHOWN]
    names = names_of("model", [group.value for group in dearest])
    calls = Generation.objects.for_user(user).filter(project_id=project.pk).order_by("-id")
    context = {
        **frame(user, project, "overview"),
        "reach": reach,
        "month": month,
        "cards": cards(now, before, than=month.than),
        "models": [
            (names[group.value], group, CallWish(model=group.value, project=slug, period=MONTH))
            for group in dearest
        ],
        "calls": with_names(calls[:SHOWN]),
    }
    return render(request, "projects/overview.html", context)


@require_safe
def show_keys(request: HttpRequest, slug: str) -> HttpResponse:
    user, project = person_of(request), project_for(request.user, slug, archived=True)
    month = current_periods()[MONTH]
    keys = ApiKey.objects.for_user(user).kept().filter(project=project).select_related("owner")
    spent = _spent(user, "key", month, project)
    context = {
        **frame(user, project, "keys"),
        "month": month,
        "keys": [
            (use, spent.get(use.key.pk, Decimal(0))) for use in uses_of(keys.order_by("name", "id"))
        ],
        "may_make": not project.archived_at and workplaces_of(user).filter(pk=project.pk).exists(),
    }
    return render(request, "projects/keys.html", context)


@require_safe
def show_members(request: HttpRequest, slug: str) -> HttpResponse:
    """When somebody was last here is for who looks after the house."""
    user, project = person_of(request), project_for(request.user, slug, archived=True)
    month = current_periods()[MONTH]
    people = project.memberships.filter(is_active=True, user__is_active=True)
    last = _last_call(user, user_id=OuterRef("user_id"), project_id=project.pk)
    people = people.select_related("user").annotate(last_call=last).order_by("created_at", "id")
    spent = _spent(user, "person", month, project)
    context = {
        **frame(user, project, "members"),
        "month": month,
        "members": [(one, spent.get(one.user_id, Decimal(0))) for one in people],
    }
    return render(request, "projects/members.html", context)


def frame(user: User, project: Project, tab: str) -> dict[str, Any]:
    may_change = every_project_for(user, ADMIN).filter(pk=project.pk).exists()
    is_stopped = what_stops(user, project) == "member"
    return {"project": project, "tab": tab, "may_change": may_change, "is_stopped": is_stopped}


def _rows(user: User, projects: ProjectSet, month: Period) -> list[Row]:
    counted: Iterable[Any] = projects.annotate(
        people=Count("memberships", filter=WORKING, distinct=True),
        last_call=_last_call(user, project_id=OuterRef("pk")),
    )
    roles = {
        one.project_id: one.get_role_display()
        for one in Membership.objects.filter(user=user.pk, is_active=True)
    }
    live = ApiKey.objects.for_user(user).live().order_by()
    keys = dict(live.values_list("project_id").annotate(Count("id")))
    spent = _spent(user, "project", month)
    return [
        Row(
            project=project,
            role=roles.get(project.pk, ""),
            people=project.people,
            keys=keys.get(project.pk, 0),
            spend=spent.get(project.pk, Decimal(0)),
            last_call=project.last_call,
        )
        for project in counted
    ]


def _last_call(user: User, **of: Any) -> Subquery:
    """The newest call this person may see, read from the end of an index."""
    calls = Generation.objects.for_user(user).filter(**of).order_by("-id")
    return Subquery(calls.values("created_at")[:1])


def _spent(
    user: User, by: str, month: Period, project: Project | None = None
) -> dict[int, Decimal]:
    """The month's spend by number."""
    inside = {"project": [project.pk]} if project else {}
    found = sums(Reach.of(user), replace(asked(month, inside), by=(by,)))
    return {int(one.group[0]): one.spend for one in found}
