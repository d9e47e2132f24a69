"""Times are shown in the reader's zone, or the household's. What is stored stays in UTC."""

import zoneinfo
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from apps.accounts.models import Household


class ShowLocalTimes:
    """Middleware: the zone holds for one request only."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = getattr(request, "user", None)
        if user is None or not user.is_authenticated:
            return self.get_response(request)
        with timezone.override(user.zone or Household.current().zone):
            return self.get_response(request)


def household_zone() -> zoneinfo.ZoneInfo:
    return zoneinfo.ZoneInfo(Household.current().zone)


def day_start(now: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    """The household's last midnight; on a day that skips midnight, its first moment."""
    local = now.astimezone(zone)
    return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)


def week_start(now: datetime, zone: zoneinfo.ZoneInfo, *, first: int) -> datetime:
    """The start of the week around `now`; `first` is its first day, 0 for Monday."""
    local = now.astimezone(zone)
    return day_start(local - timedelta(days=(local.weekday() - first) % 7), zone)


def month_start(now: datetime, zone: zoneinfo.ZoneInfo) -> datetime:
    return day_start(now.astimezone(zone).replace(day=1), zone)


def machine_zone() -> str:
    """The zone this machine is set to, as a first guess for the household's; else UTC."""
    link = Path("/etc/localtime")
    try:
        name = str(link.readlink()).partition("zoneinfo/")[2]
    except OSError:
        name = ""
    is_place = name in zoneinfo.available_timezones() and not name.startswith("Etc/")
    return name if is_place else "UTC"
