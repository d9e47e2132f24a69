"""The one place that knows htmx: a piece of a page for it, the whole page for everybody else."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers


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
