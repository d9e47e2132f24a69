"""Settings: one's own, and the household's for who looks after it. Sign-in itself is allauth's, in
our templates."""

from collections.abc import Mapping

from allauth.core import ratelimit
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import mailing
from apps.accounts.audit import record
from apps.accounts.context import chosen_theme
from apps.accounts.models import Household, User
from apps.accounts.notices import tell
from apps.accounts.person import person_of
from apps.accounts.settings_forms import HouseholdForm, PasswordForm, ProfileForm
from apps.core.http import THEME_COOKIE, way_back

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
    response = HttpResponseRedirect(way_back(request))
    response.status_code = 303
    _keep_theme(response, theme)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def own_settings(request: HttpRequest) -> HttpResponse:
    # A row of its own: a form that is refused must not change who the page's frame greets.
    person = User.objects.get(pk=person_of(request).pk)
    zone = Household.current().zone
    form = ProfileForm(request.POST or None, instance=person, household_zone=zone)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved.")
        response = redirect("settings")
        _keep_theme(response, person.theme)
        return response
    context = {"form": form, "password_form": PasswordForm(user=person)}
    return _settings_page(request, context, is_refused=form.is_bound)


@sensitive_post_parameters("old", "new")
@require_POST
def change_password(request: HttpRequest) -> HttpResponse:
    person = User.objects.get(pk=person_of(request).pk)
    if not ratelimit.consume(request, action="change_password", user=person):
        return render(request, "429.html", status=429)
    form = PasswordForm(request.POST, user=person)
    if not form.is_valid():
        profile = ProfileForm(instance=person, household_zone=Household.current().zone)
        return _settings_page(request, {"form": profile, "password_form": form}, is_refused=True)
    person.set_password(form.cleaned_data["new"])
    person.save(update_fields=["password"])
    update_session_auth_hash(request, person)
    record(actor=person, verb="password.changed", subject=person.shown_name)
    tell(person, "Your password was changed. If that was not you, tell who looks after the house.")
    messages.success(request, "Your password is changed. Other browsers are signed out.")
    return redirect("settings")


@require_http_methods(["GET", "HEAD", "POST"])
def household_settings(request: HttpRequest) -> HttpResponse:
    """Other days are shown first, with what they mean for budgets, and saved when they come
    again."""
    person = _keeper_or_404(request)
    form = HouseholdForm(request.POST or None, instance=Household.current())
    asked = form.calendar if form.is_valid() else ""
    if form.is_valid() and asked in {"", request.POST.get("agreed")}:
        form.save_as(person)
        messages.success(request, "Saved.")
        return redirect("household-settings")
    status = 422 if form.is_bound and form.errors else 200
    context = {"form": form, "mail": mailing.server(), "asked": asked}
    return render(request, "accounts/household.html", context, status=status)


@require_POST
def test_mail(request: HttpRequest) -> HttpResponse:
    person = _keeper_or_404(request)
    problem = mailing.problem_with_test(person.email or "")
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, f"Sent to {person.email}. It should arrive within minutes.")
    return redirect("household-settings")


def _settings_page(
    request: HttpRequest, context: Mapping[str, object], *, is_refused: bool
) -> HttpResponse:
    return render(request, "accounts/own.html", context, status=422 if is_refused else 200)


def _keeper_or_404(request: HttpRequest) -> User:
    person = person_of(request)
    if not person.looks_after_house:
        raise Http404
    return person


def _keep_theme(response: HttpResponse, theme: str) -> None:
    """On the device as well, for the pages before sign-in."""
    response.set_cookie(
        THEME_COOKIE,
        theme,
        max_age=YEAR,
        secure=settings.IS_HTTPS,
        httponly=True,
        samesite="Lax",
    )
