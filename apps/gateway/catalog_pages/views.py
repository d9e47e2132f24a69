"""The list of models for everybody, with or without an account."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from apps.catalog.filters import PAGE, Around, ModelFilter
from apps.catalog.listing import ABILITIES, KINDS, Entry, Listing, short_count
from apps.catalog.orders import CHEAPEST, LONGEST, NAME, NEWEST, TITLES
from apps.catalog.views import listing_for, shell
from apps.core.http import is_htmx, render_page
from apps.gateway.catalog_pages.around import around_for

CONTEXTS = (32_000, 128_000, 200_000, 1_000_000)
SWITCHES = {"free": "Free", "open_weights": "Open weights"}


class Found(NamedTuple):
    """One page of what fits."""

    entries: list[Entry]
    total: int
    first: int
    pages: int


@login_not_required
@require_safe
def list_models(request: HttpRequest) -> HttpResponse:
    """Filters live in the address; htmx gets the rows and the clean address for the bar."""
    catalog = listing_for(request)
    wanted = ModelFilter.from_query(request.GET, catalog)
    around = around_for(request)
    context = {**_choices(catalog), **_result(wanted, catalog, around), "shell": shell(request)}
    response = render_page(request, "catalog/list.html", context, piece="found")
    if is_htmx(request):
        response["HX-Replace-Url"] = request.path + wanted.address().rstrip("?")
    return response


def page_of(wanted: ModelFilter, catalog: Listing, around: Around) -> Found:
    fitting = wanted.apply(catalog.entries.values(), around)
    pages = max(-(-len(fitting) // PAGE), 1)
    start = (min(wanted.page, pages) - 1) * PAGE
    return Found(fitting[start : start + PAGE], len(fitting), start + 1, pages)


def _choices(catalog: Listing) -> dict[str, Any]:
    return {
        "catalog": catalog,
        "sorts": TITLES,
        "contexts": [(number, short_count(number)) for number in CONTEXTS],
        "pills": [
            *((name, "true", words) for name, words in SWITCHES.items()),
            *(("supported_parameters", name, words) for name, words in ABILITIES.items()),
            *(("input_modalities", name, words) for name, words in KINDS.items()),
        ],
    }


def _result(wanted: ModelFilter, catalog: Listing, around: Around) -> dict[str, Any]:
    found = page_of(wanted, catalog, around)
    page = min(wanted.page, found.pages)
    heads = {"name": NAME, "context": LONGEST, "price": CHEAPEST}
    return {
        "wanted": wanted,
        "ticked": wanted.takes | wanted.parameters | {n for n in SWITCHES if getattr(wanted, n)},
        "sort": wanted.sort or NEWEST,
        "author": next(iter(sorted(wanted.authors)), ""),
        "provider": next(iter(sorted(wanted.providers)), ""),
        "found": found,
        "last": found.first + len(found.entries) - 1,
        "chips": wanted.chips(catalog),
        "heads": {name: wanted.sorted_by(sort) for name, sort in heads.items()},
        "previous": wanted.at_page(page - 1) if page > 1 else "",
        "next": wanted.at_page(page + 1) if page < found.pages else "",
    }
