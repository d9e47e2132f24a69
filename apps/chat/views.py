"""Home: where the house is reached, what is left to do, what was spent, the last calls. And the
search of the whole house."""

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.claim import has_owner
from apps.accounts.person import person_of
from apps.catalog.views import shell, show_landing
from apps.chat.finding import LONGEST, find
from apps.chat.pages import kept_private
from apps.connections.models import Connection, ConnectionSet
from apps.core.http import render_page
from apps.keys.models import ApiKey
from apps.projects.access import workplaces_of
from apps.usage.models import Generation
from apps.usage.spend import spend_for
from apps.usage.views import with_names

DEMO = "gatehouse"


@login_not_required
@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
    """Strangers find the front door here, once somebody lives in the house."""
    if not request.user.is_authenticated:
        return show_landing(request) if has_owner() else redirect_to_login("/")
    user = person_of(request)
    calls = Generation.objects.for_user(user).order_by("-id")[:5]
    keys = ApiKey.objects.for_user(user).live()
    connections = list(_real_connections().select_related("provider"))
    context = {
        "spend": spend_for(user, now=timezone.now()),
        "calls": with_names(calls),
        "key_count": keys.count(),
        "may_make_key": workplaces_of(user).exists(),
        "connections": connections,
        "has_demo": Connection.objects.enabled().filter(provider__slug=DEMO).exists(),
    }
    return render(request, "chat/home.html", context)


@login_not_required
@require_safe
def show_search(request: HttpRequest) -> HttpResponse:
    """A page of its own, and the list in the palette. What is found is one's own."""
    wanted = request.GET.get("q", "")[:LONGEST]
    groups = find(request, wanted)
    context = {
        "wanted": wanted,
        "groups": groups,
        "count": sum(len(group.hits) for group in groups),
        "shell": shell(request),
    }
    return kept_private(render_page(request, "chat/search.html", context, piece="options"))


def _real_connections() -> ConnectionSet:
    return Connection.objects.enabled().exclude(provider__slug=DEMO)
