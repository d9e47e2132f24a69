"""The page behind the one-time set-up link, and the switch between projects."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts import claim, setting_up
from apps.accounts.forms import ClaimForm
from apps.accounts.zone import machine_zone
from apps.core.http import way_back
from apps.projects.current import choose
from apps.projects.founding import found_house

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_house(request: HttpRequest, token: str) -> HttpResponse:
    """A wrong or replaced link is the same 404 as no link. Once the house has an owner, whoever
    comes by any link, or by the way back, is led inside. The house has the zone of its machine
    until the owner says otherwise."""
    if claim.has_owner():
        return redirect("home" if request.user.is_authenticated else "account_login")
    if not claim.opens(token):
        raise Http404
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            owner = found_house(token=token, zone=machine_zone(), **form.cleaned_data)
        except claim.HouseTaken:
            return redirect("account_login")
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            login(request, owner, backend=BACKEND)
            return redirect("welcome:resume")
    status = 422 if form.is_bound else 200
    context = {"form": form, "trail": setting_up.trail("account")}
    return render(request, "projects/claim.html", context, status=status)


@require_POST
def switch_project(request: HttpRequest) -> HttpResponse:
    """An address that names a project or a key would hide the choice, so the way back has none."""
    choose(request, request.POST.get("project", ""))
    back = way_back(request, without={"project", "key", "before"})
    return HttpResponseRedirect(back, status=303)
