"""Whose guardrail a page is about, who may look at it, and who may change it."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from apps.accounts.models import Household, User
from apps.guardrails import changing, chats
from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Rail
from apps.keys import rails as key_rails
from apps.keys.models import ApiKey
from apps.projects.access import ADMIN, every_project_for, house_or_404, may_change, project_for
from apps.projects.models import Membership, Project

Covers = Guardrail.Covers
WHO = {
    Covers.HOUSEHOLD.value: "The household",
    Covers.PROJECT.value: "The project",
    Covers.MEMBER.value: "The guardrail of its owner",
}


@dataclass(frozen=True)
class Above:
    """A guardrail that binds here as well, and who asks for what it says."""

    covers: str
    rail: Rail

    @property
    def who(self) -> str:
        return WHO[self.covers]

    @property
    def words(self) -> str:
        return f"{self.who} asks for it"


@dataclass(frozen=True)
class Subject:
    """`guardrail` is its own, saved or not; `write` saves what a form asks for."""

    covers: str
    address: str
    title: str
    may_change: bool
    guardrail: Guardrail
    write: Callable[..., list[str]]
    above: tuple[Above, ...] = ()
    project: Project | None = None
    membership: Membership | None = None
    key: ApiKey | None = None

    @cached_property
    def rail(self) -> Rail:
        return Rail.of(self.guardrail)

    @property
    def key_models(self) -> list[str]:
        return self.key.allowed_models if self.key else []

    @property
    def calls(self) -> dict[str, Any]:
        """Which sums of calls it is about."""
        if self.key:
            return {"key_id": self.key.pk}
        if self.membership:
            return {"project_id": self.membership.project_id, "user_id": self.membership.user_id}
        return {"project_id": self.project.pk} if self.project else {}

    @property
    def stored_chats(self) -> int:
        """Only a project or the household decides about those."""
        return chats.count(self.project) if self.covers in _STORES else 0

    def delete_chats(self) -> int:
        return chats.delete(self.project) if self.covers in _STORES else 0


_STORES = (Covers.HOUSEHOLD, Covers.PROJECT)


def of_house(user: User) -> Subject:
    house_or_404(user)
    guardrail = changing.rail_of(Household.current())
    return Subject(
        covers=Covers.HOUSEHOLD,
        address=reverse("guardrails:household"),
        title="Guardrails of the household",
        may_change=True,
        guardrail=guardrail,
        write=partial(changing.save, guardrail),
    )


def of_project(user: User, slug: str) -> Subject:
    """Whoever sees the project reads it; its admins change it."""
    project = project_for(user, slug, archived=True)
    guardrail = changing.rail_of(project)
    return Subject(
        covers=Covers.PROJECT,
        address=reverse("guardrails:project", args=[slug]),
        title=f"Guardrails of {project}",
        may_change=may_change(user, project.pk),
        guardrail=guardrail,
        write=partial(changing.save, guardrail),
        above=_above(_house()),
        project=project,
    )


def of_member(user: User, slug: str, member_id: int) -> Subject:
    """One's own to read; an admin's of the project to change."""
    project = project_for(user, slug, archived=True)
    members = project.memberships.filter(is_active=True).select_related("user", "project")
    member = get_object_or_404(members, pk=member_id)
    if member.user_id != user.pk and project not in every_project_for(user, ADMIN):
        raise Http404
    guardrail = changing.rail_of(member)
    return Subject(
        covers=Covers.MEMBER,
        address=reverse("guardrails:member", args=[slug, member_id]),
        title=f"Guardrails of {member.user}",
        may_change=may_change(user, project.pk),
        guardrail=guardrail,
        write=partial(changing.save, guardrail),
        above=_above(_house(), changing.rail_of(project)),
        project=project,
        membership=member,
    )


def of_key(user: User, key_id: int) -> Subject:
    """Whoever may change the key; its owner can only make it stricter, which saving sees to."""
    keys = ApiKey.objects.for_user(user).kept()
    key = get_object_or_404(keys.select_related("project", "owner", "guardrail"), pk=key_id)
    member = Membership.objects.filter(project=key.project, user=key.owner).first()
    theirs = [changing.rail_of(member)] if member else []
    return Subject(
        covers=Covers.KEY,
        address=reverse("guardrails:key", args=[key_id]),
        title=f"Guardrails of {key.name}",
        may_change=True,
        guardrail=key_rails.rail_of(key),
        write=partial(key_rails.save, key),
        above=_above(_house(), changing.rail_of(key.project), *theirs),
        project=key.project,
        key=key,
    )


def _house() -> Guardrail:
    return changing.rail_of(Household.current())


def _above(*rails: Guardrail) -> tuple[Above, ...]:
    """Those that were never saved ask for nothing."""
    return tuple(Above(one.covers, Rail.of(one)) for one in rails if one.pk)
