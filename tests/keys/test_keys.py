"""Keys: shown once, kept as a digest, switched off and on by those who may."""

import re

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import AuditEntry
from apps.keys import tokens
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.models import Membership
from tests.cast import Cast


def wish(cast: Cast, **other: str) -> dict[str, str]:
    return {"name": "Open WebUI", "project": str(cast.project.pk), "lifetime": "90", **other}


def test_the_key_is_shown_once_and_never_kept(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    answer = client.post("/keys/new/", wish(cast))
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    secret = re.search(tokens.SHAPE, answer.content.decode())[0]
    assert tokens.is_well_formed(secret)
    for page in ("/keys/", f"/keys/{ApiKey.objects.get().pk}/", "/"):
        assert secret not in client.get(page).content.decode()
    assert secret not in everything_stored()


def everything_stored() -> str:
    """The rows a key leaves behind, as text: the key itself, its audit entry, the session."""
    found = []
    for table in ("keys_apikey", "accounts_auditentry", "django_session"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT row({table}.*)::text FROM {table}")
            found += [row[0] for row in cursor.fetchall()]
    assert found
    return "\n".join(found)


def test_the_snippets_name_the_house_and_the_key(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.post("/keys/new/", wish(cast)).content.decode()
    secret = re.search(tokens.SHAPE, page)[0]
    for line in (
        "<summary>Open WebUI</summary>",
        "OPENAI_BASE_URL=http://localhost:8000/api/v1",
        f"OPENAI_API_KEY={secret}",
        f"Authorization: Bearer {secret}",
        "curl http://localhost:8000/api/v1/chat/completions",
        "from openai import OpenAI",
        "await fetch",
    ):
        assert line in page.replace("&quot;", '"')


@pytest.mark.parametrize(("lifetime", "days"), [("30", 30), ("365", 365), ("never", None)])
def test_a_key_ends_when_asked(cast: Cast, client: Client, lifetime: str, days: int | None) -> None:
    client.force_login(cast.member)
    client.post("/keys/new/", wish(cast, lifetime=lifetime))
    key = ApiKey.objects.get()
    if days is None:
        assert key.expires_at is None
    else:
        assert round((key.expires_at - key.created_at).total_seconds() / 86400) == days


@pytest.mark.parametrize("who", ["admin", "viewer", "stranger"])
def test_nobody_makes_a_key_where_they_may_not_call(cast: Cast, client: Client, who: str) -> None:
    client.force_login(getattr(cast, who))
    answer = client.post("/keys/new/", wish(cast))
    assert answer.status_code == 422
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize(
    ("who", "sees"),
    [("owner", True), ("admin", True), ("member", True), ("viewer", False), ("stranger", False)],
)
def test_a_key_is_seen_by_its_owner_and_the_house(
    cast: Cast, client: Client, who: str, sees: bool
) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    client.force_login(getattr(cast, who))
    assert (b"Laptop" in client.get("/keys/").content) is sees
    assert client.get(f"/keys/{key.pk}/").status_code == (200 if sees else 404)
    for act in ("off", "on", "deletion"):
        status = client.post(f"/keys/{key.pk}/{act}/").status_code
        assert status == (302 if sees else 404), act


def test_a_project_admin_sees_the_keys_of_the_project(cast: Cast, client: Client) -> None:
    make_key(Rules("Laptop"), project=cast.project, owner=cast.owner, actor=None)
    Membership.objects.filter(user=cast.member).update(role=Membership.Role.ADMIN)
    client.force_login(cast.member)
    assert b"Laptop" in client.get("/keys/").content


def test_off_can_be_undone_and_deletion_cannot(cast: Cast, client: Client) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    client.force_login(cast.member)
    page = client.post(f"/keys/{key.pk}/off/", follow=True).content.decode()
    assert not ApiKey.objects.live().exists()
    assert f'action="/keys/{key.pk}/on/"' in page
    client.post(f"/keys/{key.pk}/on/")
    assert ApiKey.objects.live().exists()
    client.post(f"/keys/{key.pk}/deletion/")
    assert not ApiKey.objects.live().exists()
    assert client.post(f"/keys/{key.pk}/on/").status_code == 404
    assert ApiKey.objects.filter(pk=key.pk).exists()
    verbs = AuditEntry.objects.order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["key.created", "key.switched_off", "key.switched_on", "key.deleted"]


@pytest.mark.parametrize("act", ["off", "on", "deletion"])
def test_a_link_changes_nothing(cast: Cast, client: Client, act: str) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    client.force_login(cast.member)
    assert client.get(f"/keys/{key.pk}/{act}/").status_code == 405
