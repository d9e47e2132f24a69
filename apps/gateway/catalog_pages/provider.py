"""Who runs models: all of them in one table, and each on a page of its own, with what it does with
what it is sent. Strangers are not told which are connected, nor how they did here."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.catalog.listing import Entry, Listing
from apps.catalog.measured import Measured
from apps.catalog.models import Provider, Source
from apps.catalog.orders import by_age
from apps.catalog.provider_facts import About, Told, about, free_badges, has_page, told
from apps.catalog.views import listing_for, shell
from apps.core.http import render_page
from apps.gateway.house import current_catalog, current_measures

SHOWN_MODELS = 20


class Row(NamedTuple):
    about: About
    told: Told
    models: int
    is_connected: bool
    measured: Measured


@login_not_required
@require_safe
def list_providers(request: HttpRequest) -> HttpResponse:
    providers = [one for one in Provider.objects.filter(is_listed=True) if _is_shown(one, request)]
    counts, today = _counts(listing_for(request)), timezone.localdate()
    connected, measured = _connected(request), _measured(request)
    rows = [
        Row(
            about(one),
            told(one, one.fact("data_policy"), today=today),
            counts.get(one.slug, 0),
            one.slug in connected,
            measured.get(one.slug, Measured()),
        )
        for one in sorted(providers, key=lambda one: one.fact("name").casefold())
    ]
    count = len(connected - {Provider.DEMO})
    context = {"rows": rows, "connected": count, "shell": shell(request)}
    return render_page(request, "catalog/providers.html", context)


@login_not_required
@require_safe
def show_provider(request: HttpRequest, slug: str) -> HttpResponse:
    provider = Provider.objects.filter(is_listed=True, slug=slug).first()
    if provider is None or not _is_shown(provider, request):
        raise Http404
    entries = _entries_at(listing_for(request).entries.values(), slug)
    facts, has_free = provider.fact("data_policy"), any(one.is_free for one in entries)
    context = {
        "about": about(provider),
        "told": told(provider, facts, today=timezone.localdate()),
        "free_badges": free_badges(facts) if has_free else [],
        "entries": entries[:SHOWN_MODELS],
        "count": len(entries),
        "has_more": len(entries) > SHOWN_MODELS,
        "is_connected": slug in _connected(request),
        "measured": _measured(request).get(slug, Measured()),
        "shell": shell(request),
    }
    return render_page(request, "catalog/provider.html", context)


def _is_shown(provider: Provider, request: HttpRequest) -> bool:
    is_public = provider.source != Source.OWN or provider.slug == Provider.DEMO
    return has_page(provider) and (is_public or request.user.is_authenticated)


def _entries_at(entries: Iterable[Entry], slug: str) -> list[Entry]:
    """Each at its price there, the newest first."""
    found = [
        one.narrowed([offer for offer in one.offers if offer.provider == slug])
        for one in entries
        if slug in one.providers
    ]
    return sorted(found, key=lambda one: (by_age(one), one.slug))


def _counts(listing: Listing) -> dict[str, int]:
    counts: dict[str, int] = {}
    for entry in listing.entries.values():
        for slug in entry.providers:
            counts[slug] = counts.get(slug, 0) + 1
    return counts


def _connected(request: HttpRequest) -> frozenset[str]:
    if not request.user.is_authenticated:
        return frozenset()
    return frozenset(one.provider.slug for one in current_catalog().connections.values())


def _measured(request: HttpRequest) -> dict[str, Measured]:
    if not request.user.is_authenticated:
        return {}
    return dict(current_measures(current_catalog()).by_provider)
