"""The light probe: only where the household wishes it, every ten minutes, each connection once."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import AuditEntry, Household
from apps.catalog.measured import PROBES
from apps.catalog.models import Provider
from apps.connections.asking import ask_due
from apps.connections.models import Connection, ConnectionProbe
from apps.connections.probe import SENTENCES, TestResult
from apps.core.models import ChangeCounter
from apps.usage.health.reading import read
from tests.cast import Cast
from tests.core.listener import listening, models
from tests.pages.test_settings import HOUSE


class Asked:
    """Stands in for the provider, and notes who was asked."""

    def __init__(self, code: str = "ok") -> None:
        self.code = code
        self.names: list[str] = []

    def __call__(self, connection: Connection) -> TestResult:
        self.names.append(connection.name)
        return TestResult(self.code, "", 12, ["a-model"])


@pytest.fixture
def two(db: None) -> list[Connection]:
    Household.objects.update(asks_providers=True)
    provider, _ = Provider.objects.get_or_create(slug="custom", defaults={"name": "Custom"})
    return [
        Connection.objects.create(provider=provider, name=name, base_url="https://m.example")
        for name in ("Mill", "Well")
    ]


def test_each_is_asked_once_in_ten_minutes(two: list[Connection]) -> None:
    asked = Asked()
    for _ in range(3):
        ask_due(seconds=30, ask=asked)
    assert asked.names == ["Mill", "Well"]
    ConnectionProbe.objects.filter(connection=two[1]).update(
        asked_at=timezone.now() - timedelta(minutes=11)
    )
    third = Connection.objects.create(provider=two[0].provider, name="New", base_url="https://n.ex")
    ask_due(seconds=30, ask=asked)
    assert asked.names[2:] == ["New", "Well"]
    assert third.is_enabled


def test_nobody_is_asked_unless_the_household_wishes_it(two: list[Connection]) -> None:
    Household.objects.update(asks_providers=False)
    asked = Asked()
    ask_due(seconds=30, ask=asked)
    assert asked.names == []


def test_what_is_switched_off_or_built_in_is_not_asked(two: list[Connection]) -> None:
    Connection.objects.filter(pk=two[0].pk).update(is_enabled=False)
    asked = Asked()
    ask_due(seconds=30, ask=asked)
    assert asked.names == ["Well"]


def test_a_probe_takes_nothing_over_and_wakes_nobody(two: list[Connection]) -> None:
    before = dict(ChangeCounter.objects.values_list("topic", "version"))
    ask_due(seconds=30, ask=Asked())
    assert dict(ChangeCounter.objects.values_list("topic", "version")) == before
    two[0].refresh_from_db()
    assert (two[0].tested_at, two[0].test_code, two[0].reported_models) == (None, "", [])


def test_two_at_once_are_as_one(two: list[Connection]) -> None:
    asked = Asked()

    def ask_while_another_does(connection: Connection) -> TestResult:
        ask_due(seconds=30, ask=asked)
        return asked(connection)

    ask_due(seconds=30, ask=ask_while_another_does)
    assert sorted(asked.names) == ["Mill", "Well"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ok", "Answers"),
        ("timeout", "Does not answer"),
        ("unauthorized", "Turns the house’s account away"),
    ],
)
def test_the_page_tells_it_for_as_long_as_it_says_something(
    cast: Cast, client: Client, two: list[Connection], code: str, words: str
) -> None:
    ask_due(seconds=30, ask=Asked(code))
    client.force_login(cast.owner)
    page = client.get("/connections/").content.decode()
    assert page.count(f"{words}, asked a moment ago") == 2
    ConnectionProbe.objects.update(told_at=timezone.now() - timedelta(minutes=30))
    assert "asked" not in client.get("/connections/").content.decode()
    assert read(timezone.now()).by_connection == {}


def test_it_asks_for_the_list_of_models_and_sends_no_text(two: list[Connection]) -> None:
    Connection.objects.filter(pk=two[1].pk).delete()
    with listening(lambda path: (200, {}, models("llama3.2:3b"))) as upstream:
        Connection.objects.filter(pk=two[0].pk).update(base_url=upstream.base_url, is_at_home=True)
        ask_due(seconds=30)
    assert [(method, path) for method, path, _ in upstream.hits] == [("GET", "/v1/models")]
    assert ConnectionProbe.objects.get().code == "ok"


def test_the_switch_is_off_until_who_looks_after_the_house_throws_it(
    cast: Cast, client: Client
) -> None:
    assert not Household.current().asks_providers
    Household.objects.update(zone="Europe/Berlin", week_starts_on=6)
    client.force_login(cast.owner)
    assert "sends no text" in client.get("/settings/household/").content.decode()
    client.post("/settings/household/", {**HOUSE, "asks_providers": "on"})
    assert Household.current().asks_providers
    assert AuditEntry.objects.get(verb="household.changed").details["asks_providers"] is True


def test_words_are_of_codes_that_a_test_has() -> None:
    assert set(PROBES) <= set(SENTENCES)
