"""One project on one page: its people, its keys and what it spent. Shows each person only what they
may see; changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.zone import household_zone
from apps.keys.models import ApiKey
from apps.projects.access import project_for
from apps.usage.activity import cards, figures, span_of
from apps.usage.models import UsageQuarter

PERIOD = "30d"


@require_safe
def show_project(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug)
    rows = UsageQuarter.objects.for_user(request.user).filter(project_id=project.pk)
    span = span_of(PERIOD, now=timezone.now(), zone=household_zone())
    now, before = figures(rows, span)
    keys = ApiKey.objects.for_user(request.user).live().filter(project=project)
    members = project.memberships.filter(is_active=True, user__is_active=True)
    context = {
        "project": project,
        "cards": cards(now, before, period=PERIOD),
        "members": list(members.select_related("user").order_by("created_at", "id")),
        "keys": list(keys.select_related("owner").order_by("name", "id")),
    }
    return render(request, "usage/project.html", context)
