"""What the worker does with the calls that ended, every minute. It may run twice, and at two
places at once."""

from celery import shared_task
from django.utils import timezone

from apps.usage.health import counting

SECONDS = 40.0


@shared_task(name="apps.usage.tasks.count_health")
def count_health() -> None:
    counting.count(seconds=SECONDS)
    counting.prune(timezone.now())
