"""What the worker does for people, every half minute. It may run twice."""

from celery import shared_task
from django.utils import timezone

from apps.accounts.letters import send_due


@shared_task(name="apps.accounts.tasks.send_mail")
def send_mail() -> None:
    """What a slow mail server leaves is sent by the next one."""
    send_due(timezone.now())
