"""`manage.py create_key`: the key alone on standard output."""

from decimal import Decimal

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


def test_it_gives_the_key_a_budget_of_its_own(cast: Cast) -> None:
    run("--limit-usd", "1.50", "--interval", "daily")
    budget = ApiKey.objects.get().budgets.get()
    assert (budget.name, budget.limit_usd, budget.interval) == ("Scripts", Decimal("1.5"), "daily")
    assert (budget.covers, budget.project) == ("keys", cast.project)
    assert budget.windows.get().limit_usd == Decimal("1.5")


def test_a_limit_without_an_interval_is_monthly_and_no_limit_no_budget(cast: Cast) -> None:
    run("--limit-usd", "0")
    assert ApiKey.objects.get().budgets.get().interval == "monthly"
    run()
    assert not ApiKey.objects.filter(budgets=None).get().budgets.exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--limit-usd", "lots"], "such as 5 or 1.50"),
        (["--limit-usd=-1"], "below zero"),
        (["--interval", "daily"], "add --limit-usd"),
        (["--limit-usd", "1", "--interval", "hourly"], "invalid choice"),
    ],
)
def test_a_wrong_limit_makes_no_key(cast: Cast, words: list[str], told: str) -> None:
    with pytest.raises(CommandError, match=told):
        run(*words)
    assert not ApiKey.objects.exists()
