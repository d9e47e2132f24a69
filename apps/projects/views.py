"""The page behind the one-time set-up link, the list of projects, and the switch between them."""

from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from apps.accounts import claim
from apps.accounts.forms import ClaimForm
from apps.core.http import way_back
from apps.projects.access import projects_for
from apps.projects.current import choose
from apps.projects.founding import found_house
from apps.projects.models import Membership

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


@require_safe
def list_projects(request: HttpRequest) -> HttpResponse:
    """Those a person may look at, with how many work there and as what they do themselves."""
    working = Q(memberships__is_active=True, memberships__user__is_active=True)
    projects = projects_for(request.user).annotate(people=Count("memberships", filter=working))
    mine = Membership.objects.filter(user=request.user.pk, is_active=True)
    roles = {one.project_id: one.get_role_display() for one in mine}
    rows = [(project, roles.get(project.pk, "")) for project in projects]
    return render(request, "projects/list.html", {"rows": rows})


@require_POST
def switch_project(request: HttpRequest) -> HttpResponse:
    """An address that names a project or a key would hide the choice, so the way back has none."""
    choose(request, request.POST.get("project", ""))
    back = way_back(request, without={"project", "key", "before"})
    return HttpResponseRedirect(back, status=303)
