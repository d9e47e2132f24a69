"""Projects: who sees which, with whose keys and sums."""

from django.test import Client

from apps.keys.making import make_key
from apps.projects.models import Membership, Project
from tests.cast import Cast
from tests.pages.markup import Page


def test_people_see_the_projects_they_belong_to(cast: Cast, client: Client) -> None:
    Project.start(name="Garden", owner=cast.owner)
    for person, names in (
        (cast.owner, {"Home", "Garden"}),
        (cast.admin, {"Home", "Garden"}),
        (cast.viewer, {"Home"}),
        (cast.stranger, set()),
    ):
        client.force_login(person)
        answer = client.get("/projects/")
        assert {project.name for project, _ in answer.context["rows"]} == names
        assert Page(answer.content.decode()).problems == []


def test_people_who_left_are_not_counted(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.viewer).update(is_active=False)
    client.force_login(cast.owner)
    [(project, role)] = client.get("/projects/").context["rows"]
    assert (project.people, role) == (2, "Admin")
    page = client.get("/projects/home/").content.decode()
    assert "viewer" not in page


def test_a_project_shows_each_person_their_own_keys(cast: Cast, client: Client) -> None:
    for owner, name in ((cast.owner, "Owner’s laptop"), (cast.member, "Member’s phone")):
        make_key(project=cast.project, owner=owner, name=name, actor=None)
    for person, names in (
        (cast.owner, {"Owner’s laptop", "Member’s phone"}),
        (cast.member, {"Member’s phone"}),
        (cast.viewer, set()),
    ):
        client.force_login(person)
        answer = client.get("/projects/home/")
        assert {key.name for key in answer.context["keys"]} == names


def test_an_archived_project_is_gone(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    Project.objects.update(archived_at=cast.project.created_at)
    assert client.get("/projects/home/").status_code == 404
    assert client.get("/projects/").context["rows"] == []


def test_a_name_stays_text(cast: Cast, client: Client) -> None:
    Project.objects.update(name="<script>alert(1)</script>")
    client.force_login(cast.owner)
    for path in ("/projects/", "/projects/home/", "/activity/?project=home"):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert Page(page).problems == []
