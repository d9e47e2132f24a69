"""Who is not signed in is asked to, and keeps what they typed."""

from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import urlencode

from apps.core.http import is_htmx
from apps.core.resending import what_was_sent

SAFE = {"GET", "HEAD", "OPTIONS", "TRACE"}


class AskToSignIn(LoginRequiredMiddleware):
    """A page leads to the sign-in and back; a form is answered with what it held; a piece for a
    page that stands sends the whole page there. Scripts of ours see the redirect as before."""

    def handle_no_permission(  # type: ignore[override]  # more than a redirect
        self, request: HttpRequest, view_func: Any
    ) -> HttpResponseBase:
        if is_htmx(request):
            return _whole_page(request)
        if request.method not in SAFE and _is_form(request):
            sent = what_was_sent(request)
            context = {"sent": sent, "sign_in": _sign_in(sent.page)}
            page = render(request, "401.html", context, status=401)
            page["Cache-Control"] = "no-store"  # what it holds may be from a private chat
            return page
        answer: HttpResponseBase = super().handle_no_permission(request, view_func)
        return answer


def _whole_page(request: HttpRequest) -> HttpResponse:
    htmx: Any = getattr(request, "htmx", None)
    response = HttpResponse(status=401)
    response["HX-Redirect"] = _sign_in(htmx.current_url_abs_path or "/")
    return response


def _is_form(request: HttpRequest) -> bool:
    """A browser's own form names what it takes; a script takes anything."""
    return "text/html" in request.headers.get("Accept", "")


def _sign_in(page: str) -> str:
    return f"{resolve_url('account_login')}?{urlencode({'next': page})}"
