"""What somebody who looks after the house says of its account at a provider: that zero retention is
agreed there. It counts for every call from then on, until it is taken back."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from apps.accounts import audit
from apps.accounts.models import Household, User
from apps.connections.models import Connection


@transaction.atomic
def attest(connection: Connection, *, note: str, on: date, by: User) -> None:
    """`on` is since when, `note` where it stands. The caller has checked that `by` may."""
    held = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    held.attested_on, held.attested_note = on, note
    held.attested_by, held.attested_at = by, timezone.now()
    _save(held, "connection.zero_retention_attested", by)


@transaction.atomic
def withdraw(connection: Connection, *, by: User) -> None:
    """A second time changes nothing."""
    held = Connection.objects.select_for_update(of=("self",)).get(pk=connection.pk)
    if held.attested_on is None:
        return
    held.forget_attestation()
    _save(held, "connection.zero_retention_withdrawn", by)


def _save(held: Connection, verb: str, by: User) -> None:
    held.save()
    audit.record(
        actor=by,
        verb=verb,
        subject=held.name,
        details={
            "provider": held.provider.slug,
            "since": held.attested_on.isoformat() if held.attested_on else "",
            "note": held.attested_note,
        },
    )
    Household.judge_anew()
