"""Whose calls and sums somebody sees, the same for both."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from apps.keys.making import Rules, make_key
from apps.projects.models import Membership, Project
from apps.usage.models import Generation, UsageQuarter
from apps.usage.reach import Reach
from tests.cast import Cast, make_call, make_person, make_quarter


@pytest.fixture
def calls(cast: Cast) -> Cast:
    """The member and the viewer, who runs the project "Club", called in both."""
    club = Project.start(name="Club", owner=cast.viewer)
    Membership.objects.create(project=club, user=cast.member)
    for project in (cast.project, club):
        for person in (cast.member, cast.viewer):
            app = f"{project.name} {person.email.partition('@')[0]}"
            make_call(cast, person, number=len(app), project_id=project.pk, app=app)
            make_quarter(cast, person, "1", project_id=project.pk, app=app)
    return cast


ALL = {"Home member", "Home viewer", "Club member", "Club viewer"}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("owner", ALL),
        ("admin", ALL),
        ("member", {"Home member", "Club member"}),
        ("viewer", {"Home viewer", "Club viewer", "Club member"}),
        ("stranger", set()),
    ],
)
def test_people_see_their_own_and_what_was_done_in_projects_they_run(
    calls: Cast, name: str, seen: set[str]
) -> None:
    person = getattr(calls, name)
    for rows in (Generation.objects, UsageQuarter.objects):
        assert set(rows.for_user(person).values_list("app", flat=True)) == seen


def test_an_archived_project_can_be_looked_back_at(calls: Cast) -> None:
    Project.objects.filter(name="Club").update(archived_at=timezone.now())
    assert UsageQuarter.objects.for_user(calls.viewer).count() == 3


def test_who_left_sees_their_own_alone(calls: Cast) -> None:
    Membership.objects.filter(project__name="Club", user=calls.viewer).update(is_active=False)
    assert UsageQuarter.objects.for_user(calls.viewer).count() == 2


def test_nobody_sees_nothing(calls: Cast) -> None:
    for rows in (Generation.objects, UsageQuarter.objects):
        assert not rows.for_user(AnonymousUser()).exists()
        assert not rows.within(Reach()).exists()


def test_a_key_reads_its_own_calls(calls: Cast) -> None:
    owner = make_person("keys")
    Membership.objects.create(project=calls.project, user=owner)
    key, _ = make_key(Rules("Laptop"), project=calls.project, owner=owner, actor=None)
    make_quarter(calls, owner, "1", key_id=key.pk, app="by key")
    make_quarter(calls, owner, "1", app="in the browser")
    assert UsageQuarter.objects.within(Reach.of_key(key.pk)).get().app == "by key"
