"""Calls and their receipts. Nothing here ever held a word of a prompt or an answer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import Household, User
from apps.accounts.person import person_of
from apps.accounts.zone import household_zone
from apps.keys.models import ApiKey
from apps.projects.access import every_project_for, project_for, workplaces_of
from apps.projects.current import current_project, places_of
from apps.projects.models import Project
from apps.usage.app_names import names_of_apps
from apps.usage.call_pages import ID, page_of
from apps.usage.filters import OUTCOMES, CallWish
from apps.usage.finding import Sought
from apps.usage.generation import as_generation
from apps.usage.grouping import provider_names
from apps.usage.models import Generation
from apps.usage.offered import Offered, offered_to
from apps.usage.periods import BadDates, Period, between, periods
from apps.usage.reach import Reach
from apps.usage.receipt import receipt_of, tokens_of


@dataclass(frozen=True)
class WantedCalls:
    """What the address asks for, of what this person may see. `problem` is a sentence about dates
    that cannot be meant; nothing is narrowed by them then."""

    wish: CallWish
    offered: Offered
    reach: Reach
    calls: QuerySet[Generation]
    sought: Sought
    period: Period | None = None
    problem: str = ""


@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    wanted, user = wanted_calls(request), person_of(request)
    wish, params = wanted.wish, request.GET
    ends = {name: params.get(name, "") for name in ("before", "after")}
    page = page_of(wanted.calls, wanted.sought, **ends)
    context = {
        "calls": with_names(page.calls),
        "page": page,
        "newer_address": wish.address(after=page.newer),
        "older_address": wish.address(before=page.older),
        "address": wish.address(),
        "is_first": not (page.newer or params.get("before")),
        "wish": wish,
        "reach": wanted.reach,
        "offered": wanted.offered,
        "problem": wanted.problem,
        "chips": wish.chips(wanted.offered, wanted.period),
        "outcomes": {name: words for name, (words, _) in OUTCOMES.items()},
        "may_call": workplaces_of(user).exists,
    }
    return render(request, "usage/calls.html", context)


@require_safe
def show_call(request: HttpRequest, call_id: str) -> HttpResponse:
    call = _call_or_404(request, call_id)
    project = Project.objects.filter(pk=call.project_id).first()
    context = {
        "call": with_names([call])[0],
        "project": project,
        "may_visit": every_project_for(request.user).filter(pk=call.project_id).exists(),
        "tokens": tokens_of(call),
        "receipt": receipt_of(call, person_of(request)),
        "permalink": request.build_absolute_uri(request.path),
        "reach": Reach.of(request.user),
    }
    return render(request, "usage/receipt.html", context)


@require_safe
def show_call_as_json(request: HttpRequest, call_id: str) -> HttpResponse:
    """As `GET /generation` tells an API key."""
    call = _call_or_404(request, call_id)
    response = JsonResponse({"data": as_generation(call, person_of(request))})
    response["Cache-Control"] = "no-store"
    return response


def wanted_calls(request: HttpRequest) -> WantedCalls:
    user, project, params = person_of(request), wanted_project(request), request.GET
    reach, named = Reach.of(user), current_periods()
    places = places_of(request).projects
    offered = offered_to(
        user,
        reach,
        places=[*places, project] if project else places,
        periods=named,
        wanted=params,
    )
    wish = CallWish.read(params, offered, **place_in(request, project))
    period, problem = named.get(wish.period), ""
    if wish.has_dates:
        try:
            period = between(wish.since, wish.until, now=timezone.now(), zone=household_zone())
        except BadDates as bad:
            problem = f"{bad} Until then you see calls of any time."
    calls = wish.narrow(Generation.objects.within(reach).order_by("-id"), period=period)
    if project:
        calls = calls.filter(project_id=project.pk)
    sought = wish.sought(reach, project=project.pk if project else None, period=period)
    return WantedCalls(wish, offered, reach, calls, sought, period, problem)


def current_periods() -> dict[str, Period]:
    household = Household.current()
    zone = ZoneInfo(household.zone)
    return periods(now=timezone.now(), zone=zone, first=household.week_starts_on)


def with_names(calls: Iterable[Generation]) -> list[Generation]:
    """Each with `person` and `key`, where they still exist, its provider's name and what its app is
    called, for four queries in all."""
    calls = list(calls)
    people = User.objects.in_bulk({call.user_id for call in calls})
    keys = ApiKey.objects.in_bulk({call.key_id for call in calls if call.key_id})
    providers = provider_names(call.provider for call in calls)
    apps = names_of_apps(call.app for call in calls)
    for call in calls:
        call.app_row = apps[call.app]  # type: ignore[attr-defined]
        call.provider_name = providers[call.provider]  # type: ignore[attr-defined]
        call.person = people.get(call.user_id)  # type: ignore[attr-defined]
        call.key = keys.get(call.key_id)  # type: ignore[attr-defined]
    return calls


def _call_or_404(request: HttpRequest, call_id: str) -> Generation:
    if not ID.fullmatch(call_id):
        raise Http404
    return get_object_or_404(Generation.objects.for_user(request.user), pk=call_id)


def wanted_project(request: HttpRequest) -> Project | None:
    """The one in the address, where an empty name is all of them; else the one somebody works in.
    A key belongs to a project already. What an archived one cost can still be read."""
    if "project" in request.GET or request.GET.get("key"):
        slug = request.GET.get("project", "")
        if not slug:
            return None
        return project_for(request.user, slug.replace("\0", ""), archived=True)
    return current_project(request)


def place_in(request: HttpRequest, project: Project | None) -> dict[str, Any]:
    """How addresses say where one looks."""
    if project:
        return {"project": project.slug, "everywhere": False}
    return {"project": "", "everywhere": current_project(request) is not None}
