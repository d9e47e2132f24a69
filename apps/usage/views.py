"""Activity, calls and their receipts. Nothing here ever held a word of a prompt or an answer."""

import re
from collections.abc import Iterable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import User
from apps.accounts.zone import household_zone
from apps.keys.models import ApiKey
from apps.projects.access import project_for
from apps.projects.current import current_project
from apps.projects.models import Project
from apps.usage.activity import PERIODS, by_model, cards, figures, span_of
from apps.usage.filters import OUTCOMES, CallWish
from apps.usage.models import Generation, UsageQuarter
from apps.usage.receipt import receipt_of, tokens_of

PAGE = 50
ID = re.compile(r"gen-[\w-]{1,36}", re.ASCII)


@require_safe
def show_activity(request: HttpRequest) -> HttpResponse:
    """What a person may see of the house's or of one project's spending, by period."""
    project = _wanted_project(request)
    period = request.GET.get("period", "")
    period = period if period in PERIODS else "7d"
    rows = UsageQuarter.objects.for_user(request.user)
    if project:
        rows = rows.filter(project_id=project.pk)
    span = span_of(period, now=timezone.now(), zone=household_zone())
    now, before = figures(rows, span)
    context = {
        "project": project,
        "period": period,
        "periods": PERIODS,
        "span": span,
        "now": now,
        "cards": cards(now, before, period=period),
        "models": by_model(rows, span),
    }
    return render(request, "usage/activity.html", context)


@require_safe
def list_calls(request: HttpRequest) -> HttpResponse:
    """Newest first. The next page begins below the last id, so it never skips or repeats."""
    keys = dict(ApiKey.objects.for_user(request.user).kept().values_list("id", "name"))
    wish, project = CallWish.read(request.GET, keys=keys), _wanted_project(request)
    calls = wish.narrow(Generation.objects.for_user(request.user).order_by("-id"))
    if project:
        calls = calls.filter(project_id=project.pk)
    before = request.GET.get("before", "")
    if ID.fullmatch(before):
        calls = calls.filter(id__lt=before)
    page = list(calls[: PAGE + 1])
    named = "project" in request.GET or project is not None
    place = {"project": project.slug if project else ""} if named else {}
    older = page[PAGE - 1].id if len(page) > PAGE else ""
    context = {
        "calls": with_names(page[:PAGE]),
        "older": older,
        "older_address": wish.address(**place, before=older),
        "newest_address": wish.address(**place),
        "is_first": not before,
        "wish": wish,
        "project": project,
        "names_project": named,
        "keys": keys,
        "outcomes": {name: words for name, (words, _) in OUTCOMES.items()},
    }
    return render(request, "usage/calls.html", context)


@require_safe
def show_call(request: HttpRequest, call_id: str) -> HttpResponse:
    if not ID.fullmatch(call_id):
        raise Http404
    call = get_object_or_404(Generation.objects.for_user(request.user), pk=call_id)
    project = Project.objects.filter(pk=call.project_id).first()
    context = {
        "call": with_names([call])[0],
        "project": project,
        "tokens": tokens_of(call),
        "receipt": receipt_of(call),
    }
    return render(request, "usage/receipt.html", context)


def _wanted_project(request: HttpRequest) -> Project | None:
    """The one in the address, where an empty name is all of them; else the one somebody works in.
    A key belongs to a project already."""
    if "project" in request.GET or request.GET.get("key"):
        slug = request.GET.get("project", "")
        return project_for(request.user, slug.replace("\0", "")) if slug else None
    return current_project(request)


def with_names(calls: Iterable[Generation]) -> list[Generation]:
    """Each with `person` and `key`, where they still exist, for two queries in all."""
    calls = list(calls)
    people = User.objects.in_bulk({call.user_id for call in calls})
    keys = ApiKey.objects.in_bulk({call.key_id for call in calls if call.key_id})
    for call in calls:
        call.person = people.get(call.user_id)  # type: ignore[attr-defined]
        call.key = keys.get(call.key_id)  # type: ignore[attr-defined]
    return calls
