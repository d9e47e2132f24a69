"""Whether the house's secrets belong to this database; a house with the wrong ones must not run."""

from django.conf import settings
from django.db import connection, transaction

from apps.accounts.models import Household
from apps.core.vault import VaultError


class WrongSecrets(VaultError):
    """The secrets file and the database do not belong together."""


def check_secrets() -> None:
    """Stores the check value on the first start; afterwards raises WrongSecrets when the secrets
    do not open it. A database without tables yet has nothing to check."""
    if Household._meta.db_table not in connection.introspection.table_names():
        return
    with transaction.atomic():
        household = Household.current(lock=True)
        if not household.check_value:
            household.check_value = settings.HOUSE_SECRETS.check_value()
            household.save(update_fields=["check_value"])
        elif not settings.HOUSE_SECRETS.opens(household.check_value):
            raise WrongSecrets(
                "The secrets file does not belong to this database, so stored credentials and API "
                "keys would not open. Put back the secrets file that was saved with it, or name "
                "it in GATEHOUSE_SECRETS_FILE."
            )
