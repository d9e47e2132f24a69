"""How a key comes to be and is switched off, on and deleted, each with its line in the audit."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.keys.models import ApiKey
from apps.projects.models import Project


@transaction.atomic
def make_key(
    *,
    project: Project,
    owner: User,
    name: str,
    actor: User | None,
    expires_at: datetime | None = None,
    app_name: str = "",
) -> tuple[ApiKey, str]:
    """The row, and the key itself: show it once, it is nowhere else. The caller has checked that
    `owner` may make calls in `project`."""
    key, secret = ApiKey.mint(
        project=project, owner=owner, name=name, expires_at=expires_at, app_name=app_name
    )
    _record(key, "key.created", actor)
    return key, secret


@transaction.atomic
def switch_off(key: ApiKey, *, actor: User) -> None:
    key.disabled_at = key.disabled_at or timezone.now()
    key.save(update_fields=["disabled_at"])
    _record(key, "key.switched_off", actor)


@transaction.atomic
def switch_on(key: ApiKey, *, actor: User) -> None:
    key.disabled_at = None
    key.save(update_fields=["disabled_at"])
    _record(key, "key.switched_on", actor)


@transaction.atomic
def delete(key: ApiKey, *, actor: User) -> None:
    """For good. The row stays for the receipts that name it."""
    key.revoke()
    _record(key, "key.deleted", actor)


def _record(key: ApiKey, verb: str, actor: User | None) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=key.name,
        details={"key": key.label, "project": key.project.slug, "owner": str(key.owner)},
    )
