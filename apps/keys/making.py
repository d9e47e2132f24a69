"""How a key comes to be, changes, is rolled, frozen, switched off and deleted, each with its line
in the audit. What a running process must not go on believing of a key raises its policy version."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.audit import record
from apps.accounts.models import User
from apps.accounts.notices import tell
from apps.keys.models import ApiKey
from apps.projects.models import Project


class Rules(NamedTuple):
    """What its owner may set of a key; no models are all that the project allows."""

    name: str
    app_name: str = ""
    expires_at: datetime | None = None
    allowed_models: tuple[str, ...] = ()
    requests_per_minute: int | None = None
    max_in_flight: int | None = None
    fit_always: bool = False
    is_front_end: bool = False

    def as_fields(self) -> dict[str, Any]:
        return {**self._asdict(), "allowed_models": list(self.allowed_models)}


TOLD = {
    "key.changed": "changed",
    "key.rolled": "gave a new secret to",
    "key.old_ended": "ended the old secret of",
    "key.frozen": "froze",
    "key.thawed": "thawed",
    "key.trusted": "now trusts the app that has",
    "key.not_trusted": "no longer trusts the app that has",
    "key.switched_off": "switched off",
    "key.switched_on": "switched on",
    "key.deleted": "deleted",
}


class AlreadyShown(Exception):
    """The secret that this form asked for was made and shown before."""


def make_key(
    rules: Rules,
    *,
    project: Project,
    owner: User,
    actor: User | None,
    form_id: UUID | None = None,
) -> tuple[ApiKey, str]:
    """The row, and the key itself: show it once, it is nowhere else. The caller has checked that
    `owner` may make calls in `project`. Raises AlreadyShown where this form made one before."""
    fields = rules.as_fields()
    try:
        with transaction.atomic():
            key, secret = ApiKey.mint(project=project, owner=owner, form_id=form_id, **fields)
            _record(key, "key.created", actor)
            if key.is_front_end:
                _record(key, "key.trusted", actor)
    except IntegrityError:
        raise AlreadyShown from None
    return key, secret


@transaction.atomic
def change(key: ApiKey, rules: Rules, *, actor: User) -> None:
    """Calls that are already running end under the rules they began with."""
    held = _held(key)
    trusted_before = held.is_front_end
    for field, value in rules.as_fields().items():
        setattr(held, field, value)
    held.policy_version += 1
    held.save()
    _record(held, "key.changed", actor)
    if held.is_front_end != trusted_before:
        _record(held, "key.trusted" if held.is_front_end else "key.not_trusted", actor)


@transaction.atomic
def roll(key: ApiKey, *, seen: str, grace: timedelta, actor: User) -> str:
    """A new secret for the same key; the one before works for `grace` more, and one before that no
    longer. `seen` is the label that was to be replaced: raises AlreadyShown where another stands
    there by now."""
    held = _held(key)
    if held.label != seen:
        raise AlreadyShown
    now = timezone.now()
    held.old_digest, held.old_last_four = held.digest, held.last_four
    held.old_ends_at = now + grace
    if not grace:
        _drop_old(held)
    secret = held.renew()
    held.policy_version += 1
    held.save()
    key.refresh_from_db()
    _record(held, "key.rolled", actor, {"before": seen, "hours": str(grace // timedelta(hours=1))})
    return secret


@transaction.atomic
def end_old(key: ApiKey, *, actor: User) -> None:
    """The secret before the last roll stops now; a second time changes nothing."""
    held = _held(key)
    if held.old_digest is None:
        return
    _record(held, "key.old_ended", actor, {"before": held.old_label})
    _drop_old(held)
    held.policy_version += 1
    held.save()


@transaction.atomic
def freeze(key: ApiKey, *, actor: User | None) -> bool:
    """Stops it at once: unlike one that is switched off, its running calls end as well. False where
    that was done before."""
    held = _held(key)
    if held.frozen_at:
        return False
    held.frozen_at, held.frozen_by = timezone.now(), actor
    held.policy_version += 1
    held.save()
    _record(held, "key.frozen", actor)
    return True


@transaction.atomic
def thaw(key: ApiKey, *, actor: User | None) -> bool:
    held = _held(key)
    if not held.frozen_at:
        return False
    held.frozen_at = held.frozen_by = None
    held.policy_version += 1
    held.save()
    _record(held, "key.thawed", actor)
    return True


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


def _held(key: ApiKey) -> ApiKey:
    """The row as it stands now, kept from everybody else until the end."""
    rows = ApiKey.objects.select_for_update(of=("self",)).select_related("project", "owner")
    return rows.get(pk=key.pk)


def _drop_old(key: ApiKey) -> None:
    key.old_digest, key.old_last_four, key.old_ends_at = None, "", None


def _record(key: ApiKey, verb: str, actor: User | None, more: dict[str, str] | None = None) -> None:
    record(
        actor=actor,
        verb=verb,
        subject=key.name,
        details={
            "key": key.label,
            "project": key.project.slug,
            "owner": str(key.owner),
            **(more or {}),
        },
    )
    _tell_owner(key, verb, actor)


def _tell_owner(key: ApiKey, verb: str, actor: User | None) -> None:
    """What somebody else does to one's key is said to one."""
    if actor is None or actor.pk == key.owner_id or verb not in TOLD:
        return
    link = "" if key.revoked_at else reverse("keys:detail", args=[key.pk])
    tell(key.owner, f"{actor} {TOLD[verb]} your key “{key.name}”.", link=link)
