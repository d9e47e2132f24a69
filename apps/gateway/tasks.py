"""What the worker does for the gateway, every few seconds and every night. Each may run twice."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from apps.gateway import endings
from apps.gateway import reconcile as books

WORKER_SEEN = "worker_seen"
BATCH = 500
MOST_BATCHES = 20


@shared_task(name="apps.gateway.tasks.sweep")
def sweep() -> None:
    """Closes what dead web processes left open; many are closed over several ticks."""
    cache.set(WORKER_SEEN, True, timeout=60)
    with connection.cursor() as cursor:
        for _ in range(MOST_BATCHES):
            cursor.execute("SELECT gateway_sweep(%s)", [BATCH])
            if cursor.fetchone()[0] < BATCH:
                return


@shared_task(name="apps.gateway.tasks.reconcile")
def reconcile() -> None:
    """Reads only; what differs is told until somebody has read it."""
    books.tell_house(books.reconcile_by_night(timezone.now()))


@shared_task(name="apps.gateway.tasks.tell_endings")
def tell_endings() -> None:
    """Those who used a free model that is gone."""
    endings.tell_when_changed(timezone.now())
