"""The catalogue's routes of the API, in OpenRouter's shapes. Without a key they tell what every
house knows; with one, what that key may use right now."""

from collections.abc import Hashable
from dataclasses import replace
from typing import Any, NamedTuple

import orjson
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from apps.catalog import listing
from apps.catalog.filters import Around, ModelFilter
from apps.catalog.listing import Entry, Listing
from apps.catalog.models import Endpoint, LanguageModel
from apps.gateway.api import answer, api_route, key_of
from apps.gateway.auth import BAD_KEY
from apps.gateway.catalog_api.asking import asked, following, slice_of
from apps.gateway.catalog_api.remembered import Body, Remembered
from apps.gateway.catalog_api.shelf import Shelf, as_public, current_shelf, page_of
from apps.gateway.catalog_pages.around import around_policy
from apps.gateway.catalog_pages.rss import feed_of
from apps.gateway.house import current_measures
from apps.gateway.measures import Measures
from apps.gateway.naming import unsorted
from apps.gateway.rails import policy_of_key
from apps.gateway.router_shapes import router_entries
from apps.gateway.routers import NAMES
from apps.gateway.shapes import endpoint_entry, endpoints_entry, provider_entry
from apps.keys.models import ApiKey
from apps.routing.errors import Refusal, free_variant_ended, unauthenticated
from apps.routing.types import Policy

UNKNOWN = Measures()
ABOUT = ("id", "name", "created", "description", "architecture")
EMBEDDINGS = frozenset({"embeddings"})


_remembered = Remembered()


class Asker(NamedTuple):
    """Who asks; without a key a stranger, of whom there are no rules."""

    key: ApiKey | None = None
    rules: Policy | None = None

    @property
    def is_known(self) -> bool:
        return self.key is not None

    @property
    def mark(self) -> Hashable:
        """Whatever changes for them has another version, but for what they accepted."""
        if self.key is None or self.rules is None:
            return None
        return self.key.pk, self.rules.version, self.rules.accepted


@api_route
def list_models(request: HttpRequest) -> HttpResponse:
    """Whoever asks for nothing in particular gets all of it, by name; else the order is the pages'
    own. As there, what writes no text is left out unless `output_modalities` asks for it."""
    asker = _asker(request)
    if not asker.is_known and not request.GET:
        return _sent(request, current_shelf().plain)
    return _listed(request, asker)


@api_route
def list_user_models(request: HttpRequest) -> HttpResponse:
    """What this key may use, and nobody gets this without one."""
    asker = _asker(request)
    if not asker.is_known:
        raise unauthenticated(BAD_KEY)
    return _listed(request, asker)


@api_route
def list_embedding_models(request: HttpRequest) -> HttpResponse:
    return _listed(request, _asker(request), makes=EMBEDDINGS)


@api_route
def count_models(request: HttpRequest) -> HttpResponse:
    shelf, asker = current_shelf(), _asker(request)
    known = listing.current(with_own=asker.is_known)
    _, found = _found(request, shelf, known, asker)
    routers = [] if request.GET else _routers(shelf, asker)
    return answer({"data": {"count": len(routers) + len(found)}})


@api_route
def retrieve_model(request: HttpRequest, slug: str) -> HttpResponse:
    """OpenAI's `retrieve`: one entry of the list."""
    return answer(_entry(request, slug))


@api_route
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    return answer({"data": _entry(request, slug)})


@api_route
def list_endpoints(request: HttpRequest, slug: str) -> HttpResponse:
    """Strangers are not told what the house has added, which of these it is connected to, nor what
    it measured."""
    shelf, asker = current_shelf(), _asker(request)
    if router := _router(slug, shelf, asker):
        return answer({"data": {**{name: router[name] for name in ABOUT}, "endpoints": []}})
    slug = _resolved(slug, shelf, asker)
    group = shelf.catalog.endpoints[slug]
    endpoints = group if asker.is_known else as_public(group)
    told = endpoints_entry(
        slug,
        _model(shelf, endpoints[0], asker),
        endpoints,
        shelf.catalog.connected(slug) if asker.is_known else (),
        _measures(shelf, asker).by_endpoint,
    )
    return answer({"data": told})


@api_route
def list_zdr_endpoints(request: HttpRequest) -> HttpResponse:
    """Those that keep nothing of what they are sent, as publicly known; with a key also those of
    which this house knows it."""
    shelf, asker = current_shelf(), _asker(request)
    known, measures = listing.current(with_own=asker.is_known), _measures(shelf, asker)

    def make() -> bytes:
        around = _around(shelf, asker)
        wanted = ModelFilter(zdr=True, makes=frozenset(), sort="name")
        data = [
            endpoint_entry(
                entry.slug,
                _model(shelf, endpoint, asker),
                endpoint if asker.is_known else endpoint.as_public(),
                is_connected=endpoint.pk in around.connected.get(entry.slug, ()),
                seen=measures.by_endpoint.get(endpoint.pk),
            )
            for entry in wanted.apply(known.entries.values(), around)
            for endpoint in shelf.catalog.endpoints.get(entry.slug, ())
            if endpoint.pk in entry.endpoints
        ]
        return orjson.dumps({"data": data})

    asked_for = request.path, asker.mark
    return _sent(request, _remembered.get((shelf, known, measures), asked_for, make))


@api_route
def list_providers(request: HttpRequest) -> HttpResponse:
    return answer({"data": [provider_entry(one) for one in current_shelf().providers]})


def _listed(
    request: HttpRequest, asker: Asker, *, makes: frozenset[str] | None = None
) -> HttpResponse:
    shelf, known = current_shelf(), listing.current(with_own=asker.is_known)
    if request.GET.get("use_rss"):
        wanted, found = _found(request, shelf, known, asker, makes=makes)
        if wanted.use_rss:
            return feed_of(request, wanted, found)

    def make() -> bytes:
        wanted, found = _found(request, shelf, known, asker, makes=makes)
        part = slice_of(request, wanted)
        if request.GET or makes:
            told = shelf.told(part.of(found), with_own=asker.is_known)
            more = following(request, wanted, part, len(found))
            return orjson.dumps(page_of(told, total=len(found), following=more))
        found.sort(key=lambda entry: entry.slug)
        told = [*_routers(shelf, asker), *shelf.told(found, with_own=asker.is_known)]
        return orjson.dumps(page_of(told, total=len(told)))

    state = shelf, known, current_measures(shelf.catalog)
    asked_for = request.path, request.GET.urlencode(), asker.mark, timezone.localdate()
    return _sent(request, _remembered.get(state, asked_for, make))


def _routers(shelf: Shelf, asker: Asker) -> list[dict[str, Any]]:
    """Names that leave the choice to the house, where these rules leave anything to choose from.
    A list of allowed models is all of what it allows."""
    rules = asker.rules
    return [] if rules is None or rules.allowed_models else router_entries(shelf.catalog, rules)


def _found(
    request: HttpRequest,
    shelf: Shelf,
    known: Listing,
    asker: Asker,
    *,
    makes: frozenset[str] | None = None,
) -> tuple[ModelFilter, list[Entry]]:
    """With a key, of each model only the endpoints that its rules leave."""
    wanted = asked(request, known, has_key=asker.is_known)
    makes = wanted.makes if makes is None else makes
    asks = replace(wanted, mine=asker.is_known, makes=makes)
    return wanted, asks.apply(known.entries.values(), _around(shelf, asker))


def _around(shelf: Shelf, asker: Asker) -> Around:
    return around_policy(shelf.catalog, asker.rules) if asker.is_known else Around()


def _measures(shelf: Shelf, asker: Asker) -> Measures:
    return current_measures(shelf.catalog) if asker.is_known else UNKNOWN


def _model(shelf: Shelf, endpoint: Endpoint, asker: Asker) -> LanguageModel:
    found = shelf.catalog.models[endpoint.model.slug]
    return found if asker.is_known else found.as_public()


def _entry(request: HttpRequest, slug: str) -> dict[str, Any]:
    shelf, asker = current_shelf(), _asker(request)
    if router := _router(slug, shelf, asker):
        return router
    shapes = shelf.known if asker.is_known else shelf.public
    return shapes[_resolved(slug, shelf, asker)].facts


def _router(slug: str, shelf: Shelf, asker: Asker) -> dict[str, Any] | None:
    if slug not in NAMES or asker.rules is None:
        return None
    found = router_entries(shelf.catalog, asker.rules)
    return next((one for one in found if one["id"] == slug), None)


def _resolved(slug: str, shelf: Shelf, asker: Asker) -> str:
    """The name in the catalogue that this one means: however its letters are written, and without
    what only chooses among its endpoints. Raises Refusal."""
    shapes = shelf.known if asker.is_known else shelf.public
    name, _ = unsorted(slug if slug in shapes else slug.casefold(), shapes.__contains__)
    if name in shelf.catalog.ended and name not in shapes:
        twin = name.rpartition(":")[0]
        raise free_variant_ended(name, twin if twin in shapes else "", [])
    if name not in shapes:
        raise Refusal(404, "not_found", f"{slug[:100]} is not in the catalogue of this house.")
    return name


def _asker(request: HttpRequest) -> Asker:
    """Raises Refusal for a key that does not work."""
    if not {"Authorization", "X-Api-Key"} & set(request.headers):
        return Asker()
    key = key_of(request)
    return Asker(key, policy_of_key(key))


def _sent(request: HttpRequest, body: Body) -> HttpResponse:
    if request.headers.get("If-None-Match") == body.etag:
        response = HttpResponse(status=304)
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(body.packed, content_type="application/json")
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(body.plain, content_type="application/json")
    response["ETag"] = body.etag
    # Two askers at one address do not get the same.
    patch_vary_headers(response, ["Accept-Encoding", "Authorization", "X-Api-Key"])
    return response
