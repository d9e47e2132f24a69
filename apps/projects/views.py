"""The page behind the one-time set-up link. Projects' own pages come to this file as well."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from apps.accounts import claim
from apps.accounts.forms import ClaimForm
from apps.projects.founding import found_house

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def claim_house(request: HttpRequest, token: str) -> HttpResponse:
    """A wrong, spent or replaced link is the same 404."""
    if not claim.opens(token):
        raise Http404
    form = ClaimForm(request.POST or None)
    if form.is_valid():
        try:
            owner = found_house(token=token, **form.cleaned_data)
        except claim.HouseTaken:
            raise Http404 from None
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            login(request, owner, backend=BACKEND)
            return redirect("home")
    status = 422 if form.is_bound else 200
    return render(request, "projects/claim.html", {"form": form}, status=status)
