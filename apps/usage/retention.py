"""Receipts are kept for as many months as the household says; sums for ever."""

import time
from calendar import monthrange
from datetime import UTC, datetime

import structlog
from django.db import connection, transaction

from apps.accounts.models import Household
from apps.core.alone import alone
from apps.usage.days import LOCK
from apps.usage.models import ReceiptMark

log = structlog.get_logger(__name__)

BATCH = 2000
ANY_OLDER = """
    SELECT EXISTS (
        SELECT 1 FROM usage_generation
         WHERE id < 'gen-' || (extract(epoch FROM %(before)s::timestamptz) * 1000)::bigint
           AND created_at < %(before)s AND closed_at IS NOT NULL)
"""


def kept_since() -> datetime | None:
    """All receipts of calls born at this moment or later are here; None where none ever went."""
    return ReceiptMark.objects.values_list("kept_since", flat=True).first()


def prune(now: datetime, *, seconds: float) -> int:
    """Batch by batch; what there is no time for, the next run removes. Returns how many went."""
    before = oldest_kept(now, Household.current().receipt_months)
    stop, removed = time.monotonic() + seconds, 0
    while gone := prune_batch(before):
        removed += gone
        if time.monotonic() >= stop:
            break
    if removed:
        log.info("receipts_removed", receipts=removed, before=before.isoformat())
    return removed


@transaction.atomic
def prune_batch(before: datetime, *, most: int = BATCH) -> int:
    """The mark moves with the first of them, and nobody rebuilds meanwhile: whoever compares
    receipts with sums never looks where some are gone."""
    if not alone(LOCK):
        return 0
    since = kept_since()
    with connection.cursor() as cursor:
        if since is None or since < before:
            cursor.execute(ANY_OLDER, {"before": before})
            if not cursor.fetchone()[0]:
                return 0
            ReceiptMark.objects.update_or_create(id=1, defaults={"kept_since": before})
        cursor.execute("SELECT recorder_prune(%s, %s)", [before, most])
        return int(cursor.fetchone()[0])


def oldest_kept(now: datetime, months: int) -> datetime:
    """The midnight (UTC) so many months ago; the last day of a month that is too short."""
    today = now.astimezone(UTC).date()
    years, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    day = min(today.day, monthrange(years, month + 1)[1])
    return datetime(years, month + 1, day, tzinfo=UTC)
