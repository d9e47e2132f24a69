"""The one door for rights in a project: a project one may use, or 404. Whoever looks after the
house may see every project; nobody acts in one without belonging to it."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from apps.projects.models import Membership, Project, ProjectSet

if TYPE_CHECKING:
    from apps.accounts.models import User

VIEWER, MEMBER, ADMIN = Membership.Role.VIEWER, Membership.Role.MEMBER, Membership.Role.ADMIN
AT_LEAST = {VIEWER: [VIEWER, MEMBER, ADMIN], MEMBER: [MEMBER, ADMIN], ADMIN: [ADMIN]}


def project_for(
    user: "User | AnonymousUser",
    slug: str,
    role: Membership.Role = VIEWER,
    *,
    archived: bool = False,
) -> Project:
    """The project, where `user` has at least `role`; strangers learn nothing but 404. An archived
    one only for pages that look back or bring it back."""
    found = every_project_for(user, role) if archived else projects_for(user, role)
    return get_object_or_404(found, slug=slug)


def projects_for(user: "User | AnonymousUser", role: Membership.Role = VIEWER) -> ProjectSet:
    """Every active project where `user` has at least `role`."""
    return every_project_for(user, role).active()


def every_project_for(user: "User | AnonymousUser", role: Membership.Role = VIEWER) -> ProjectSet:
    """The same, with archived ones."""
    if not user.is_authenticated:
        return Project.objects.none()
    if user.looks_after_house:
        return Project.objects.all()
    return Project.objects.filter(_belongs(user, role))


def may_change(user: "User | AnonymousUser", project_id: int) -> bool:
    """Whether `user` is an admin of this project; of an archived one nobody is."""
    return projects_for(user, ADMIN).filter(pk=project_id).exists()


def workplaces_of(user: "User | AnonymousUser") -> ProjectSet:
    """Where `user` may make calls: calls bind a membership, so looking after the house is not
    enough."""
    if not user.is_authenticated:
        return Project.objects.none()
    return Project.objects.active().filter(_belongs(user, MEMBER))


def what_stops(user: "User", project: Project) -> str:
    """`project` where that is frozen, `member` where this person is in it, or nothing."""
    if project.frozen_at:
        return "project"
    frozen = Membership.objects.filter(project=project, user=user).exclude(frozen_at=None)
    return "member" if frozen.exists() else ""


def member_for(user: "User | AnonymousUser", slug: str, member_id: int) -> Membership:
    """The member whom `user` may freeze and thaw as an admin of the project; nobody their own
    self, except who looks after the house."""
    found = Membership.objects.filter(
        project__in=projects_for(user, ADMIN), is_active=True, user__is_active=True
    )
    if not (user.is_authenticated and user.looks_after_house):
        found = found.exclude(user=user.pk)
    return get_object_or_404(
        found.select_related("project", "user"), project__slug=slug, pk=member_id
    )


def house_or_404(user: "User | AnonymousUser") -> None:
    """Pages of the household exist only for those who look after it."""
    if not user.is_authenticated or not user.looks_after_house:
        raise Http404


def _belongs(user: "User", role: Membership.Role) -> Exists:
    return Exists(
        Membership.objects.filter(
            project=OuterRef("pk"), user=user, is_active=True, role__in=AT_LEAST[role]
        )
    )
