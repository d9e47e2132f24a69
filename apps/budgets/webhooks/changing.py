"""A project's webhook: set up, and removed. Each in one transaction, with its line in the audit."""

from urllib.parse import urlsplit
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.budgets.models import AlertWebhook
from apps.budgets.webhooks.signing import new_secret
from apps.projects.models import Project


class AlreadySetUp(Exception):
    """By this form or another: the secret was shown then."""


def webhook_of(project: Project) -> AlertWebhook | None:
    return AlertWebhook.objects.filter(project=project, disabled_at=None).first()


def set_up(
    project: Project, url: str, *, actor: User, form_id: UUID | None = None
) -> tuple[AlertWebhook, str]:
    """The row, and its secret: show it once. Raises AlreadySetUp where there is one."""
    secret = new_secret()
    try:
        with transaction.atomic():
            webhook = AlertWebhook.objects.create(project=project, url=url, form_id=form_id)
            webhook.set_secret(secret)
            webhook.save(update_fields=["secret"])
            _note(webhook, "made", actor)
    except IntegrityError:
        raise AlreadySetUp from None
    return webhook, secret


@transaction.atomic
def remove(project: Project, *, actor: User) -> None:
    """What waits to be sent is dropped. Twice is as once."""
    for webhook in AlertWebhook.objects.select_for_update().filter(
        project=project, disabled_at=None
    ):
        webhook.disabled_at, webhook.secret = timezone.now(), ""
        webhook.save(update_fields=["disabled_at", "secret"])
        webhook.deliveries.update(next_at=None)
        _note(webhook, "removed", actor)


def _note(webhook: AlertWebhook, done: str, actor: User) -> None:
    """Its host alone: whoever knows the rest of such an address may often write to it."""
    host = urlsplit(webhook.url).hostname or ""
    record(
        actor=actor,
        verb=f"webhook.{done}",
        subject=f"Webhook of {webhook.project}",
        details={"host": host},
    )
