"""What a start needs done once: see that the database belongs to these secrets, bring it up to
date, load the catalogue, pack the static files. Prints the one-time set-up link of a house without
an owner, else nothing; what goes wrong is said in one sentence on standard error."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from apps.accounts.check import WrongSecrets, check_secrets
from apps.core.static_files import pack
from apps.core.vault import VaultError


class Command(BaseCommand):
    help = "Prepares the database for a start (`manage.py up` runs it)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        with ThreadPoolExecutor(1) as beside:  # packing lets go of the interpreter's lock
            beside.submit(_pack)
            try:
                _refuse_unreachable()
                check_secrets()
                call_command("migrate", interactive=False, verbosity=0)
                check_secrets()  # a first start stores the check value only now
            except VaultError as problem:
                sys.exit(str(problem))
            call_command("load_catalog", verbosity=0)
        call_command("setup_link", stdout=self.stdout)


def _pack() -> None:
    """Where there is no room for packed files, browsers get them as they are."""
    with suppress(OSError):
        pack()


def _refuse_unreachable() -> None:
    """Asks without the pool, which would hide the reason behind a time-out."""
    try:
        psycopg.connect(**connection.get_connection_params(), connect_timeout=10).close()
    except psycopg.OperationalError as problem:
        words = str(problem).strip().splitlines()[-1]
        if "password authentication failed" in words and settings.DATABASE_IS_EMBEDDED:
            raise WrongSecrets(
                "The secrets file does not open the database in this data folder; put back the one "
                "that was made with it."
            ) from problem
        sys.exit(f"The database does not let the house in: {words}")
