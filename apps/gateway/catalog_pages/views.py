"""The list of models for everybody, with or without an account: as a page, as CSV, as RSS."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from apps.catalog.filters import CARDS, TABLE, Around, ModelFilter
from apps.catalog.listing import Entry, Listing
from apps.catalog.orders import CHEAPEST, FASTEST, LONGEST, NAME, NEWEST, SOONEST
from apps.catalog.views import listing_for, shell
from apps.core.http import is_htmx, render_page
from apps.gateway.catalog_pages.around import around_of
from apps.gateway.catalog_pages.download import csv_of
from apps.gateway.catalog_pages.form import ModelFilterForm
from apps.gateway.catalog_pages.results import Page, Result, page_of, picks_for, result_of
from apps.gateway.catalog_pages.rss import feed_of
from apps.gateway.closed_here import Here, here_for

HEADS = {"name": NAME, "context": LONGEST, "price": CHEAPEST}


class Asked(NamedTuple):
    """One question as it came, with all that answers it."""

    catalog: Listing
    wanted: ModelFilter
    here: Here | None
    around: Around
    result: Result


@login_not_required
@require_safe
def list_models(request: HttpRequest) -> HttpResponse:
    """Filters live in the address; htmx gets the rows and the clean address for the bar."""
    asked = _asked(request)
    if asked.wanted.use_rss:
        return feed_of(request, asked.wanted, asked.result.entries)
    response = render_page(request, "catalog/list.html", _context(request, asked), piece="found")
    if is_htmx(request):
        response["HX-Replace-Url"] = request.path + asked.wanted.address().rstrip("?")
    return response


@login_not_required
@require_safe
def download_models(request: HttpRequest) -> HttpResponse:
    """The same filters as the list, all of what fits."""
    asked = _asked(request)
    return csv_of(asked.result.entries, asked.around, is_known=request.user.is_authenticated)


@login_not_required
@require_safe
def feed_models(request: HttpRequest) -> HttpResponse:
    """The newest of what fits, for feed readers."""
    asked = _asked(request)
    return feed_of(request, asked.wanted, asked.result.entries)


def _asked(request: HttpRequest) -> Asked:
    catalog = listing_for(request)
    wanted = ModelFilter.from_query(request.GET, catalog)
    here = here_for(request)
    around = around_of(request.user, here)
    return Asked(catalog, wanted, here, around, result_of(wanted, catalog, around))


def _context(request: HttpRequest, asked: Asked) -> dict[str, Any]:
    catalog, wanted = asked.catalog, asked.wanted
    is_known = request.user.is_authenticated
    found = page_of(asked.result, wanted.page)
    page = min(wanted.page, found.pages)
    begins = not wanted.is_set and page == 1
    return {
        "catalog": catalog,
        "wanted": wanted,
        "form": ModelFilterForm(wanted, catalog, asked.result.counts, is_known=is_known),
        "picks": picks_for(catalog, asked.around, is_known=is_known) if begins else [],
        "sort": wanted.sort or ("" if wanted.q else NEWEST),
        "found": found,
        "rows": rows_of(found, asked),
        "is_cards": wanted.fmt == CARDS,
        "looks": [("Table", wanted.shown_as(TABLE)), ("Cards", wanted.shown_as(CARDS))],
        "chips": wanted.chips(catalog),
        "heads": {name: wanted.sorted_by(sort) for name, sort in HEADS.items()},
        "query": wanted.address().rstrip("?"),
        "previous": wanted.at_page(page - 1) if page > 1 else "",
        "next": wanted.at_page(page + 1) if page < found.pages else "",
        "shell": shell(request),
    }


def rows_of(page: Page, asked: Asked) -> list[SafeString]:
    """What is the same for everybody is written once; a note makes it somebody's own."""
    return [
        one.shown(as_card=asked.wanted.fmt == CARDS, closed=_closed(one, asked), note=note)
        for one in page.entries
        for note in [_note(one, asked)]
    ]


def _closed(entry: Entry, asked: Asked) -> str:
    here, around = asked.here, asked.around
    if here is None or entry.slug in around.mine or entry.slug not in around.connected:
        return ""
    reason = here.closed(entry.slug)
    return f"Closed in {here.project}: it {reason}" if reason else ""


def _note(entry: Entry, asked: Asked) -> str:
    """What the list is sorted by, where no column tells it."""
    measured = asked.around.measured.get(entry.slug)
    if measured is None or asked.wanted.sort not in (FASTEST, SOONEST):
        return ""
    if asked.wanted.sort == FASTEST:
        told = measured.shown_throughput
        return f"{told.removesuffix('/s')} tokens a second here" if told else ""
    return f"begins after {measured.shown_latency} here" if measured.shown_latency else ""
