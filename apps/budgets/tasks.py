"""What the worker does for budgets. Each may run twice, and at two places at once."""

import time
from collections.abc import Callable
from datetime import datetime

from celery import shared_task
from django.utils import timezone

from apps.budgets.alerts import tell_alerts
from apps.budgets.resets import open_windows, tell_resets
from apps.budgets.webhooks.sending import send_due

SLICE = 100
SECONDS = 20.0  # for each of its parts; the next minute goes on


@shared_task(name="apps.budgets.tasks.tick")
def tick() -> None:
    run(timezone.now())


@shared_task(name="apps.budgets.tasks.call_webhooks")
def call_webhooks() -> None:
    send_due(timezone.now())


def run(now: datetime) -> None:
    """Budgets that are due begin again, and those concerned hear of it and of what is used."""
    open_windows(now, seconds=SECONDS)
    _in_slices(tell_resets, now)
    _in_slices(tell_alerts, now)


def _in_slices(tell: Callable[..., int], now: datetime) -> None:
    stop = time.monotonic() + SECONDS
    while tell(now, most=SLICE) >= SLICE and time.monotonic() < stop:
        pass
