"""What the worker does for the gateway, every few seconds. Both may run twice."""

from celery import shared_task
from django.core.cache import cache
from django.db import connection

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
