"""`manage.py reset_password NAME`: a new password for one person, whose sessions end."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.accounts.notices import tell
from apps.accounts.passwords import check_password, read_password


class Command(BaseCommand):
    help = "Sets a new password for a person and signs them out everywhere."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="EMAIL", help="their e-mail address or user name")
        parser.add_argument("--password-file", metavar="F", help="- reads standard input")

    def handle(self, *, name: str, password_file: str | None, **options: Any) -> None:
        user = User.objects.named(name).first()
        if user is None:
            raise CommandError(f"Nobody here has the e-mail address or user name “{name}”.")
        password = read_password(password_file)
        check_password(password, user)
        with transaction.atomic():
            # A session carries a digest of the password's hash, so changing it ends them all.
            user.set_password(password)
            user.save(update_fields=["password"])
            record(actor=None, verb="password.reset", subject=str(user))
            tell(user, "Your password was set anew on the machine of the house.")
        self.stdout.write(f"{user} has a new password and is signed out everywhere.")
