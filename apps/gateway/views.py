"""The API's read routes, and the answers to who watches the house: healthz, readyz, metrics."""

import gzip
import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from apps.catalog.models import Endpoint
from apps.gateway import house as running
from apps.gateway.api import answer, api_route, key_of, refused
from apps.gateway.key_facts import facts_of
from apps.gateway.metrics import exposition
from apps.gateway.rails import policy_of_key
from apps.gateway.router_shapes import router_entries
from apps.gateway.shapes import endpoints_entry, model_entry
from apps.gateway.snapshot import Catalog
from apps.gateway.tasks import WORKER_SEEN
from apps.routing import policy
from apps.routing.errors import Refusal, invalid
from apps.usage.generation import as_generation
from apps.usage.models import Generation


@dataclass(frozen=True)
class _Listing:
    """The whole public list as bytes, made once for each state of the catalogue. `entries` are
    those for whoever has a key, `public` for strangers and the pages of other origins."""

    catalog: Catalog
    entries: dict[str, dict[str, Any]]
    public: dict[str, dict[str, Any]]
    body: bytes
    packed: bytes
    etag: str


_listing: _Listing | None = None


@api_route
def list_models(request: HttpRequest) -> HttpResponse:
    """Without a key the public catalogue; with one, what that key may use right now."""
    listing = _current_listing()
    if not _has_key(request):
        return _sent(request, listing.body, listing.packed, listing.etag)
    key = key_of(request)
    rules, catalog = policy_of_key(key), listing.catalog
    routes = sorted(catalog.routes.items())
    entries = [listing.entries[slug] for slug, ways in routes if policy.may_use(ways, rules)]
    return answer(_page([*router_entries(catalog, rules), *entries]))


@api_route
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    """OpenAI's `retrieve`: one entry of the list."""
    listing = _current_listing()
    known = listing.entries if _is_known(request) else listing.public
    entry = known.get(slug)
    if entry is None:
        raise _no_such_model(slug)
    return answer(entry)


@api_route
def list_endpoints(request: HttpRequest, slug: str) -> HttpResponse:
    """Strangers are not told what the house has added, nor which of these it is connected to."""
    catalog = running.current().view.catalog
    is_known = _is_known(request)
    group = catalog.endpoints.get(slug, [])
    endpoints = group if is_known else _public(group)
    if not endpoints:
        raise _no_such_model(slug)
    model = catalog.models[endpoints[0].model.slug]
    connected = catalog.connected(slug) if is_known else set()
    return answer({"data": endpoints_entry(slug, model, endpoints, connected)})


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
    return answer({"data": as_generation(row)})


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


def _current_listing() -> _Listing:
    global _listing
    catalog = running.current().view.catalog
    if _listing is None or _listing.catalog is not catalog:
        entries = _entries(catalog, catalog.endpoints)
        public = {slug: _public(group) for slug, group in catalog.endpoints.items()}
        mixed = {slug: one for slug, one in public.items() if one != catalog.endpoints[slug]}
        seeded = entries | _entries(catalog, mixed)
        public_entries = {slug: seeded[slug] for slug in entries if public[slug]}
        body = orjson.dumps(_page(list(public_entries.values())))
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        packed = gzip.compress(body, 6, mtime=0)
        _listing = _Listing(catalog, entries, public_entries, body, packed, etag)
    return _listing


def _entries(catalog: Catalog, groups: Mapping[str, list[Endpoint]]) -> dict[str, dict[str, Any]]:
    return {
        slug: model_entry(slug, catalog.models[group[0].model.slug], group)
        for slug, group in sorted(groups.items())
        if group
    }


def _public(group: list[Endpoint]) -> list[Endpoint]:
    return [one for one in group if one.is_public]


def _has_key(request: HttpRequest) -> bool:
    return bool({"Authorization", "X-Api-Key"} & set(request.headers))


def _is_known(request: HttpRequest) -> bool:
    """Whether a key was sent. Raises Refusal for one that does not work."""
    if not _has_key(request):
        return False
    key_of(request)
    return True


def _page(entries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "object": "list",
        "data": entries,
        "total_count": len(entries),
        "links": {"next": None},
    }


def _sent(request: HttpRequest, body: bytes, packed: bytes, etag: str) -> HttpResponse:
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(packed, content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(body, content_type="application/json")
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding", "Authorization", "X-Api-Key"])
    return response


def _no_such_model(slug: str) -> Refusal:
    return Refusal(404, "not_found", f"{slug[:100]} is not in the catalogue of this house.")
