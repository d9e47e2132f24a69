"""The first minute of a house: its owner and the first project, both or neither."""

from typing import Any

from django.db import transaction

from apps.accounts import claim
from apps.accounts.models import User
from apps.projects.models import Project

FIRST_PROJECT = "Home"


@transaction.atomic
def found_house(*, token: str | None, **owner_and_house: Any) -> User:
    """Takes what claim.claim takes. `token` None is for the machine itself, where whoever may run
    commands needs no link. Raises claim.HouseTaken or a ValidationError with sentences."""
    owner = claim.claim(token=token, **owner_and_house)
    Project.start(name=FIRST_PROJECT, owner=owner)
    return owner
