"""Small pages of one's own. Sign-in itself is allauth's, in our templates."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from apps.accounts.context import THEME_COOKIE, chosen_theme
from apps.accounts.models import User

NEXT_THEME = {
    "": User.Theme.LIGHT,
    User.Theme.LIGHT.value: User.Theme.DARK,
    User.Theme.DARK.value: User.Theme.SYSTEM,
}
YEAR = 365 * 24 * 3600


@login_not_required
@require_POST
def change_theme(request: HttpRequest) -> HttpResponse:
    """As the device, light, dark, and round again; kept on the person and on the device."""
    theme = NEXT_THEME[chosen_theme(request)]
    if request.user.is_authenticated:
        request.user.theme = theme
        request.user.save(update_fields=["theme"])
    response = HttpResponseRedirect(_way_back(request))
    response.status_code = 303
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=YEAR,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
    return response


def _way_back(request: HttpRequest) -> str:
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return back if safe and back.startswith("/") else resolve_url(settings.LOGIN_REDIRECT_URL)
