"""Asks OpenRouter for its public rankings, which it tells whoever has an account there: with the
key of the house's own, and at its own address alone."""

from apps.catalog.models import ElsewhereState
from apps.catalog.refresh import rankings
from apps.catalog.refresh.fetching import OpenClient, fetch, guarded
from apps.catalog.refresh.openrouter import PROVIDER
from apps.catalog.refresh.validate import Clock, PayloadError
from apps.connections.models import Connection

NO_ACCOUNT = (
    "OpenRouter tells its rankings only to accounts of its own, and this house has none connected. "
    "Fetch the list elsewhere and take it as a file."
)


def account() -> Connection | None:
    """The first whose key would go to OpenRouter itself."""
    found = Connection.objects.enabled().filter(provider__slug=PROVIDER).exclude(credential="")
    return next((one for one in found if one.leads_to(rankings.ADDRESS) and one.key_opens), None)


def ask(*, open_client: OpenClient = guarded) -> ElsewhereState:
    """Raises PayloadError."""
    connection = account()
    if connection is None:
        raise PayloadError(NO_ACCOUNT)
    headers = {"Authorization": f"Bearer {connection.open_credential()}"}
    clock = Clock(rankings.MOST_SECONDS)
    return rankings.take(
        fetch(rankings.ADDRESS, clock=clock, open_client=open_client, headers=headers)
    )
