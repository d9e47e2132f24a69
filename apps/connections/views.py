"""The household's provider accounts, for those who look after the house."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.connections.models import Connection
from apps.projects.access import house_or_404


@require_GET
def list_connections(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    connections = Connection.objects.select_related("provider", "created_by")
    return render(request, "connections/list.html", {"connections": connections})


def create_connection(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    return render(request, "connections/list.html", {"connections": []})
