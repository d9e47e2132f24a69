"""A new key for a connection that has one: tried first, and the old one stays when it fails."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from apps.accounts.models import AuditEntry
from apps.catalog.models import Provider
from apps.connections import waiting
from apps.connections.models import Connection
from tests.cast import Cast
from tests.core.listener import listening, models

OLD, NEW = "sk-old-0123456789-old1", "sk-new-0123456789-new2"
MODELS = models("llama3")


@dataclass
class Desk:
    """An owner at the form of one connection, and the provider behind it."""

    client: Client
    connection: Connection
    provider: Any
    answer: dict[str, int]

    @property
    def page(self) -> str:
        return f"/connections/{self.connection.pk}/"

    def send(self, credential: str, **other: str) -> Any:
        wish = {"base_url": self.connection.base_url, "at_home": "on", "credential": credential}
        return self.client.post(self.page, {**wish, **other}, follow=True)

    @property
    def stored(self) -> str:
        return Connection.objects.get(pk=self.connection.pk).open_credential()


@pytest.fixture
def desk(cast: Cast, client: Client) -> Iterator[Desk]:
    answer = {"status": 200}
    client.force_login(cast.owner)
    with listening(lambda path: (answer["status"], {}, MODELS)) as provider:
        connection = Connection.objects.create(
            provider=Provider.objects.get(slug="custom"),
            name="Study PC",
            base_url=provider.base_url,
            is_at_home=True,
        )
        connection.set_credential(OLD)
        connection.save()
        yield Desk(client, connection, provider, answer)


def test_a_key_that_works_takes_its_place(desk: Desk) -> None:
    page = desk.send(NEW).content.decode()
    assert "Study PC answers and lists 1 model. The new key is in use." in page
    assert "key …new2" in page
    assert desk.stored == NEW
    assert desk.provider.headers("authorization") == [f"Bearer {NEW}"]


@pytest.mark.parametrize("status", [401, 403, 500])
def test_a_key_that_fails_leaves_the_old_one_in_use(desk: Desk, status: int) -> None:
    desk.answer["status"] = status
    answer = desk.send(NEW)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "So the new key was not saved. The old one, …old1, stays in use." in page
    assert NEW not in page
    assert desk.stored == OLD
    stored = Connection.objects.get(pk=desk.connection.pk)
    assert stored.tested_at is None
    assert not AuditEntry.objects.filter(verb="connection.changed").exists()


def test_it_may_be_saved_anyway_once(desk: Desk) -> None:
    desk.answer["status"] = 401
    desk.send(NEW)
    page = desk.client.post(f"{desk.page}anyway/", follow=True).content.decode()
    assert "is in use, although its test failed" in page
    assert "does not accept the key" in page
    assert desk.stored == NEW
    again = desk.client.post(f"{desk.page}anyway/", follow=True).content.decode()
    assert "No new key waits any more." in again


def test_what_waits_is_locked_and_is_gone_with_the_next_look(desk: Desk) -> None:
    desk.answer["status"] = 401
    desk.send(NEW)
    kept = Session.objects.get().get_decoded()
    assert waiting.KEPT_AS in kept
    assert NEW not in str(kept)
    desk.client.get(desk.page)
    desk.client.post(f"{desk.page}anyway/")
    assert desk.stored == OLD


def test_it_waits_for_its_own_connection_and_not_for_ever(desk: Desk) -> None:
    desk.answer["status"] = 401
    desk.send(NEW)
    other = Connection.objects.create(
        provider=desk.connection.provider, name="Attic", base_url=desk.connection.base_url
    )
    desk.client.post(f"/connections/{other.pk}/anyway/")
    other.refresh_from_db()
    assert other.credential == ""
    desk.send(NEW)
    session = desk.client.session
    session[waiting.KEPT_AS] = {**session[waiting.KEPT_AS], "until": 1.0}
    session.save()
    desk.client.post(f"{desk.page}anyway/")
    assert desk.stored == OLD


def test_a_wrong_address_is_said_and_nothing_is_tried(desk: Desk) -> None:
    answer = desk.send(NEW, at_home="")
    assert answer.status_code == 422
    assert "base_url" in answer.context["form"].errors
    assert desk.provider.hits == []
    assert desk.stored == OLD


def test_a_key_with_a_space_in_it_is_said_at_its_field(desk: Desk) -> None:
    answer = desk.send("sk one two")
    assert answer.status_code == 422
    assert "credential" in answer.context["form"].errors
    assert desk.stored == OLD


@pytest.mark.parametrize("who", ["member", "viewer", "stranger"])
def test_only_who_looks_after_the_house_saves_anyway(cast: Cast, desk: Desk, who: str) -> None:
    desk.client.force_login(getattr(cast, who))
    assert desk.client.post(f"{desk.page}anyway/").status_code == 404
