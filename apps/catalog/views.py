"""The catalogue's share of the front door: what somebody without an account finds there. The list
and its models stand above, where connections and rules are known."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.catalog import listing
from apps.catalog.doors import field_of_doors
from apps.catalog.listing import Listing


@require_safe
def show_landing(request: HttpRequest) -> HttpResponse:
    """What somebody without an account finds at the front door; home shows it in its place."""
    entries = listing_for(request).entries.values()
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


def listing_for(request: HttpRequest) -> Listing:
    """Strangers are not told what only this house has."""
    return listing.current(with_own=request.user.is_authenticated)
