"""Whether the house's secrets belong to this database; a house with the wrong ones must not run."""

from django.conf import settings
from django.db import connection

from apps.accounts.models import Household
from apps.core.vault import VaultError


class WrongSecrets(VaultError):
    """The secrets file and the database do not belong together."""


def check_secrets() -> None:
    """Stores the check value on the first start; afterwards raises WrongSecrets when the secrets
    do not open it. A database without tables yet has nothing to check."""
    if Household._meta.db_table not in connection.introspection.table_names():
        return
    # Only this column: the check runs before the migrations of a new version do.
    unset = Household.objects.filter(check_value="")
    unset.update(check_value=settings.HOUSE_SECRETS.check_value())
    locked = Household.objects.values_list("check_value", flat=True).first()
    if locked is not None and not settings.HOUSE_SECRETS.opens(locked):
        raise WrongSecrets(
            "The secrets file does not belong to this database, so stored credentials and API "
            "keys would not open; put back the secrets file that was saved with it, or name it in "
            "GATEHOUSE_SECRETS_FILE."
        )
