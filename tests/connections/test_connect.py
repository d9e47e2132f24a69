"""`manage.py connect`, as people type it."""

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from apps.catalog.models import Provider
from apps.connections.models import Connection
from tests.commands import typed
from tests.core.listener import listening, models

pytestmark = pytest.mark.django_db
KEY = "sk-secret-0123456789"
MODELS = models("llama3.2:3b")


def connect(*words: str) -> str:
    return typed("connect", *words)


@pytest.fixture
def key_file(tmp_path: Path) -> str:
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    return str(file)


def test_it_saves_tests_and_prints_the_models_as_they_are_called(key_file: str) -> None:
    with listening(lambda path: (200, {}, MODELS)) as upstream:
        out = connect(
            "custom", "--base-url", upstream.base_url, "--api-key-file", key_file, "--at-home"
        )
        assert upstream.headers("authorization") == [f"Bearer {KEY}"]
    assert "answers and lists 1 model." in out
    assert "\n  custom/llama3.2-3b\n" in out
    assert KEY not in out
    assert Connection.objects.get(provider__slug="custom").open_credential() == KEY


def test_doing_it_again_keeps_address_and_switch_where_none_is_given(key_file: str) -> None:
    with listening(lambda path: (200, {}, MODELS)) as upstream:
        connect("custom", "--base-url", upstream.base_url, "--at-home")
        connect("custom", "--api-key-file", key_file)
        assert upstream.headers("authorization") == [f"Bearer {KEY}"]
    assert Connection.objects.get(provider__slug="custom").is_at_home


def test_a_failed_test_is_told_by_its_exit_code_and_the_connection_stays(
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = io.StringIO()
    with listening(lambda path: (401, {}, b"{}")) as upstream, pytest.raises(SystemExit) as end:
        words = ["custom", "--base-url", upstream.base_url, "--at-home"]
        call_command("connect", *words, stdout=out)
    assert end.value.code == 2
    assert "wants a key" in out.getvalue()
    assert Connection.objects.get(provider__slug="custom").test_code == "keyless"


def test_a_private_address_without_the_switch_says_which_switch() -> None:
    with listening() as upstream, pytest.raises(CommandError, match="--at-home"):
        connect("custom", "--base-url", upstream.base_url)
    assert upstream.touched == 0
    assert not Connection.objects.filter(provider__slug="custom").exists()


def test_an_unknown_provider_gets_a_guess() -> None:
    Provider.objects.create(slug="openrouter", name="OpenRouter")
    with pytest.raises(CommandError, match="did you mean openrouter"):
        connect("open-router")
    with pytest.raises(CommandError, match="use custom"):
        connect("zzzz")


def test_a_provider_without_an_address_asks_for_one() -> None:
    with pytest.raises(CommandError, match="--base-url"):
        connect("custom")


def test_a_second_place_needs_a_name_of_its_own() -> None:
    with listening(lambda path: (200, {}, MODELS)) as one, listening() as other:
        connect("custom", "--base-url", one.base_url, "--at-home")
        with pytest.raises(CommandError, match="--name"):
            connect("custom", "--base-url", other.base_url, "--at-home")
        assert other.touched == 0
        connect("custom", "--base-url", one.base_url, "--at-home", "--name", "Second")
    assert Connection.objects.filter(provider__slug="custom").count() == 2


def test_moving_a_connection_says_that_its_key_is_gone(key_file: str) -> None:
    with (
        listening(lambda path: (200, {}, MODELS)) as one,
        listening(lambda path: (200, {}, MODELS)) as other,
    ):
        connect("custom", "--base-url", one.base_url, "--at-home", "--api-key-file", key_file)
        out = connect("custom", "--base-url", other.base_url, "--at-home", "--name", "Custom")
        assert "The stored key was removed" in out
        assert other.headers("authorization") == []


@pytest.mark.parametrize("content", [b"", b"  \n", b"\xff\xfe"])
def test_a_key_file_without_a_key_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)
    with pytest.raises(CommandError, match="holds no key"):
        connect("custom", "--base-url", "https://a.example", "--api-key-file", str(file))


def test_a_key_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        connect("custom", "--base-url", "https://a.example", "--api-key-file", str(tmp_path / "no"))
