"""Making a project, its settings, archiving it and bringing it back."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from apps.accounts.person import person_of
from apps.projects import changing
from apps.projects.access import ADMIN, house_or_404, project_for
from apps.projects.forms import ProjectForm, ProjectSettingsForm

ARCHIVED = "Project “{project}” is archived. Its keys stopped working; its chats stay readable."


@require_http_methods(["GET", "HEAD", "POST"])
def create_project(request: HttpRequest) -> HttpResponse:
    house_or_404(request.user)
    form = ProjectForm(request.POST or None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "projects/new.html", {"form": form}, status=status)
    project = changing.start_project(name=form.cleaned_data["name"], owner=person_of(request))
    messages.success(request, f"Project “{project}” is made. You are its first admin.")
    return redirect("usage:project", project.slug)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_project(request: HttpRequest, slug: str) -> HttpResponse:
    """An archived project keeps the name it has. Another zone is shown first, with what it means
    for budgets, and saved when it comes again."""
    is_post = request.method == "POST"
    project = project_for(request.user, slug, ADMIN, archived=not is_post)
    known = {"name": project.name, "zone": project.zone}
    form = ProjectSettingsForm(request.POST if is_post else None, initial=known, project=project)
    asked = form.calendar if form.is_valid() else ""
    if form.is_valid() and asked in {"", request.POST.get("agreed")}:
        with transaction.atomic():
            changing.rename(project, form.cleaned_data["name"], actor=person_of(request))
            changing.move(project, form.cleaned_data["zone"], actor=person_of(request))
        messages.success(request, "Saved.")
        return redirect("project-edit", project.slug)
    context = {
        "project": project,
        "form": form,
        "shown_name": known["name"],
        "tab": "settings",
        "may_change": True,
        "asked": asked,
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "projects/settings.html", context, status=status)


@require_POST
def archive_project(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN, archived=True)
    changing.archive(project, actor=person_of(request))
    undo = reverse("project-restore", args=[project.slug])
    messages.success(request, ARCHIVED.format(project=project), extra_tags=undo)
    return redirect("projects")


@require_POST
def restore_project(request: HttpRequest, slug: str) -> HttpResponse:
    project = project_for(request.user, slug, ADMIN, archived=True)
    changing.restore(project, actor=person_of(request))
    messages.success(request, f"Project “{project}” is back. Its keys work again.")
    return redirect("usage:project", project.slug)
