"""What a start needs done once in the database: see that it belongs to these secrets, bring it up
to date, load the catalogue. Prints the one-time set-up link of a house without an owner, else
nothing; what goes wrong is said in one sentence on standard error."""

import sys
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

from apps.accounts.models import Household


class Command(BaseCommand):
    help = "Prepares the database for a start (`manage.py up` runs it)."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_unreachable()
        _refuse_foreign_secrets()
        call_command("migrate", interactive=False, verbosity=0)
        _remember_secrets()
        call_command("load_catalog", verbosity=0)
        call_command("setup_link", stdout=self.stdout)


def _refuse_unreachable() -> None:
    """Asks without the pool, which would hide the reason behind a time-out."""
    try:
        psycopg.connect(**connection.get_connection_params(), connect_timeout=10).close()
    except psycopg.OperationalError as problem:
        words = str(problem).strip().splitlines()[-1]
        if "password authentication failed" in words and settings.DATABASE_IS_EMBEDDED:
            _refuse()
        sys.exit(f"The database does not let the house in: {words}")


def _refuse_foreign_secrets() -> None:
    if Household._meta.db_table not in connection.introspection.table_names():
        return  # a first start
    locked = Household.objects.values_list("check_value", flat=True).first()
    if locked and not settings.HOUSE_SECRETS.opens(locked):
        _refuse()


def _remember_secrets() -> None:
    Household.objects.filter(check_value="").update(
        check_value=settings.HOUSE_SECRETS.check_value()
    )


def _refuse() -> None:
    sys.exit(
        "The house's secrets do not open this database, so stored credentials and API keys would "
        "be lost; put back the secrets file it was made with, or name it with "
        "GATEHOUSE_SECRETS_FILE."
    )
