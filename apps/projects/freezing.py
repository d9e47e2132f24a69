"""Freezing a project or a member of it now, behind a page that says what happens, and thawing."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.person import person_of
from apps.projects import changing
from apps.projects.access import ADMIN, member_for, project_for


@require_http_methods(["GET", "HEAD", "POST"])
def freeze_project(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN)
    if request.method != "POST":
        return render(request, "projects/freeze.html", {"project": project})
    changing.freeze(project, actor=person_of(request))
    messages.success(request, f"Project “{project}” is frozen. What was running in it ends now.")
    return redirect("project-edit", project.slug)


@require_POST
def thaw_project(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN)
    changing.thaw(project, actor=person_of(request))
    messages.success(request, f"Project “{project}” is thawed. Calls run in it again.")
    return redirect("project-edit", project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def freeze_member(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    member = member_for(request.user, slug, member_id)
    if request.method != "POST":
        context = {"project": member.project, "member": member}
        return render(request, "projects/freeze.html", context)
    changing.freeze_member(member, actor=person_of(request))
    messages.success(request, f"The calls of {member} are frozen. What was running ends now.")
    return redirect("usage:project-members", slug)


@require_POST
def thaw_member(request: HttpRequest, slug: str, member_id: int) -> HttpResponse:
    member = member_for(request.user, slug, member_id)
    changing.thaw_member(member, actor=person_of(request))
    messages.success(request, f"The calls of {member} are thawed. They run again.")
    return redirect("usage:project-members", slug)
