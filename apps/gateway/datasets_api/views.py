"""The datasets' routes. Whose key it is changes nothing in the answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.gateway.api import answer, api_route, key_of
from apps.gateway.datasets_api import app_rows, model_rows
from apps.gateway.datasets_api.asking import Days
from apps.gateway.usage_api.spans import written


@api_route
def rank_models(request: HttpRequest) -> HttpResponse:
    key_of(request)
    now = timezone.now()
    wish = model_rows.wish_of(request.GET.dict(), now)
    return _told(model_rows.rows_of(wish), wish.days, now)


@api_route
def rank_apps(request: HttpRequest) -> HttpResponse:
    key_of(request)
    now = timezone.now()
    wish = app_rows.wish_of(request.GET.dict(), now)
    return _told(app_rows.rows_of(wish), wish.days, now)


def _told(rows: Sequence[dict[str, Any]], days: Days, now: datetime) -> HttpResponse:
    meta = {
        "as_of": written(now),
        "version": "v1",
        "start_date": days.first.isoformat(),
        "end_date": days.last.isoformat(),
    }
    return answer({"data": rows, "meta": meta})
