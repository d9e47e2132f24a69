"""`manage.py create_key`: the key alone on standard output."""

import pytest
from django.conf import settings
from django.core.management import CommandError

from apps.keys import tokens
from apps.keys.models import ApiKey
from tests.cast import Cast
from tests.commands import typed


def run(*words: str) -> str:
    return typed("create_key", "--name", "Scripts", *words)


def test_it_prints_the_key_and_nothing_else(cast: Cast) -> None:
    secret = run().removesuffix("\n")
    assert tokens.is_well_formed(secret)
    key = ApiKey.objects.get()
    assert bytes(key.digest) == settings.HOUSE_SECRETS.digest(secret)
    assert (key.owner, key.project, key.name) == (cast.owner, cast.project, "Scripts")


def test_it_makes_a_key_for_a_member(cast: Cast) -> None:
    run("--owner", "member@house.example", "--project", "home")
    assert ApiKey.objects.get().owner == cast.member


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--owner", "nobody@house.example"], "Nobody here"),
        (["--owner", "viewer@house.example"], "belongs to no project"),
        (["--project", "garden"], "their projects: home"),
    ],
)
def test_it_says_what_is_wrong(cast: Cast, words: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        run(*words)
    assert not ApiKey.objects.exists()


@pytest.mark.django_db
def test_a_house_without_owner_is_told_to_set_up_first() -> None:
    with pytest.raises(CommandError, match="manage.py setup"):
        run()
