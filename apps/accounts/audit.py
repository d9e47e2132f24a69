"""Who did what, on what. Writes only; secret values never come here."""

from typing import Any

from django.contrib.auth.models import AnonymousUser

from apps.accounts.models import AuditEntry, User


def record(
    *,
    actor: User | AnonymousUser | None,
    verb: str,
    subject: str,
    details: dict[str, Any] | None = None,
    address: str | None = None,
) -> None:
    """`verb` is `noun.participle`, such as `key.created`. `actor` None is a command on the
    machine."""
    AuditEntry.objects.create(
        actor=actor if isinstance(actor, User) else None,
        verb=verb,
        subject=subject[:200],
        details=details or {},
        address=address or None,
    )
