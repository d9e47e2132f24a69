"""A house with the wrong secrets must not run."""

import dataclasses
import os

import pytest
from pytest_django import Settings

from apps.accounts.check import WrongSecrets, check_secrets
from apps.accounts.models import Household


@pytest.mark.django_db
def test_the_first_start_stores_what_later_starts_compare() -> None:
    check_secrets()
    stored = Household.current().check_value
    check_secrets()
    assert stored
    assert Household.current().check_value == stored


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change", [{"encryption": {"v1": os.urandom(32)}}, {"key_pepper": "another pepper"}]
)
def test_other_secrets_are_refused(settings: Settings, change: dict[str, object]) -> None:
    check_secrets()
    settings.HOUSE_SECRETS = dataclasses.replace(settings.HOUSE_SECRETS, **change)
    with pytest.raises(WrongSecrets, match="does not belong to this database"):
        check_secrets()


@pytest.mark.django_db
def test_a_newer_encryption_key_beside_the_old_one_is_fine(settings: Settings) -> None:
    check_secrets()
    ring = {**settings.HOUSE_SECRETS.encryption, "v2": os.urandom(32)}
    settings.HOUSE_SECRETS = dataclasses.replace(settings.HOUSE_SECRETS, encryption=ring)
    check_secrets()
