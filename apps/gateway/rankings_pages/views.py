"""Which models and apps are used most: for people of the house, and for everybody where the
household made it so."""

import csv
import io
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.models import Household
from apps.catalog.listing import Listing
from apps.catalog.views import listing_for, shell
from apps.gateway.house import current_catalog, current_measures
from apps.gateway.rankings_pages import fastest
from apps.gateway.rankings_pages.fastest import Fast
from apps.gateway.rankings_pages.naming import Name, Names
from apps.gateway.rankings_pages.page import elsewhere, for_people, for_strangers
from apps.gateway.rankings_pages.wish import ALL, FOR_STRANGERS, Wish
from apps.usage.download import plain
from apps.usage.rankings.counting import counted, counted_before
from apps.usage.rankings.tables import ORDERS, ranked, without_nobody
from apps.usage.rankings.windows import WORDS, windows

HEADS = ("kind", "rank", "name", "tokens", "calls", "people", "change")


@login_not_required
@require_safe
def show_rankings(request: HttpRequest) -> HttpResponse:
    household, is_known = Household.current(), request.user.is_authenticated
    if not is_known and not household.rankings_are_public:
        return redirect_to_login(request.get_full_path())
    wish, listing = Wish.read(request.GET, is_known=is_known), listing_for(request)
    now = timezone.now()
    if is_known:
        found = for_people(wish, listing, now=now, zone=ZoneInfo(household.zone))
    else:
        found = for_strangers(wish, listing, now=now)
    orders = [(name, words) for name, words in ORDERS.items() if is_known or name in FOR_STRANGERS]
    context = {
        "shell": shell(request),
        "wish": wish,
        "found": found,
        "periods": [(name, words, wish.address(period=name)) for name, words in WORDS.items()],
        "orders": [(name, words, wish.address(order=name)) for name, words in orders],
        "order_words": ORDERS[wish.order].lower(),
        "download": wish.address(show=""),
        "all_address": wish.address(show=ALL),
        "elsewhere": elsewhere(listing, wish.period if is_known else "month"),
        **(_fastest(listing) if is_known else {}),
    }
    return render(request, "rankings/page.html", context)


@require_safe
def download_rankings(request: HttpRequest) -> HttpResponse:
    """All models and all apps of the same window, not the first of them alone."""
    household, now = Household.current(), timezone.now()
    wish = Wish.read(request.GET, is_known=True)
    zone = ZoneInfo(household.zone)
    window = windows(now, zone)[wish.period]
    file = io.StringIO()
    lines = csv.writer(file, quoting=csv.QUOTE_ALL)
    lines.writerow(HEADS)
    found, before = counted(window.span, zone), counted_before(window.before[0], zone)
    tables = (("model", found.models, before.models), ("app", found.apps, before.apps))
    for by, used, used_before in tables:
        for row in ranked(without_nobody(used), used_before, wish.order):
            use = row.use
            cells = (use.tokens, use.requests, len(use.people), row.change)
            lines.writerow([plain(one) for one in (by, row.rank, row.name, *cells)])
    response = HttpResponse(file.getvalue(), content_type="text/csv; charset=utf-8")
    name = f"rankings-{wish.period}-{now.astimezone(zone):%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response


def _fastest(listing: Listing) -> dict[str, list[tuple[Name, Fast]]]:
    catalog, names = current_catalog(), Names(listing)
    measures = current_measures(catalog)
    found = {
        "writers": fastest.writers(catalog, measures),
        "beginners": fastest.beginners(catalog, measures),
    }
    return {kind: [(names.model(one.slug), one) for one in rows] for kind, rows in found.items()}
