"""The queue and the whole timetable of the house."""

import os
import warnings
from typing import Any

from celery import Celery
from celery.exceptions import SecurityWarning
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config.clock import add_clock


def _transport_options() -> dict[str, Any]:
    if not settings.CELERY_BROKER_URL.startswith("pgmq:"):
        return {"visibility_timeout": 150}
    return {
        "conn_string": settings.DATABASE.for_libpq(),
        "init_extension": False,
        # NOTIFY wakes the worker. A long poll of one queue would leave the other unread meanwhile.
        "use_notify": True,
        "wait_time_seconds": 0,
        "visibility_timeout": 150,
        "pool_size": 4,
    }


# It warns of root at length for fear of pickled messages; ours are JSON.
warnings.filterwarnings("ignore", category=SecurityWarning)
# Between the queue's client and its transport (pgmq 1.1.4, kombu 5.7.0); nothing of it is ours.
warnings.filterwarnings("ignore", message=r"list_queues\(\) now returns")

app = Celery("gatehouse")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_transport_options=_transport_options(),
    broker_connection_retry_on_startup=True,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=8,
    worker_hijack_root_logger=False,
    worker_send_task_events=False,
    timezone="UTC",
    beat_schedule={
        "sweep": {
            "task": "apps.gateway.tasks.sweep",
            "schedule": 5.0,
            "options": {"expires": 30},
        },
        "budgets": {
            "task": "apps.budgets.tasks.tick",
            "schedule": crontab(),
            "options": {"expires": 60},
        },
        "health": {
            "task": "apps.usage.tasks.count_health",
            "schedule": crontab(),
            "options": {"expires": 60},
        },
        "days": {
            "task": "apps.usage.tasks.close_days",
            "schedule": crontab(),
            "options": {"expires": 60},
        },
        "receipts": {
            "task": "apps.usage.tasks.prune_receipts",
            "schedule": crontab(minute="*/10"),
            "options": {"expires": 600},
        },
        "probes": {
            "task": "apps.connections.tasks.ask_providers",
            "schedule": crontab(),
            "options": {"expires": 60},
        },
        "webhooks": {
            "task": "apps.budgets.tasks.call_webhooks",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "reconcile": {
            "task": "apps.gateway.tasks.reconcile",
            "schedule": crontab(hour="2", minute="17"),
            "options": {"expires": 3600},
        },
        "catalogue": {
            "task": "apps.catalog.tasks.refresh",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
        "free endings": {
            "task": "apps.gateway.tasks.tell_endings",
            "schedule": crontab(minute="*/5"),
            "options": {"expires": 300},
        },
        "mail": {
            "task": "apps.accounts.tasks.send_mail",
            "schedule": 30.0,
            "options": {"expires": 30},
        },
    },
)
app.autodiscover_tasks()
add_clock(app)
