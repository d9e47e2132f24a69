"""One model's page, with what this house knows around it: which endpoints calls reach, which of
them rules close, how they did here, and what the model cost."""

import secrets
from collections.abc import Mapping
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.context import base_url
from apps.accounts.models import User
from apps.catalog.data_policy import HOME
from apps.catalog.known_here import known_here
from apps.catalog.listing import Entry, Listing
from apps.catalog.measured import Measured
from apps.catalog.models import Provider
from apps.catalog.provider_facts import Told
from apps.catalog.sheet import USES, Place, Sheet, sheet
from apps.catalog.views import listing_for, shell
from apps.connections.free_calls import Standing, standings
from apps.core.http import render_page
from apps.core.snippets import snippets
from apps.gateway.catalog_pages.around import around_of
from apps.gateway.closed_here import Here, here_for
from apps.gateway.house import current_catalog, current_measures
from apps.gateway.snapshot import Catalog
from apps.projects.models import Project
from apps.usage.model_uses import use_of_model


class Row(NamedTuple):
    """One endpoint; `closed_by` follows “it”. Strangers are told of no connection."""

    place: Place
    is_connected: bool
    closed_by: str
    measured: Measured


class Closed(NamedTuple):
    """`reason` follows “it”."""

    project: Project
    reason: str


@login_not_required
@require_safe
def show_model(request: HttpRequest, slug: str) -> HttpResponse:
    user = request.user
    listing = listing_for(request)
    entry = listing.entries.get(slug)
    found = sheet(entry, with_own=user.is_authenticated) if entry else None
    if entry is None or found is None:
        raise Http404
    wanted = request.GET.get("use", "")
    uses = snippets(base_url(), model=entry.slug, only=USES)
    context = {
        "entry": entry,
        "sheet": found,
        "rows": [Row(place, True, "", Measured()) for place in found.places],
        "policies": found.policies,
        "uses": uses,
        "use": next((one for one in uses if one.name == wanted), uses[0]),
        "shell": shell(request),
    }
    if isinstance(user, User):
        context |= _around(request, user, listing, entry, found)
    return render_page(request, "catalog/model.html", context)


def _around(
    request: HttpRequest, user: User, listing: Listing, entry: Entry, found: Sheet
) -> dict[str, Any]:
    catalog, here = current_catalog(), here_for(request)
    around = around_of(user, here)
    known = known_here(listing, around).entries[entry.slug]
    found = _named(found, catalog, entry.slug)
    connected = around.connected.get(entry.slug, frozenset())
    closed = here.closed(entry.slug) if here else ""
    return {
        "rows": _rows(catalog, here, known, found.places, connected),
        "policies": _policies(found, around.at_home),
        "closed": Closed(here.project, closed) if here and closed else None,
        "may_try": bool(here and not closed and entry.slug in catalog.routes),
        "is_connected": entry.slug in catalog.routes,
        "is_at_home": bool(connected) and connected <= around.at_home,
        "here": use_of_model(entry.slug, user),
        "token": secrets.token_urlsafe(16),
        "standings": _free_calls_left(catalog, entry.slug),
    }


def _free_calls_left(catalog: Catalog, slug: str) -> list[Standing]:
    """Of the accounts through which it is reached, where it is a free one that is counted."""
    counted = [one for one in catalog.routes.get(slug, ()) if one.free_limits is not None]
    connections = {one.connection_id: catalog.connections[one.connection_id] for one in counted}
    return list(standings(connections.values(), timezone.now()).values()) if connections else []


def _named(found: Sheet, catalog: Catalog, slug: str) -> Sheet:
    """A place of one's own bears the name it was given here."""
    reached = {
        one.endpoint_id: catalog.connections[one.connection_id].name
        for one in catalog.routes.get(slug, ())
    }
    own = [one for one in found.places if not one.provider.has_page and one.endpoint_id in reached]
    names = {one.endpoint_id: reached[one.endpoint_id] for one in own}
    places = [
        one._replace(provider=one.provider._replace(name=names[one.endpoint_id]))
        if one.endpoint_id in names
        else one
        for one in found.places
    ]
    together = ", ".join(sorted(set(names.values()), key=str.casefold))
    policies = [
        one._replace(provider=together) if together and not one.slug else one
        for one in found.policies
    ]
    return found._replace(places=places, policies=policies)


def _rows(
    catalog: Catalog,
    here: Here | None,
    known: Entry,
    places: list[Place],
    connected: frozenset[int],
) -> list[Row]:
    """The connected ones first. The household may have agreed on more than is publicly known."""
    measured = current_measures(catalog).by_endpoint
    closed: Mapping[int, str] = here.closed_endpoints(known.slug) if here else {}
    badges = {one.endpoint_id: list(one.badges) for one in known.offers}
    rows = [
        Row(
            place._replace(badges=badges.get(place.endpoint_id, place.badges)),
            place.endpoint_id in connected,
            closed.get(place.endpoint_id, ""),
            measured.get(place.endpoint_id, Measured()),
        )
        for place in places
    ]
    return sorted(rows, key=lambda one: (not one.is_connected, bool(one.closed_by)))


def _policies(found: Sheet, at_home: frozenset[int]) -> list[Told]:
    """What runs at home needs nobody's word."""
    home = {place.provider.slug for place in found.places if place.endpoint_id in at_home}
    return [
        told._replace(badges=list(HOME), stays_home=True)
        if (told.slug or Provider.CUSTOM) in home
        else told
        for told in found.policies
    ]
