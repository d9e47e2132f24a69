"""The one door: who may see a project, and who may act in it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from apps.projects.access import (
    ADMIN,
    MEMBER,
    VIEWER,
    house_or_404,
    project_for,
    projects_for,
    workplaces_of,
)
from apps.projects.models import Membership
from tests.cast import Cast


@pytest.mark.parametrize(
    ("who", "sees_as"),
    [
        ("owner", [VIEWER, MEMBER, ADMIN]),
        ("admin", [VIEWER, MEMBER, ADMIN]),
        ("member", [VIEWER, MEMBER]),
        ("viewer", [VIEWER]),
        ("stranger", []),
    ],
)
def test_a_project_opens_by_role(cast: Cast, who: str, sees_as: list[Membership.Role]) -> None:
    person = getattr(cast, who)
    for role in (VIEWER, MEMBER, ADMIN):
        if role in sees_as:
            assert project_for(person, "home", role) == cast.project
        else:
            with pytest.raises(Http404):
                project_for(person, "home", role)


@pytest.mark.parametrize(
    ("who", "works"),
    [("owner", 1), ("admin", 0), ("member", 1), ("viewer", 0), ("stranger", 0)],
)
def test_calls_need_a_membership(cast: Cast, who: str, works: int) -> None:
    assert workplaces_of(getattr(cast, who)).count() == works


def test_a_membership_that_ended_opens_nothing(cast: Cast) -> None:
    Membership.objects.filter(user=cast.member).update(is_active=False)
    assert not projects_for(cast.member).exists()
    assert not workplaces_of(cast.member).exists()


def test_somebody_unknown_sees_nothing(cast: Cast) -> None:
    assert not projects_for(AnonymousUser()).exists()
    assert not workplaces_of(AnonymousUser()).exists()
    with pytest.raises(Http404):
        house_or_404(AnonymousUser())
