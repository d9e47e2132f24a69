"""The pages for what went wrong. Below /api/ they are JSON, so that no client is ever sent HTML."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from apps.core.http import THEME_COOKIE
from apps.core.resending import what_was_sent

SENTENCES = {
    400: "The request could not be read.",
    403: "This is not allowed.",
    404: "There is nothing at this address.",
    500: "The house made a mistake. It is written to its log.",
}
# The words for programs, as every other error of the API has them.
ERROR_TYPES = {400: "invalid_request", 403: "forbidden", 404: "not_found", 500: "server"}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """Rendered without context processors: they may be what broke."""
    if _is_api(request):
        return _json(500)
    theme = request.COOKIES.get(THEME_COOKIE, "")
    context = {"theme": theme if theme in {"light", "dark"} else ""}
    return HttpResponse(render_to_string("500.html", context), status=500)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Often a page from before somebody signed in anew: what it held is offered again."""
    page = render(request, "403_csrf.html", {"sent": what_was_sent(request)}, status=403)
    page["Cache-Control"] = "no-store"
    return page


def _page(request: HttpRequest, status: int) -> HttpResponse:
    if _is_api(request):
        return _json(status)
    return render(request, f"{status}.html", status=status)


def _is_api(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/", "/v1/"))


def _json(status: int) -> JsonResponse:
    metadata = {"error_type": ERROR_TYPES[status]}
    error = {"code": status, "message": SENTENCES[status], "metadata": metadata}
    return JsonResponse({"error": error}, status=status)
