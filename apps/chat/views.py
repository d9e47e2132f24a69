"""Home: where the house is reached, what is left to do, what was spent, the last calls."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.person import person_of
from apps.connections.models import Connection, ConnectionSet
from apps.keys.models import ApiKey
from apps.projects.access import workplaces_of
from apps.usage.models import Generation
from apps.usage.spend import spend_for
from apps.usage.views import with_names

DEMO = "gatehouse"


@require_safe
def show_home(request: HttpRequest) -> HttpResponse:
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


def _real_connections() -> ConnectionSet:
    return Connection.objects.enabled().exclude(provider__slug=DEMO)
