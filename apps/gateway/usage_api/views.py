"""The routes about what a key spent."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.gateway.api import answer, api_route, key_of
from apps.gateway.usage_api.activity import activity_of, wish_of
from apps.gateway.usage_api.asker import Asker
from apps.gateway.usage_api.credits import credits_of


@api_route
def show_credits(request: HttpRequest) -> HttpResponse:
    return answer({"data": credits_of(key_of(request), timezone.now())})


@api_route
def list_activity(request: HttpRequest) -> HttpResponse:
    asker = Asker.of(request)
    wish = wish_of(request.GET.dict(), asker, timezone.now())
    return answer({"data": activity_of(asker, wish)})
