"""What the worker does for connections, every minute. It may run twice, and at two places at
once."""

from celery import shared_task

from apps.connections.asking import ask_due

SECONDS = 40.0


@shared_task(name="apps.connections.tasks.ask_providers")
def ask_providers() -> None:
    ask_due(seconds=SECONDS)
