"""`manage.py setup`: owner and first project without a browser."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from apps.accounts.claim import HouseTaken, has_owner
from apps.accounts.passwords import read_password
from apps.accounts.zone import machine_zone
from apps.projects.founding import found_house


class Command(BaseCommand):
    help = "Makes the owner and the first project of a fresh house."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--email", required=True, metavar="E")
        parser.add_argument("--name", default="", metavar="N", help="as others see the owner")
        parser.add_argument("--password-file", metavar="F", help="- reads standard input")
        parser.add_argument("--household", default="", metavar="NAME")
        parser.add_argument("--zone", default="", help="such as Europe/Berlin; else the machine's")

    def handle(
        self,
        *,
        email: str,
        name: str,
        password_file: str | None,
        household: str,
        zone: str,
        **options: Any,
    ) -> None:
        if has_owner():
            raise CommandError(TAKEN)
        try:
            owner = found_house(
                token=None,
                email=email,
                name=name,
                password=read_password(password_file),
                household_name=household,
                zone=zone or machine_zone(),
            )
        except HouseTaken:
            raise CommandError(TAKEN) from None
        except ValidationError as problem:
            raise CommandError(" ".join(problem.messages)) from problem
        self.stdout.write(f"{owner.email} is the owner of this house.")


TAKEN = "This house has an owner already. To let yourself in, use: manage.py reset_password EMAIL"
