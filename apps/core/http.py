"""The one place that knows htmx: a piece of a page for it, the whole page for everybody else. And
the way back to the page a form stood on."""

from collections.abc import Collection
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

THEME_COOKIE = "gatehouse_theme"


def render_page(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    piece: str = "",
    status: int = 200,
) -> HttpResponse:
    """`piece` names the part of the template that htmx swaps in."""
    htmx = getattr(request, "htmx", None)
    wants_piece = bool(piece and htmx and not htmx.boosted and not htmx.history_restore_request)
    name = f"{template}#{piece}" if wants_piece else template
    response = render(request, name, context or {}, status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def is_htmx(request: HttpRequest) -> bool:
    """Whether the answer goes into a page that stands; without JavaScript it never does."""
    return bool(getattr(request, "htmx", None))


def way_back(request: HttpRequest, *, without: Collection[str] = ()) -> str:
    """The address in `next`, if it is one of the house's own, less what `without` names."""
    back = request.POST.get("next", "")
    if not is_page_of_house(back):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    if not without:
        return back
    place = urlsplit(back)
    kept = [pair for pair in QueryDict(place.query).lists() if pair[0] not in without]
    return place._replace(query=urlencode(kept, doseq=True)).geturl()


def is_page_of_house(address: str | None) -> bool:
    """Only by its path: under one of the house's names something else may answer, at another
    port."""
    return (address or "").startswith("/") and url_has_allowed_host_and_scheme(address, None)
