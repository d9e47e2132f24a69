"""The house's people without a browser."""

from pathlib import Path

import pytest
from django.core.management import CommandError
from django.test import Client

from apps.accounts.models import Household, User
from apps.projects.models import Project
from tests.cast import PASSWORD, Cast
from tests.commands import typed


@pytest.fixture
def password_file(tmp_path: Path) -> str:
    file = tmp_path / "password"
    file.write_text(f"{PASSWORD}\n")
    return str(file)


@pytest.mark.django_db
def test_setup_makes_owner_project_and_household(client: Client, password_file: str) -> None:
    words = ["--email", "o@house.example", "--password-file", password_file]
    more = ["--name", "Lea", "--household", "Our household", "--zone", "Europe/Lisbon"]
    typed("setup", *words, *more)
    household = Household.current()
    assert (household.name, household.zone) == ("Our household", "Europe/Lisbon")
    assert User.objects.get().name == "Lea"
    assert household.setup_step == ""  # who sets up by commands is led through no pages
    assert Project.objects.get().name == "Home"
    wish = {"login": "o@house.example", "password": PASSWORD}
    assert client.post("/accounts/login/", wish).status_code == 302
    with pytest.raises(CommandError, match="has an owner already"):
        typed("setup", *words)
    assert typed("setup_link") == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--email", "o@house.example", "--zone", "Mars/Olympus"], "is not a time zone"),
        (["--email", "nobody"], "valid email"),
    ],
)
def test_setup_names_what_will_not_do(password_file: str, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        typed("setup", *words, "--password-file", password_file)
    assert not User.objects.exists()


@pytest.mark.django_db
def test_setup_applies_the_password_rules(tmp_path: Path) -> None:
    (tmp_path / "weak").write_text("short\n")
    with pytest.raises(CommandError, match="too short"):
        typed("setup", "--email", "o@house.example", "--password-file", str(tmp_path / "weak"))


@pytest.mark.django_db
def test_a_password_file_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        typed("setup", "--email", "o@house.example", "--password-file", "/nowhere/at/all")


@pytest.mark.django_db
def test_setup_link_prints_the_link_alone() -> None:
    assert typed("setup_link").startswith("http://localhost:8000/setup/")


def test_reset_password_ends_the_sessions(cast: Cast, client: Client, tmp_path: Path) -> None:
    client.force_login(cast.member)
    assert client.get("/settings/").status_code == 200
    (tmp_path / "new").write_text("another lamp, another gate\n")
    typed("reset_password", "MEMBER@house.example", "--password-file", str(tmp_path / "new"))
    assert client.get("/settings/").status_code == 302
    wish = {"login": "member@house.example", "password": "another lamp, another gate"}
    assert client.post("/accounts/login/", wish).status_code == 302


def test_reset_password_knows_who_lives_here(cast: Cast, password_file: str) -> None:
    with pytest.raises(CommandError, match="Nobody here"):
        typed("reset_password", "nobody", "--password-file", password_file)
