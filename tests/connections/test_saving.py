"""A connection leads where its owner said, and its key goes nowhere else."""

import socket

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from apps.accounts.models import AuditEntry, User
from apps.catalog.models import Author, Endpoint, LanguageModel, Provider, Source
from apps.connections import discovery, probe, saving
from apps.connections.models import Connection
from apps.connections.saving import save_connection
from tests.core.listener import listening

pytestmark = pytest.mark.django_db
KEY = "sk-secret-0123456789"


def public(host: str, port: int) -> list[str]:
    return ["8.8.8.8"]


def custom() -> Provider:
    return Provider.objects.get(slug="custom")


def save(base_url: str = "https://api.example.com/v1", **changes: object) -> Connection:
    facts: dict[str, object] = {
        "name": "Mine",
        "base_url": base_url,
        "credential": KEY,
        "at_home": False,
        "by": None,
        "resolver": public,
    }
    return save_connection(custom(), **{**facts, **changes})  # type: ignore[arg-type]


def test_the_key_is_stored_locked_and_only_its_end_is_shown() -> None:
    connection = Connection.objects.get(pk=save().pk)
    assert KEY not in str(Connection.objects.values().get(pk=connection.pk))
    assert connection.credential_last_four == "6789"
    assert connection.open_credential() == KEY


def test_saving_again_by_name_changes_the_same_connection_and_keeps_the_key() -> None:
    first = save()
    again = save("https://api.example.com/v2/", credential=None)
    assert (again.pk, again.base_url) == (first.pk, "https://api.example.com/v2")
    assert again.open_credential() == KEY
    assert save("", credential="").base_url == "https://api.example.com/v2"
    assert Connection.objects.get(pk=first.pk).credential == ""


@pytest.mark.parametrize(
    "elsewhere",
    [
        "http://api.example.com/v1",
        "https://api.example.com:8443/v1",
        "https://api.example.org/v1",
        "https://api.example.com.evil.example/v1",
    ],
)
def test_another_scheme_port_or_host_clears_the_key(elsewhere: str) -> None:
    save()
    assert save(elsewhere, credential=None).credential == ""


def test_a_stored_key_never_reaches_a_new_address() -> None:
    with listening() as ours, listening() as theirs:
        here, there = (place.base_url for place in (ours, theirs))
        probe.test(save(here, at_home=True))
        probe.test(save(there, at_home=True, credential=None))
        assert ours.headers("authorization") == [f"Bearer {KEY}"]
        assert theirs.paths == ["/v1/models"]
        assert theirs.headers("authorization") == []


def test_models_of_the_old_address_are_no_longer_listed_after_a_move() -> None:
    connection = save()
    discovery.absorb(connection, probe.TestResult("ok", "", models=["old"]))
    moved = save("https://other.example/v1", credential=None)
    assert (moved.reported_models, moved.test_code, moved.tested_at) == ([], "", None)
    assert not Endpoint.objects.get(own_link__connection=moved).is_listed


@pytest.mark.parametrize(
    "url",
    [
        "ftp://api.example.com",
        "https://user:word@api.example.com/v1",
        "https://api.example.com/v1?key=1",
        "https://2130706433/v1",
        "https://10.0.0.1/v1",
        "https://169.254.169.254/v1",
        "unix:demo",
        f"https://api.example.com/{'x' * 300}",
    ],
)
def test_an_address_the_house_never_calls_is_not_saved(url: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save(url)
    assert "base_url" in refused.value.message_dict
    assert not Connection.objects.filter(name="Mine").exists()


def test_home_addresses_need_the_switch_and_never_include_the_house_itself() -> None:
    with pytest.raises(ValidationError, match="runs at home"):
        save("http://127.0.0.1:11434/v1")
    assert save("http://127.0.0.1:11434/v1", at_home=True).is_at_home
    with pytest.raises(ValidationError, match="the house itself"):
        save(f"http://127.0.0.1:{settings.GATEHOUSE_PORT}/v1", at_home=True)
    with pytest.raises(ValidationError, match="never called"):
        save("http://169.254.169.254/v1", at_home=True)


def test_a_name_that_leads_home_needs_the_switch_too() -> None:
    def home(host: str, port: int) -> list[str]:
        return ["192.168.1.20"]

    with pytest.raises(ValidationError, match="runs at home"):
        save("http://ollama.example:11434/v1", resolver=home)
    assert save("http://ollama.example:11434/v1", resolver=home, at_home=True).pk


def test_a_name_nobody_knows_yet_is_saved() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    assert save(resolver=unknown).pk


def test_the_address_of_one_request_is_shortened_to_the_base_of_all() -> None:
    assert save("https://a.example/v1/chat/completions").base_url == "https://a.example/v1"
    assert save("https://a.example/v1/models/").base_url == "https://a.example/v1"


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "kéy", "x\r\nHost: y", "a" * 10_001])
def test_a_key_that_could_not_be_sent_is_not_saved(key: str) -> None:
    with pytest.raises(ValidationError) as refused:
        save(credential=key)
    assert key not in str(refused.value)


def test_a_provider_without_an_address_says_that_one_is_needed() -> None:
    azure = Provider.objects.create(slug="azure", name="Azure")
    facts = {"base_url": "", "credential": None, "at_home": False, "by": None}
    with pytest.raises(ValidationError, match="--base-url"):
        save_connection(azure, "Azure", **facts)  # type: ignore[arg-type]


def test_a_provider_from_the_catalogue_brings_its_address_and_an_admins_value_wins() -> None:
    openai = Provider.objects.create(slug="openai", name="OpenAI", base_url="https://a.example/v1")
    facts = {"base_url": "", "credential": KEY, "at_home": False, "by": None, "resolver": public}
    assert save_connection(openai, "One", **facts).base_url == "https://a.example/v1"  # type: ignore[arg-type]
    openai.overrides = {"base_url": "https://b.example/v1"}
    assert save_connection(openai, "Two", **facts).base_url == "https://b.example/v1"  # type: ignore[arg-type]


def test_the_demonstration_cannot_be_pointed_elsewhere() -> None:
    gatehouse = Provider.objects.get(slug="gatehouse")
    facts = {"base_url": "https://a.example", "credential": None, "at_home": False, "by": None}
    with pytest.raises(ValidationError):
        save_connection(gatehouse, "Demo model", **facts)  # type: ignore[arg-type]


def test_every_change_is_in_the_audit_log_without_the_key() -> None:
    owner = User.objects.create_user(email="owner@example.com", role=User.Role.OWNER)
    connection = save(by=owner)
    saving.switch(connection, on=False, by=owner)
    saving.remove(connection, by=owner)
    entries = list(AuditEntry.objects.filter(actor=owner).order_by("id"))
    assert [entry.verb for entry in entries] == [
        "connection.created",
        "connection.switched_off",
        "connection.removed",
    ]
    assert KEY not in str([entry.details for entry in entries])


def test_removing_takes_the_connections_own_models_and_leaves_the_catalogues() -> None:
    author = Author.objects.create(slug="openai", name="OpenAI")
    shared = LanguageModel.objects.create(slug="openai/gpt-oss", author=author, name="GPT OSS")
    connection = save()
    models = ["llama3", "openai/gpt-oss"]
    discovery.absorb(connection, probe.TestResult("ok", "", models=models))
    assert LanguageModel.objects.filter(source=Source.OWN, slug="mine/llama3").exists()
    saving.remove(connection, by=None)
    assert not Author.objects.filter(slug="mine").exists()
    assert not Endpoint.objects.exclude(provider__slug="gatehouse").exists()
    assert LanguageModel.objects.filter(pk=shared.pk).exists()
