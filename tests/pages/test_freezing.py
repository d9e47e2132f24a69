"""Freezing and thawing on pages and by command: who may, what is written down, where it shows. What
it does to running calls stands in tests/gateway/test_freezing.py."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from apps.accounts.models import AuditEntry, Notice, User
from apps.chat.models import Conversation
from apps.gateway.frozen import Frozen
from apps.gateway.person import caller_of_person
from apps.keys.making import Rules, freeze, make_key
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from tests.cast import Cast, make_person
from tests.pages.markup import Page

WHAT = ("key", "member", "project")
VERBS = {what: [f"{what}.frozen", f"{what}.thawed"] for what in WHAT}


@pytest.fixture
def key(cast: Cast) -> ApiKey:
    return make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)[0]


@pytest.fixture
def keeper(cast: Cast) -> User:
    """An admin of the project who does not look after the house."""
    person = make_person("keeper")
    Membership.objects.create(project=cast.project, user=person, role=Membership.Role.ADMIN)
    return person


def place(cast: Cast, key: ApiKey, what: str) -> str:
    member = cast.project.memberships.get(user=cast.member)
    return {
        "key": f"/keys/{key.pk}/",
        "member": f"/projects/home/members/{member.pk}/",
        "project": "/projects/home/",
    }[what]


def frozen_now(cast: Cast, key: ApiKey) -> str:
    return Frozen.load().stops(project_id=cast.project.pk, user_id=cast.member.pk, key_id=key.pk)


def version(key: ApiKey) -> int:
    key.refresh_from_db()
    return key.policy_version + Project.objects.get(pk=key.project_id).policy_version


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("owner", WHAT),
        ("admin", WHAT),
        ("keeper", WHAT),
        ("member", ("key",)),
        ("viewer", ()),
        ("stranger", ()),
    ],
)
def test_who_may_freeze_and_thaw(
    cast: Cast, key: ApiKey, keeper: User, client: Client, who: str, may: Any, what: str
) -> None:
    client.force_login(keeper if who == "keeper" else getattr(cast, who))
    page = place(cast, key, what)
    expected = 302 if what in may else 404
    assert client.get(f"{page}freeze/").status_code == (200 if what in may else 404)
    assert frozen_now(cast, key) == ""
    assert client.post(f"{page}freeze/").status_code == expected
    assert frozen_now(cast, key) == (what if what in may else "")
    assert client.post(f"{page}thaw/").status_code == expected
    assert frozen_now(cast, key) == ""


def test_what_an_admin_froze_its_owner_does_not_thaw(
    cast: Cast, key: ApiKey, client: Client
) -> None:
    freeze(key, actor=cast.admin)
    client.force_login(cast.member)
    assert client.post(f"/keys/{key.pk}/thaw/").status_code == 404
    page = client.get(f"/keys/{key.pk}/").content.decode()
    assert "Someone who looks after the project can do that" in page
    assert "/thaw/" not in page
    client.force_login(cast.owner)
    assert client.post(f"/keys/{key.pk}/thaw/").status_code == 302


def test_nobody_thaws_their_own_calls(cast: Cast, keeper: User, client: Client) -> None:
    own = cast.project.memberships.get(user=keeper)
    client.force_login(keeper)
    page = client.get("/projects/home/members/").content.decode()
    for act in ("freeze", "thaw"):
        assert client.post(f"/projects/home/members/{own.pk}/{act}/").status_code == 404
        assert f"/members/{own.pk}/{act}/" not in page


def test_a_member_of_another_project_is_not_found(cast: Cast, client: Client) -> None:
    Project.start(name="Garden", owner=cast.owner)
    member = cast.project.memberships.get(user=cast.member)
    client.force_login(cast.owner)
    assert client.post(f"/projects/garden/members/{member.pk}/freeze/").status_code == 404


@pytest.mark.parametrize("what", WHAT)
def test_twice_is_as_once_and_every_call_is_judged_anew(
    cast: Cast, key: ApiKey, client: Client, what: str
) -> None:
    client.force_login(cast.admin)
    page, seen = place(cast, key, what), [version(key)]
    for act in ("freeze", "freeze", "thaw", "thaw"):
        assert client.post(f"{page}{act}/", follow=True).status_code == 200
        seen.append(version(key))
    assert seen[1] == seen[2] > seen[0]
    assert seen[3] == seen[4] > seen[2]
    found = AuditEntry.objects.filter(actor=cast.admin).order_by("id")
    assert [one.verb for one in found] == VERBS[what]
    told = Notice.objects.filter(user=cast.member).count()
    assert told == (0 if what == "project" else 2)


@pytest.mark.parametrize(
    ("what", "path", "words"),
    [
        ("key", "/keys/", '<span class="badge no">frozen</span>'),
        ("key", "/keys/{key}/", "No call runs with it until it is thawed"),
        ("key", "/projects/home/keys/", '<span class="badge no">frozen</span>'),
        ("member", "/keys/{key}/", "The calls of member in Home are frozen."),
        ("member", "/projects/home/", "Your calls here are frozen."),
        ("member", "/projects/home/members/", '<span class="badge no">frozen</span>'),
        ("member", "/chat/", "Your calls in Home are frozen until"),
        ("member", "/", "Your calls in Home are frozen until"),
        ("project", "/keys/", '<span class="badge no">frozen</span>'),
        ("project", "/keys/{key}/", "Home is frozen."),
        ("project", "/projects/", '<span class="badge no">frozen</span>'),
        ("project", "/projects/home/", "No call runs in it"),
        ("project", "/projects/home/members/", "No call runs in it"),
        ("project", "/chat/", "Home is frozen: no call runs in it"),
        ("project", "/chat/{chat}/", "Home is frozen: no call runs in it"),
    ],
)
def test_it_shows_wherever_the_thing_is_shown(
    cast: Cast, key: ApiKey, client: Client, what: str, path: str, words: str
) -> None:
    chat = Conversation.begin(owner=cast.member, project=cast.project, first_words="Hello")
    client.force_login(cast.owner)
    address = path.format(key=key.pk, chat=chat.pk)
    client.post(f"{place(cast, key, what)}freeze/")
    client.force_login(cast.member)
    page = client.get(address).content.decode()
    assert words in page
    assert Page(page).problems == []
    client.force_login(cast.owner)
    client.post(f"{place(cast, key, what)}thaw/")
    client.force_login(cast.member)
    assert words not in client.get(address).content.decode()


def test_home_tells_who_looks_after_the_house(cast: Cast, key: ApiKey, client: Client) -> None:
    client.force_login(cast.owner)
    for what in WHAT:
        client.post(f"{place(cast, key, what)}freeze/")
    watched = [(one.name, one.words) for one in client.get("/").context["watch"]]
    names = ("Key “Laptop”", "Project “Home”", "member in Home")
    assert watched == [(name, "frozen") for name in names]


def test_a_chat_begins_where_calls_run(cast: Cast, client: Client) -> None:
    garden = Project.start(name="Garden", owner=cast.owner)
    Membership.objects.create(project=garden, user=cast.member)
    Project.objects.filter(pk=cast.project.pk).update(frozen_at=cast.project.created_at)
    client.force_login(cast.member)
    assert "is frozen" not in client.get("/chat/").content.decode()
    assert "Home is frozen" in client.get(f"/chat/?project={cast.project.pk}").content.decode()
    cast.project.refresh_from_db()
    assert caller_of_person(cast.member, cast.project).frozen == "project"
    assert caller_of_person(cast.member, garden).frozen == ""


# --- by command ---


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def named(key: ApiKey, what: str) -> list[str]:
    return {
        "id": ["--key", str(key.pk)],
        "key": ["--key", key.last_four],
        "member": ["--member", "Member@house.example", "--project", "home"],
        "project": ["--project", "home"],
    }[what]


@pytest.mark.parametrize("what", ["id", *WHAT])
def test_a_command_does_the_same(cast: Cast, key: ApiKey, what: str) -> None:
    words, stopped = named(key, what), "key" if what == "id" else what
    assert "is frozen." in run("freeze", *words)
    assert frozen_now(cast, key) == stopped
    assert "was frozen before." in run("freeze", *words)
    assert "is thawed." in run("thaw", *words)
    assert frozen_now(cast, key) == ""
    assert "was thawed before." in run("thaw", *words)
    found = AuditEntry.objects.filter(verb__in=VERBS[stopped], actor=None)
    assert found.count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "Say what"),
        (["--member", "member@house.example"], "Say what"),
        (["--key", "1", "--project", "home"], "Say what"),
        (["--key", "1", "--member", "member@house.example"], "Say what"),
        (["--key", "none"], "No key has"),
        (["--key", "²"], "No key has"),
        (["--key", "9" * 30], "No key has"),
        (["--project", "garden"], "there are: home"),
        (["--member", "nobody", "--project", "home"], "Nobody here"),
        (["--member", "stranger@house.example", "--project", "home"], "does not belong to Home"),
    ],
)
@pytest.mark.parametrize("verb", ["freeze", "thaw"])
def test_a_command_says_what_is_wrong(
    cast: Cast, key: ApiKey, verb: str, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(verb, *words)
    assert frozen_now(cast, key) == ""


def test_letters_that_several_keys_end_in_name_none(cast: Cast, key: ApiKey) -> None:
    other, _ = make_key(Rules("Phone"), project=cast.project, owner=cast.owner, actor=None)
    ApiKey.objects.update(last_four="Abcd")
    with pytest.raises(CommandError, match=f"{other.pk} “Phone” of owner"):
        run("freeze", "--key", "Abcd")
    assert frozen_now(cast, key) == ""
