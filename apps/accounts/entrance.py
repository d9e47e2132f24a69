"""Signing in and out, over allauth: who may come in is decided there, what the pages say here."""

from datetime import datetime
from typing import Any

from allauth.account.forms import LoginForm
from allauth.account.views import LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from apps.accounts.claim import has_owner
from apps.accounts.zone import household_zone

EVENING, NIGHT_ENDS, NOON = 18, 5, 12


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth has no types
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].error_messages["required"] = "Enter your user name or e-mail."
        self.fields["password"].error_messages["required"] = "Enter your password."

    def clean(self) -> Any:
        """What does not fit is said at the password, where it can be put right."""
        try:
            return super().clean()
        except ValidationError as problem:
            is_mismatch = str(getattr(problem, "code", "")).endswith("_password_mismatch")
            self.add_error("password" if is_mismatch else None, problem)
            return self.cleaned_data


class SignIn(LoginView):  # type: ignore[misc]  # allauth has no types
    form_class = SignInForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**kwargs)
        return found | {"greeting": greeting(timezone.now().astimezone(household_zone()))}


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """A house that nobody owns yet has nobody to sign in; it says where its set-up link is."""
    if not has_owner():
        return render(request, "account/unclaimed.html")
    page: HttpResponseBase = SignIn.as_view()(request)
    return page


@login_not_required
@require_safe
def forgotten(request: HttpRequest) -> HttpResponse:
    return render(request, "account/forgotten.html")


@login_not_required
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "account/signed_out.html")


def greeting(local: datetime) -> str:
    """By the hour in the house; between midnight and five it is still evening."""
    if NIGHT_ENDS <= local.hour < NOON:
        return "Good morning"
    return "Good afternoon" if NOON <= local.hour < EVENING else "Good evening"
