"""`manage.py seed_demo`: a house full of people and a year of their calls, to look at and to
measure."""

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from apps.accounts.claim import has_owner
from apps.accounts.models import User
from apps.accounts.passwords import read_password
from apps.gateway.demo_house.filling import NotEmpty, NothingSold, Wish, fill, look_back
from apps.gateway.demo_house.furnishing import NameTaken
from apps.projects.founding import found_house

EMAIL = "owner@house.example"
NAME = "The demonstration"
MOST = 50_000_000
TOLD_EVERY = 250_000


class Command(BaseCommand):
    help = "Fills a house that has no calls yet with people and a year of their calls."
    _told = 0

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--generations", type=int, default=20_000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="N", help="another year")
        parser.add_argument("--zone", default="Europe/Berlin", help="of a house without an owner")
        parser.add_argument(
            "--password-file",
            metavar="F",
            help="everybody's password; - reads standard input; without, one is made up",
        )

    def handle(
        self, *, generations: int, seed: int, zone: str, password_file: str | None, **options: Any
    ) -> None:
        if not 1 <= generations <= MOST:
            raise CommandError(f"--generations is a whole number from 1 to {MOST:,}.")
        password = read_password(password_file) if password_file else secrets.token_urlsafe(12)
        is_new = not has_owner()
        wish = Wish(generations, timezone.now(), seed)
        try:
            with transaction.atomic():
                fill(_owner(password, zone), password, wish, told=self._tell)
        except NotEmpty:
            raise CommandError(NOT_EMPTY) from None
        except NothingSold:
            raise CommandError(NOTHING_SOLD) from None
        except NameTaken as taken:
            raise CommandError(NAME_TAKEN.format(taken)) from None
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        look_back()
        self.stdout.write(f"{generations:,} calls of one year are in the books.")
        whose = f"{EMAIL} and everybody else" if is_new else "Everybody but you"
        self.stdout.write(f"{whose} signs in with: {password}")

    def _tell(self, written: int) -> None:
        """Millions take minutes."""
        if written // TOLD_EVERY > self._told:
            self._told = written // TOLD_EVERY
            self.stdout.write(f"{written:,} calls …")
            self.stdout.flush()


def _owner(password: str, zone: str) -> User:
    """The one this house has, or a new one."""
    if has_owner():
        return User.objects.filter(role=User.Role.OWNER).earliest("pk")
    return found_house(
        token=None, email=EMAIL, name="Owner", password=password, household_name=NAME, zone=zone
    )


NOT_EMPTY = (
    "This house has calls already, and nobody could tell them from the demonstration’s. Start "
    "one with another data folder (GATEHOUSE_DATA_DIR) and fill that."
)
NAME_TAKEN = (
    "{} lives in this house already, and the demonstration brings somebody of that name. Start one "
    "with another data folder (GATEHOUSE_DATA_DIR) and fill that."
)
NOTHING_SOLD = (
    "The catalogue has none of the models that the demonstration asks. Start the house once, "
    "which loads it."
)
