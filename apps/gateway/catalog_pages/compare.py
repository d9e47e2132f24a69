"""Up to four models beside each other. Which ones is in the address and nowhere else."""

import secrets
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from apps.catalog.comparison import compared
from apps.catalog.filters import ModelFilter
from apps.catalog.known_here import known_here
from apps.catalog.listing import Entry, Listing
from apps.catalog.views import listing_for, shell
from apps.core.http import render_page
from apps.gateway.catalog_pages.around import around_for

MOST, MOST_FOUND = 4, 8
LONGEST_NAME = 250


class Column(NamedTuple):
    """`without` is the address of the others; `state` tells whether it can be asked here."""

    entry: Entry
    without: str
    state: str


@dataclass(frozen=True)
class Chosen:
    """`unknown` are names that no model has, `beyond` those past the fourth."""

    entries: list[Entry]
    unknown: list[str]
    beyond: list[str]

    @classmethod
    def read(cls, request: HttpRequest, listing: Listing) -> "Chosen":
        typed = (name.replace("\x00", "").strip() for name in request.GET.getlist("m"))
        names = list(dict.fromkeys(name for name in typed if name))
        known = [listing.entries[name] for name in names if name in listing.entries]
        unknown = [name[:LONGEST_NAME] for name in names if name not in listing.entries][:MOST]
        return cls(known[:MOST], unknown, [one.name for one in known[MOST:]][:MOST])

    @property
    def slugs(self) -> list[str]:
        return [one.slug for one in self.entries]


@login_not_required
@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    listing, around = listing_for(request), around_for(request)
    chosen = Chosen.read(request, listing)
    known = known_here(listing, around).entries
    shown = [known[slug] for slug in chosen.slugs]
    is_known = request.user.is_authenticated
    wanted = ModelFilter.from_query(request.GET, listing)
    fitting = wanted.apply(listing.entries.values(), around) if wanted.q else []
    others = [one for one in fitting if one.slug not in chosen.slugs]
    context = {
        "columns": [
            Column(
                one,
                address_of([slug for slug in chosen.slugs if slug != one.slug]),
                _state(one, around.connected, around.mine) if is_known else "",
            )
            for one in shown
        ],
        "rows": compared(shown, around.measured if is_known else None),
        "chosen": chosen,
        "q": wanted.q,
        "found": [(one, address_of([*chosen.slugs, one.slug])) for one in others[:MOST_FOUND]],
        "is_full": len(chosen.entries) == MOST,
        "token": secrets.token_urlsafe(16),
        "shell": shell(request),
    }
    return render_page(request, "catalog/compare.html", context)


def address_of(slugs: Sequence[str]) -> str:
    """Of the page that compares these."""
    return f"{reverse('catalog:compare')}?{urlencode([('m', slug) for slug in slugs])}"


def _state(entry: Entry, connected: Container[str], mine: Container[str]) -> str:
    if entry.slug not in connected:
        return "Not connected"
    return "You may ask it" if entry.slug in mine else "Closed to you"
