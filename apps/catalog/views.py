"""The catalogue for everybody, with or without an account: the list of models and each model."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.context import base_url
from apps.catalog import listing
from apps.catalog.doors import field_of_doors
from apps.catalog.filters import CONTEXTS, SORTS, Wish
from apps.catalog.listing import ABILITIES, KINDS, Listing, short_count
from apps.catalog.sheet import USES, sheet
from apps.core.http import is_htmx, render_page
from apps.core.snippets import snippets


@login_not_required
@require_safe
def list_models(request: HttpRequest) -> HttpResponse:
    """Filters live in the address; htmx gets the rows and the clean address for the bar."""
    catalog = _catalog(request)
    wish = Wish.read(request.GET, catalog)
    context = {**_choices(catalog), **_result(wish, catalog), "shell": shell(request)}
    response = render_page(request, "catalog/list.html", context, piece="found")
    if is_htmx(request):
        response["HX-Replace-Url"] = request.path + wish.address().rstrip("?")
    return response


@login_not_required
@require_safe
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    entry = _catalog(request).entries.get(slug)
    found = sheet(entry) if entry else None
    if entry is None or found is None:
        raise Http404
    wanted = request.GET.get("use", "")
    uses = snippets(base_url(), model=entry.slug, only=USES)
    context = {
        "entry": entry,
        "sheet": found,
        "uses": uses,
        "use": next((one for one in uses if one.name == wanted), uses[0]),
        "shell": shell(request),
    }
    return render_page(request, "catalog/model.html", context)


@require_safe
def show_landing(request: HttpRequest) -> HttpResponse:
    """What somebody without an account finds at the front door; home shows it in its place."""
    entries = _catalog(request).entries.values()
    open_count = sum(entry.has_open_weights for entry in entries)
    context = {
        "total": len(entries),
        "open_count": open_count,
        "doors": field_of_doors(open_count=open_count, shut_count=len(entries) - open_count),
    }
    return render(request, "catalog/landing.html", context)


def shell(request: HttpRequest) -> str:
    """The frame around a page that strangers see as well."""
    return "app.html" if request.user.is_authenticated else "public.html"


def _catalog(request: HttpRequest) -> Listing:
    return listing.current(with_own=request.user.is_authenticated)


def _choices(catalog: Listing) -> dict[str, Any]:
    return {
        "catalog": catalog,
        "sorts": SORTS,
        "contexts": [(number, short_count(number)) for number in CONTEXTS],
        "pills": {"free": "Free", "open": "Open weights", **ABILITIES, **KINDS},
    }


def _result(wish: Wish, catalog: Listing) -> dict[str, Any]:
    found = wish.found(catalog)
    page = min(wish.page, found.pages)
    return {
        "wish": wish,
        "ticked": wish.takes | wish.able | {n for n in ("free", "open") if getattr(wish, n)},
        "found": found,
        "last": found.first + len(found.entries) - 1,
        "chips": wish.chips(catalog),
        "heads": {name: wish.sorted_by(name) for name in SORTS},
        "previous": wish.at_page(page - 1) if page > 1 else "",
        "next": wish.at_page(page + 1) if page < found.pages else "",
    }
