"""What every page's frame needs to know: the household, the theme, and whether to warn."""

import ipaddress
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import Household, User
from apps.accounts.notices import count_unread
from apps.core.http import THEME_COOKIE

THEMES = {User.Theme.LIGHT.value, User.Theme.DARK.value}


def house(request: HttpRequest) -> dict[str, Any]:
    """Costs no query until a template asks for the household or the notices."""
    return {
        "unread_notices": SimpleLazyObject(partial(_unread, request)),
        "household": SimpleLazyObject(Household.current),
        "theme": chosen_theme(request),
        "is_in_the_clear": is_in_the_clear() and _may_know(request),
        "base_url": base_url(),
    }


def _unread(request: HttpRequest) -> int:
    user = getattr(request, "user", None)
    return count_unread(user) if isinstance(user, User) else 0


def base_url() -> str:
    """Of the API, as apps reach it."""
    return f"{settings.GATEHOUSE_URL}/api/v1"


def chosen_theme(request: HttpRequest) -> str:
    """`light`, `dark`, or nothing for the device's own."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        wish = user.theme
    else:
        wish = request.COOKIES.get(THEME_COOKIE, "")
    return wish if wish in THEMES else ""


def is_in_the_clear() -> bool:
    """The house listens beyond this machine while people reach it over plain http."""
    if settings.IS_HTTPS or settings.GATEHOUSE_BIND == "localhost":
        return False
    try:
        return not ipaddress.ip_address(settings.GATEHOUSE_BIND).is_loopback
    except ValueError:
        return True


def _may_know(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return user is None or not user.is_authenticated or user.looks_after_house
