"""How a project comes to be, gets another name, is archived and brought back, each with its line in
the audit. Archiving stops its keys at once: every admission asks whether the project is live."""

from django.db import transaction
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.projects.founding import FIRST_PROJECT
from apps.projects.models import Project

# By who the household is for.
FIRST_NAMES = {"family": "Family", "office": "Office", "self": "Personal"}


@transaction.atomic
def start_project(*, name: str, owner: User) -> Project:
    project = Project.start(name=name, owner=owner)
    _record(project, "project.created", owner)
    return project


@transaction.atomic
def rename(project: Project, name: str, *, actor: User) -> None:
    """Its address stays: apps and bookmarks lead there."""
    before, project.name = project.name, name
    if name != before:
        project.save(update_fields=["name"])
        _record(project, "project.renamed", actor, before=before)


@transaction.atomic
def name_first(name: str, *, actor: User) -> None:
    """The project a house begins with, unless it was named or joined by another meanwhile."""
    found = list(Project.objects.select_for_update()[:2])
    if len(found) == 1 and found[0].name in {FIRST_PROJECT, *FIRST_NAMES.values()}:
        rename(found[0], name, actor=actor)


@transaction.atomic
def archive(project: Project, *, actor: User) -> None:
    """Twice is as once."""
    if Project.objects.active().filter(pk=project.pk).update(archived_at=timezone.now()):
        _record(project, "project.archived", actor)


@transaction.atomic
def restore(project: Project, *, actor: User) -> None:
    if Project.objects.archived().filter(pk=project.pk).update(archived_at=None):
        _record(project, "project.restored", actor)


def _record(project: Project, verb: str, actor: User, **details: str) -> None:
    details["project"] = project.slug
    record(actor=actor, verb=verb, subject=project.name, details=details)
