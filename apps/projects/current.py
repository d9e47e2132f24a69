"""The project somebody works in: chosen in the shell, kept in their session, asked here by every
room. None means all of their projects. Whether they may still see it is asked each time."""

from dataclasses import dataclass

from django.http import HttpRequest

from apps.projects.access import project_for, projects_for
from apps.projects.models import Project

KEPT_AS = "project"


@dataclass(frozen=True)
class Places:
    """What somebody may look at, by name, and the one they work in. Who has but one project has
    nothing to choose."""

    projects: list[Project]
    chosen: Project | None


def places_of(request: HttpRequest) -> Places:
    """One query for each request that asks."""
    known: Places | None = getattr(request, "_places", None)
    if known is None:
        known = _places(request)
        request._places = known  # type: ignore[attr-defined]
    return known


def current_project(request: HttpRequest) -> Project | None:
    return places_of(request).chosen if request.session.get(KEPT_AS) else None


def choose(request: HttpRequest, slug: str) -> Project | None:
    """An empty `slug` is all of them; one that the person may not see is 404."""
    project = project_for(request.user, slug.replace("\0", "")) if slug else None
    request.session[KEPT_AS] = project.pk if project else None
    request._places = None  # type: ignore[attr-defined]
    return project


def _places(request: HttpRequest) -> Places:
    projects = list(projects_for(request.user))
    wanted = request.session.get(KEPT_AS) if len(projects) > 1 else None
    return Places(projects, next((one for one in projects if one.pk == wanted), None))
