"""What every read route of the API shares: who asks, errors in the documented shape, CORS."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

import orjson
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from apps.gateway.auth import BAD_KEY, presented_key
from apps.gateway.http import CORS, PREFLIGHT, Send
from apps.keys.models import ApiKey
from apps.keys.tokens import is_well_formed
from apps.projects.access import workplaces_of
from apps.routing.errors import Refusal, too_large, unauthenticated

View = Callable[..., HttpResponse]

LARGEST_QUESTION = 64 * 1024


def api_route(view: View) -> View:
    """A read route: GET, HEAD and OPTIONS, open to every origin, answers and errors as JSON."""
    return _route(view, ("GET", "HEAD"))


def api_question(view: View) -> View:
    """The same for a question that is too long for an address: POST and OPTIONS."""
    return _route(view, ("POST",))


def _route(view: View, methods: Collection[str]) -> View:
    use = next(iter(methods))

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "OPTIONS":
            return _with(HttpResponse(status=204), PREFLIGHT)
        try:
            if request.method not in methods:
                raise Refusal(
                    405, "invalid_request", f"{request.method} does not exist here; use {use}."
                )
            response = view(request, *args, **kwargs)
        except Refusal as refusal:
            response = refused(refusal)
        return _with(response, CORS)

    return login_not_required(csrf_exempt(wrapped))


def refused(refusal: Refusal) -> HttpResponse:
    return _with(answer({"error": refusal.as_error()}, status=refusal.status), CORS)


async def refuse_large_question(send: Send) -> None:
    """At the door, before it is read."""
    refusal = too_large(f"A question is larger than {LARGEST_QUESTION // 1024} KB.")
    response = refused(refusal)
    response["Connection"] = "close"
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})


def answer(value: Any, *, status: int = 200) -> HttpResponse:
    return HttpResponse(orjson.dumps(value), content_type="application/json", status=status)


def key_of(request: HttpRequest) -> ApiKey:
    """The live key that was sent, asked of the database itself. Raises Refusal."""
    secret = secret_of(request)
    if not is_well_formed(secret):
        raise unauthenticated(BAD_KEY)
    opened = ApiKey.objects.opened_by(settings.HOUSE_SECRETS.digest(secret))
    key = (
        opened.filter(project__archived_at=None, owner__is_active=True)
        .select_related("project", "owner")
        .first()
    )
    if key is None or not workplaces_of(key.owner).filter(pk=key.project_id).exists():
        raise unauthenticated(BAD_KEY)
    return key


def secret_of(request: HttpRequest) -> str:
    """The key as sent, whether it opens anything or not. Raises Refusal where none was."""
    headers = {
        name.lower().encode(): value.encode("latin-1", "replace")
        for name, value in request.headers.items()
        if name.lower() in ("authorization", "x-api-key")
    }
    return presented_key(headers)


def _with(response: HttpResponse, headers: list[tuple[bytes, bytes]]) -> HttpResponse:
    for name, value in headers:
        response[name.decode()] = value.decode()
    return response
