"""What the API tells a key of itself and of its calls, and the answers to who watches the house:
healthz, readyz, metrics. The catalogue's routes stand in catalog_api/."""

import secrets

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from apps.gateway import house as running
from apps.gateway.api import answer, api_route, key_of, refused
from apps.gateway.key_facts import facts_of
from apps.gateway.metrics import exposition
from apps.gateway.tasks import WORKER_SEEN
from apps.routing.errors import Refusal, invalid
from apps.usage.generation import as_generation
from apps.usage.models import Generation


@api_route
def show_key(request: HttpRequest) -> HttpResponse:
    return answer({"data": facts_of(key_of(request), timezone.now())})


@api_route
def show_generation(request: HttpRequest) -> HttpResponse:
    """One call's receipt; a key reads its own calls only."""
    key = key_of(request)
    wanted = request.GET.get("id", "")
    if not wanted or len(wanted) > 40 or "\x00" in wanted:
        raise invalid("Say which generation: ?id=gen-…")
    row = Generation.objects.filter(id=wanted, key_id=key.id).first()
    if row is None:
        raise Refusal(404, "not_found", "No call of this key has that id.")
    return answer({"data": as_generation(row, key.owner)})


@login_not_required
@csrf_exempt
def no_such_route(request: HttpRequest, **_: str) -> HttpResponse:
    return refused(Refusal(404, "not_found", f"{request.path} is not a route of this API."))


@login_not_required
@require_GET
def healthz(request: HttpRequest) -> HttpResponse:
    """Public: whether this process takes calls."""
    try:
        is_ready = running.current().is_ready
    except RuntimeError:
        is_ready = False
    words = "ready" if is_ready else "starting"
    return HttpResponse(f"{words}\n", content_type="text/plain", status=200 if is_ready else 503)


@login_not_required
@require_GET
def readyz(request: HttpRequest) -> HttpResponse:
    """Whether database and queue answer: the worker leaves a mark every few seconds."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts = {"database": True, "queue": cache.get(WORKER_SEEN) is not None}
    except DatabaseError:
        parts = {"database": False, "queue": False}
    return answer(parts, status=200 if all(parts.values()) else 503)


@login_not_required
@require_GET
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text for the owner's session or the metrics token; a 404 for anybody else."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.HOUSE_SECRETS.metrics_token
    is_owner = request.user.is_authenticated and request.user.is_owner
    if not is_owner and not secrets.compare_digest(given.encode(), token.encode()):
        raise Http404
    return HttpResponse(exposition(), content_type="text/plain; version=0.0.4")
