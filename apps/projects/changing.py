"""How a project comes to be, gets another name, is frozen, archived and brought back, each with its
line in the audit. Archiving stops its keys at once: every admission asks whether the project is
live. Freezing, of a project or of one member, ends what runs as well."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.accounts.notices import tell
from apps.projects.founding import FIRST_PROJECT
from apps.projects.models import Membership, Project

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
def move(project: Project, zone: str, *, actor: User) -> None:
    """Its budgets count by this zone from their next window on; empty is the household's."""
    before, project.zone = project.zone, zone
    if zone != before:
        project.save(update_fields=["zone"])
        _record(project, "project.moved", actor, before=before, zone=zone)


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


@transaction.atomic
def freeze(project: Project, *, actor: User | None) -> bool:
    """No call of it runs from now on. False where that was done before."""
    is_new = _freeze(Project.objects.filter(pk=project.pk), project)
    if is_new:
        _record(project, "project.frozen", actor)
    return is_new


@transaction.atomic
def thaw(project: Project, *, actor: User | None) -> bool:
    is_new = _thaw(Project.objects.filter(pk=project.pk), project)
    if is_new:
        _record(project, "project.thawed", actor)
    return is_new


@transaction.atomic
def freeze_member(member: Membership, *, actor: User | None) -> bool:
    """No call of this person runs in the project: neither of their keys there nor of the chat."""
    is_new = _freeze(Membership.objects.filter(pk=member.pk), member.project)
    if is_new:
        _record_member(member, "member.frozen", actor, "froze")
    return is_new


@transaction.atomic
def thaw_member(member: Membership, *, actor: User | None) -> bool:
    is_new = _thaw(Membership.objects.filter(pk=member.pk), member.project)
    if is_new:
        _record_member(member, "member.thawed", actor, "thawed")
    return is_new


def _freeze(row: "QuerySet[Any]", project: Project) -> bool:
    is_new = bool(row.filter(frozen_at=None).update(frozen_at=timezone.now()))
    if is_new:
        project.judge_anew()
    return is_new


def _thaw(row: "QuerySet[Any]", project: Project) -> bool:
    is_new = bool(row.exclude(frozen_at=None).update(frozen_at=None))
    if is_new:
        project.judge_anew()
    return is_new


def _record_member(member: Membership, verb: str, actor: User | None, did: str) -> None:
    project, person = member.project, member.user
    record(actor=actor, verb=verb, subject=str(person), details={"project": project.slug})
    if actor != person:
        by = str(actor) if actor else "Someone who looks after the house"
        link = reverse("usage:project", args=[project.slug])
        tell(person, f"{by} {did} your calls in {project}.", link=link)


def _record(project: Project, verb: str, actor: User | None, **details: str) -> None:
    details["project"] = project.slug
    record(actor=actor, verb=verb, subject=project.name, details=details)
