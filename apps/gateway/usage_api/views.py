"""The routes about what a key spent."""

from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils import timezone

from apps.gateway.api import answer, api_question, api_route, key_of
from apps.gateway.usage_api.activity import activity_of, wish_of
from apps.gateway.usage_api.answers import answer_to
from apps.gateway.usage_api.asker import Asker
from apps.gateway.usage_api.credits import credits_of
from apps.gateway.usage_api.questions import question_of
from apps.gateway.usage_api.vocabulary import as_told
from apps.routing.errors import Refusal, invalid
from apps.routing.wire.chat import document_of


@api_route
def show_credits(request: HttpRequest) -> HttpResponse:
    return answer({"data": credits_of(key_of(request), timezone.now())})


@api_route
def list_activity(request: HttpRequest) -> HttpResponse:
    asker = Asker.of(request)
    wish = wish_of(request.GET.dict(), asker, timezone.now())
    return answer({"data": activity_of(asker, wish)})


@api_route
def show_analytics_meta(request: HttpRequest) -> HttpResponse:
    key_of(request)
    return answer({"data": as_told()})


@api_question
def query_analytics(request: HttpRequest) -> HttpResponse:
    asker = Asker.of(request)
    question = question_of(document_of(_body(request)).value, asker, timezone.now())
    return answer({"data": answer_to(question, asker.reach)})


def _body(request: HttpRequest) -> bytes:
    """Raises Refusal (400, 415). How much it may be is asked at the door."""
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise Refusal(415, "invalid_request", "Send plain JSON, not compressed.")
    try:
        return request.body
    except UnreadablePostError:
        raise invalid("The question did not arrive whole.") from None
