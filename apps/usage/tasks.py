"""What the worker does with the calls that ended. Each may run twice, and at two places at once."""

from celery import shared_task
from django.utils import timezone

from apps.usage import days, retention
from apps.usage.health import counting

SECONDS = 40.0


@shared_task(name="apps.usage.tasks.count_health")
def count_health() -> None:
    counting.count(seconds=SECONDS)
    counting.prune(timezone.now())


@shared_task(name="apps.usage.tasks.close_days")
def close_days() -> None:
    days.close(seconds=SECONDS)


@shared_task(name="apps.usage.tasks.prune_receipts")
def prune_receipts() -> None:
    retention.prune(timezone.now(), seconds=SECONDS)
