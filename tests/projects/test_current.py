"""The project somebody works in: chosen once, honoured by every room, never a way around rights."""

from urllib.parse import quote

import pytest
from django.test import Client

from apps.projects.models import Membership, Project
from tests.cast import Cast, make_call
from tests.pages.markup import Page

SWITCH = 'popovertarget="places"'


@pytest.fixture
def garden(cast: Cast) -> Project:
    project = Project.start(name="Garden", owner=cast.owner)
    Membership.objects.create(project=project, user=cast.member)
    return project


def switch(client: Client, slug: str, back: str = "/activity/") -> str:
    answer = client.post("/switch/", {"project": slug, "next": back})
    assert answer.status_code == 303
    return str(answer["Location"])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_who_has_one_project_has_nothing_to_switch(cast: Cast, client: Client) -> None:
    for person in (cast.member, cast.stranger):
        client.force_login(person)
        assert SWITCH not in page(client, "/activity/")


def test_the_switch_shows_where_one_works_and_stays(
    cast: Cast, garden: Project, client: Client
) -> None:
    client.force_login(cast.member)
    before = page(client, "/activity/")
    assert SWITCH in before and "<b>All my projects</b>" in before
    assert switch(client, "garden") == "/activity/"
    for path in ("/activity/", "/keys/", "/chat/"):
        assert "<b>Garden</b>" in page(client, path)
        assert Page(page(client, path)).problems == []
    switch(client, "")
    assert "<b>All my projects</b>" in page(client, "/keys/")


def test_calls_and_activity_show_it_unless_the_address_says_otherwise(
    cast: Cast, garden: Project, client: Client
) -> None:
    at_home = make_call(cast, cast.member, number=1, key_id=7)
    in_garden = make_call(cast, cast.member, number=2, project_id=garden.pk)
    client.force_login(cast.member)
    switch(client, "garden")
    shown = page(client, "/calls/")
    assert in_garden.id in shown and at_home.id not in shown
    assert "in the project Garden" in page(client, "/activity/")
    for path in ("/calls/?project=home", "/calls/?project="):
        assert at_home.id in page(client, path)
    assert in_garden.id not in page(client, "/calls/?project=home")
    assert "in the project" not in page(client, "/activity/?project=")


def test_new_keys_and_new_chats_begin_there(cast: Cast, garden: Project, client: Client) -> None:
    client.force_login(cast.member)
    chosen = f'<option value="{garden.pk}" selected>'
    assert chosen not in page(client, "/keys/new/")
    switch(client, "garden")
    assert chosen in page(client, "/keys/new/")
    assert chosen in page(client, "/chat/")


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/calls/?project=home&model=a b&before=gen-1", "/calls/?model=a+b"),
        ("/calls/?key=7", "/calls/"),
        ("/models/?takes=1&takes=2", "/models/?takes=1&takes=2"),
        ("https://evil.example/", "/"),
        ("//evil.example/?project=x", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_names_no_other_project(
    cast: Cast, garden: Project, client: Client, back: str, leads_to: str
) -> None:
    client.force_login(cast.member)
    assert switch(client, "garden", back) == leads_to


def test_a_project_of_others_is_never_entered(cast: Cast, garden: Project, client: Client) -> None:
    secret = Project.start(name="Secret", owner=cast.owner)
    client.force_login(cast.member)
    for slug in ("secret", "no-such", "x\0y"):
        assert client.post("/switch/", {"project": slug}).status_code == 404
    assert secret.name not in page(client, "/activity/")
    assert client.get("/switch/").status_code == 405


def test_leaving_a_project_leaves_the_choice(cast: Cast, garden: Project, client: Client) -> None:
    Membership.objects.create(
        project=Project.start(name="Third", owner=cast.owner), user=cast.member
    )
    client.force_login(cast.member)
    switch(client, "garden")
    Membership.objects.filter(project=garden, user=cast.member).update(is_active=False)
    assert "<b>All my projects</b>" in page(client, "/activity/")


def test_strangers_are_asked_to_sign_in(client: Client, db: None) -> None:
    answer = client.post("/switch/", {"project": "garden"})
    assert answer["Location"] == f"/accounts/login/?next={quote('/switch/')}"
