"""Rolling a key: a new secret at once, the old one for as long as was chosen, and one key all the
while. Who may, and what a second click does."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AuditEntry, Notice
from apps.gateway.snapshot import load_keys
from apps.keys import tokens
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from tests.cast import Cast


@pytest.fixture
def key(cast: Cast, client: Client) -> tuple[ApiKey, str]:
    client.force_login(cast.member)
    return make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)


def roll(client: Client, key: ApiKey, grace: str = "24", **other: str) -> Any:
    return client.post(f"/keys/{key.pk}/roll/", {"grace": grace, "seen": key.label, **other})


def secret_of(answer: Any) -> str:
    return re.search(tokens.SHAPE, answer.content.decode())[0]


def works(client: Client, secret: str) -> bool:
    """At the read routes, and by the view that the inference path keeps."""
    read = client.get("/api/v1/key", headers={"Authorization": f"Bearer {secret}"})
    caller = load_keys().callers.get(settings.HOUSE_SECRETS.digest(secret))
    is_known = caller is not None and (not caller.expires_at or caller.expires_at > timezone.now())
    assert (read.status_code == 200) is is_known
    return is_known


def test_both_work_until_the_old_one_is_ended(client: Client, key: tuple[ApiKey, str]) -> None:
    row, old = key
    answer = roll(client, row)
    assert answer.status_code == 201
    assert "no-store" in answer["Cache-Control"]
    new = secret_of(answer)
    assert new != old
    assert works(client, old)
    assert works(client, new)
    row.refresh_from_db()
    page = client.get(f"/keys/{row.pk}/").content.decode()
    assert "works as well until" in page
    assert f"…{old[-4:]}" in page
    assert new not in page
    ended = client.post(f"/keys/{row.pk}/old/end/", follow=True).content.decode()
    assert "The old key no longer works." in ended
    assert "works as well until" not in ended
    assert not works(client, old)
    assert works(client, new)
    assert client.post(f"/keys/{row.pk}/old/end/").status_code == 302


@pytest.mark.parametrize(("grace", "hours"), [("0", None), ("1", 1), ("24", 24), ("168", 168)])
def test_the_old_one_works_for_as_long_as_was_chosen(
    client: Client, key: tuple[ApiKey, str], grace: str, hours: int | None
) -> None:
    row, old = key
    roll(client, row, grace)
    row.refresh_from_db()
    assert works(client, old) is (hours is not None)
    if hours:
        left = row.old_ends_at - timezone.now()
        assert timedelta(hours=hours) - left < timedelta(minutes=1)
        ApiKey.objects.update(old_ends_at=timezone.now() - timedelta(seconds=1))
        assert not works(client, old)


def test_it_stays_one_key(client: Client, key: tuple[ApiKey, str]) -> None:
    row, _ = key
    roll(client, row)
    rolled = ApiKey.objects.get()
    assert (rolled.pk, rolled.name, rolled.created_at) == (row.pk, row.name, row.created_at)
    assert rolled.policy_version == row.policy_version + 1
    entry = AuditEntry.objects.latest("id")
    assert entry.verb == "key.rolled"
    assert entry.details["before"] == row.label


def test_a_second_roll_ends_the_first_old_one(client: Client, key: tuple[ApiKey, str]) -> None:
    row, first = key
    second = secret_of(roll(client, row))
    row.refresh_from_db()
    third = secret_of(roll(client, row))
    assert [works(client, one) for one in (first, second, third)] == [False, True, True]


def test_a_reload_rolls_nothing(client: Client, key: tuple[ApiKey, str]) -> None:
    row, old = key
    new = secret_of(roll(client, row))
    again = roll(client, row)
    assert again.status_code == 409
    page = again.content.decode()
    assert "shown already" in page
    assert new not in page
    assert works(client, old)
    assert works(client, new)


def test_a_key_that_is_off_ends_both(client: Client, key: tuple[ApiKey, str]) -> None:
    row, old = key
    new = secret_of(roll(client, row))
    client.post(f"/keys/{row.pk}/off/")
    assert not works(client, old)
    assert not works(client, new)
    client.post(f"/keys/{row.pk}/on/")
    assert works(client, old)
    ApiKey.objects.update(expires_at=timezone.now())
    assert not works(client, old)
    assert not works(client, new)


@pytest.mark.parametrize("who", ["owner", "admin", "viewer", "stranger"])
def test_nobody_gets_a_secret_that_calls_as_somebody_else(
    cast: Cast, client: Client, key: tuple[ApiKey, str], who: str
) -> None:
    row, old = key
    client.force_login(getattr(cast, who))
    assert roll(client, row).status_code == 404
    assert works(client, old)
    page = client.get(f"/keys/{row.pk}/")
    assert page.status_code == (200 if who in {"owner", "admin"} else 404)
    assert b"Replace the key" not in page.content


@pytest.mark.parametrize("grace", ["", "999999", "-1", "x"])
def test_another_grace_changes_nothing(client: Client, key: tuple[ApiKey, str], grace: str) -> None:
    row, _ = key
    assert roll(client, row, grace).status_code == 404
    assert ApiKey.objects.get().label == row.label


def test_its_owner_hears_when_somebody_else_ends_the_old_one(
    cast: Cast, client: Client, key: tuple[ApiKey, str]
) -> None:
    row, old = key
    new = secret_of(roll(client, row))
    client.force_login(cast.admin)
    client.post(f"/keys/{row.pk}/old/end/")
    assert not works(client, old)
    assert works(client, new)
    notice = Notice.objects.get(user=cast.member)
    assert "ended the old secret of your key “Laptop”" in notice.text
