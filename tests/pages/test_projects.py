"""Projects: who sees which with whose keys and sums, how they come and go."""

import pytest
from django.test import Client

from apps.accounts.models import AuditEntry
from apps.chat.models import Conversation
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership, Project
from tests.cast import Cast, make_call
from tests.pages.asking import queries
from tests.pages.markup import Page

PAGES = ("", "keys/", "members/", "settings/")


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
        assert {row.project.name for row in answer.context["rows"]} == names
        assert Page(answer.content.decode()).problems == []


def test_the_list_tells_of_each_what_one_may_know(cast: Cast, client: Client) -> None:
    """People who left are not counted; a member's own calls are all a member sees."""
    Membership.objects.filter(user=cast.viewer).update(is_active=False)
    for owner in (cast.owner, cast.member):
        make_key(Rules("Laptop"), project=cast.project, owner=owner, actor=None)
    call = make_call(cast, cast.owner)
    for person, facts in (
        (cast.owner, ("Admin", 2, 2, call.created_at)),
        (cast.admin, ("", 2, 2, call.created_at)),
        (cast.member, ("Member", 2, 1, None)),
    ):
        client.force_login(person)
        [row] = client.get("/projects/").context["rows"]
        assert (row.role, row.people, row.keys, row.last_call) == facts
    members = client.get("/projects/home/members/").context["members"]
    assert cast.viewer not in [one.user for one, _ in members]


def test_a_project_shows_each_person_their_own_keys(cast: Cast, client: Client) -> None:
    for owner, name in ((cast.owner, "Owner’s laptop"), (cast.member, "Member’s phone")):
        make_key(Rules(name), project=cast.project, owner=owner, actor=None)
    for person, names in (
        (cast.owner, {"Owner’s laptop", "Member’s phone"}),
        (cast.member, {"Member’s phone"}),
        (cast.viewer, set()),
    ):
        client.force_login(person)
        answer = client.get("/projects/home/keys/")
        assert {use.key.name for use, _ in answer.context["keys"]} == names


def test_a_new_key_begins_in_the_project_one_comes_from(cast: Cast, client: Client) -> None:
    garden = Project.start(name="Garden", owner=cast.owner)
    client.force_login(cast.owner)
    assert (
        'href="/keys/new/?project=garden"' in client.get("/projects/garden/keys/").content.decode()
    )
    chosen = f'<option value="{garden.pk}" selected>'
    assert chosen in client.get("/keys/new/?project=garden").content.decode()
    for slug in ("", "nowhere", "%00"):
        assert chosen not in client.get(f"/keys/new/?project={slug}").content.decode()


def test_when_somebody_was_last_here_is_for_the_house(cast: Cast, client: Client) -> None:
    for person, knows in ((cast.admin, True), (cast.member, False)):
        client.force_login(person)
        assert ("Last signed in" in client.get("/projects/home/members/").content.decode()) == knows


def test_only_the_house_makes_projects(cast: Cast, client: Client) -> None:
    for person, status in ((cast.member, 404), (cast.stranger, 404), (cast.admin, 302)):
        client.force_login(person)
        assert client.post("/projects/new/", {"name": "New"}).status_code == status
    project = Project.objects.get(name="New")
    assert project.slug == "new-2"  # its plain address is the page that makes one
    assert project.memberships.get().user == cast.admin
    assert AuditEntry.objects.get(verb="project.created").subject == "New"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Give the project a name."),
        ("   ", "Give the project a name."),
        ("x" * 101, "A name has at most 100 letters."),
        (" hOME ", "There is a project called hOME already."),
    ],
)
@pytest.mark.parametrize("address", ["/projects/new/", "/projects/garden/settings/"])
def test_a_name_that_will_not_do_is_said_and_kept(
    cast: Cast, client: Client, address: str, name: str, sentence: str
) -> None:
    Project.start(name="Garden", owner=cast.owner)
    client.force_login(cast.owner)
    answer = client.post(address, {"name": name})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert name.strip() in page
    assert Page(page).problems == []
    assert set(Project.objects.values_list("name", flat=True)) == {"Home", "Garden"}


def test_a_new_name_leaves_the_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    answer = client.post("/projects/home/settings/", {"name": " Our  home "})
    assert answer["Location"] == "/projects/home/settings/"
    assert "Our home" in client.get("/projects/home/").content.decode()
    assert client.post("/projects/home/settings/", {"name": "Our home"}).status_code == 302
    assert AuditEntry.objects.filter(verb="project.renamed").count() == 1


def test_settings_are_for_admins(cast: Cast, client: Client) -> None:
    Membership.objects.filter(user=cast.viewer).update(role=Membership.Role.ADMIN)
    for person, status in ((cast.member, 404), (cast.viewer, 302), (cast.admin, 302)):
        client.force_login(person)
        for path in ("settings", "archival", "restoration"):
            answer = client.post(f"/projects/home/{path}/", {"name": "Home"})
            assert answer.status_code == status, (person, path)


def test_archiving_can_be_undone_and_asked_twice(cast: Cast, client: Client) -> None:
    conversation = Conversation.begin(owner=cast.member, project=cast.project, first_words="Hello")
    client.force_login(cast.owner)
    for _ in range(2):
        answer = client.post("/projects/home/archival/", follow=True)
        page = answer.content.decode()
        assert 'action="/projects/home/restoration/"' in page and "Undo" in page
        assert answer.context["rows"] == []
    [row] = client.get("/projects/?show=archived").context["rows"]
    assert row.project == cast.project
    client.force_login(cast.member)
    chat = client.get(f"/chat/{conversation.pk}/").content.decode()
    assert "You do not make calls in Home any more" in chat
    for path in PAGES[:3]:
        page = client.get(f"/projects/home/{path}").content.decode()
        assert "Its keys do not work" in page
        assert "Bring it back" not in page
        assert Page(page).problems == []
    client.force_login(cast.owner)
    assert client.post("/projects/home/settings/", {"name": "Other"}).status_code == 404
    for _ in range(2):
        answer = client.post("/projects/home/restoration/", follow=True)
        assert "is back" in answer.content.decode()
    assert [row.project for row in client.get("/projects/").context["rows"]] == [cast.project]
    verbs = AuditEntry.objects.filter(verb__startswith="project.").order_by("id")
    assert [one.verb for one in verbs] == ["project.archived", "project.restored"]


def test_a_name_stays_text(cast: Cast, client: Client) -> None:
    Project.objects.update(name="<script>alert(1)</script>")
    client.force_login(cast.owner)
    paths = [f"/projects/home/{path}" for path in PAGES]
    for path in ("/projects/", "/activity/?project=home&by=project", "/calls/", *paths):
        page = client.get(path).content.decode()
        assert "<script>alert" not in page
        assert Page(page).problems == []


def test_the_number_of_questions_does_not_grow(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    asked = []
    for number in range(12):
        project = Project.start(name=f"Project {number}", owner=cast.owner)
        for place in (project, cast.project):
            make_key(Rules("Key"), project=place, owner=cast.owner, actor=None)
        make_call(cast, cast.owner, number=number, project_id=project.pk)
        make_call(cast, cast.owner, number=100 + number)
        if number in {0, 11}:
            paths = ("/projects/", *(f"/projects/home/{path}" for path in PAGES))
            asked.append({path: queries(client, path) for path in paths})
    assert asked[0] == asked[1]
