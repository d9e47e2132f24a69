"""Where the catalogue stands: which seed, what each source said last, and the switches. For who
looks after the house; 404 for everybody else."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.person import person_of
from apps.catalog.models import CatalogState, RefreshState
from apps.catalog.refresh import keeping
from apps.catalog.refresh.sources import SOURCES
from apps.catalog.views import listing_for
from apps.connections.views import for_the_house
from apps.core.http import render_page

OTHER_LIST = "Another list waits by now. Look at what it would change, then decide."
WORDS = {
    "new_models": "new models",
    "new_endpoints": "new endpoints",
    "gone_models": "models gone",
    "gone_endpoints": "endpoints gone",
    "repriced": "prices changed",
}


@for_the_house
@require_safe
def show_state(request: HttpRequest) -> HttpResponse:
    catalog, now = listing_for(request), timezone.now()
    cards = [_card(one, is_due=keeping.is_busy(one, now)) for one in keeping.states()]
    context = {
        "stands": CatalogState.objects.first(),
        "models": len(catalog.entries),
        "providers": len(catalog.providers),
        "cards": cards,
        "is_busy": any(card["is_due"] for card in cards),
    }
    return render_page(request, "catalog/state.html", context, piece="cards")


@for_the_house
@require_POST
def change_state(request: HttpRequest, source: str) -> HttpResponse:
    """One of four buttons: every day, no more, now, and taking a list that waits."""
    if source not in SOURCES:
        raise Http404
    person, wish = person_of(request), request.POST.get("wish", "")
    title = SOURCES[source].title
    if wish in ("daily", "never"):
        keeping.switch_daily(source, wish == "daily", by=person)
        said = "asked every day from now on" if wish == "daily" else "no longer asked every day"
        messages.success(request, f"{title} is {said}.")
    elif wish == "now":
        keeping.ask_soon(source, by=person)
        messages.success(request, f"{title} is asked as soon as the worker comes to it.")
    elif wish == "accept":
        if not keeping.agree(source, request.POST.get("list", ""), by=person):
            messages.error(request, OTHER_LIST)
        else:
            messages.success(request, "The list is taken as soon as the worker comes to it.")
    return redirect("catalog:state")


def _card(state: RefreshState, *, is_due: bool) -> dict[str, Any]:
    preview = state.preview or {}
    counts = preview.get("counts", {})
    lists = [
        (words, counts.get(name, 0), preview.get(name, []), name == "repriced")
        for name, words in WORDS.items()
        if counts.get(name)
    ]
    return {
        "state": state,
        "source": SOURCES[state.source],
        "is_due": is_due,
        "lists": lists if state.waiting_sha256 else [],
        "tone": {"ok": "", "refused": "slow", "failed": "down"}.get(state.result, ""),
    }
