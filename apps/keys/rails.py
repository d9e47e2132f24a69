"""A key's own guardrail: it can only be stricter than what binds the key anyway. Who looks after
the house and an admin of the project set it; the key's owner may make it stricter."""

from functools import partial

from django.db import models, transaction
from django.http import Http404

from apps.accounts.models import User
from apps.guardrails import changing
from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Rail
from apps.keys.models import ApiKey
from apps.projects.access import may_change


def rail_of(key: ApiKey) -> Guardrail:
    """The key's guardrail; one that nobody has set yet is not in the database."""
    return key.guardrail or Guardrail(covers=Guardrail.Covers.KEY)


@transaction.atomic
def save(key: ApiKey, rail: Rail, *, actor: User) -> list[str]:
    """As changing.save. Raises Http404 for whoever has nothing to do with the key."""
    held = ApiKey.objects.select_for_update(of=("self",)).for_user(actor).filter(pk=key.pk).first()
    if held is None:
        raise Http404
    guardrail = rail_of(held)
    if guardrail.pk is None:
        guardrail.save()
        held.guardrail = guardrail
        held.save(update_fields=["guardrail"])
    lines = changing.save(
        guardrail,
        rail,
        actor=actor,
        only_tighter=not may_change(actor, held.project_id),
        judge_anew=partial(_judge_anew, held.pk),
    )
    key.refresh_from_db()
    return lines


def _judge_anew(key_id: int) -> None:
    rows = ApiKey.objects.filter(pk=key_id)
    rows.update(policy_version=models.F("policy_version") + 1)
