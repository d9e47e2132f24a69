"""Guardrail rows → one routing policy. Strictest wins: lists intersect, switches are OR."""

from apps.guardrails.models import Guardrail
from apps.routing.types import Policy

NOTHING_ALLOWED = frozenset({""})  # matches no model: two lists that share none


def compiled(
    *, floor: Guardrail | None, own: Guardrail | None, key_models: list[str], version: int
) -> Policy:
    """The household's floor, the project's own rail and the key's list of models, merged."""
    rails = [rail for rail in (floor, own) if rail is not None]
    return Policy(
        version=version,
        zero_retention=any(rail.zero_retention for rail in rails),
        no_training=any(rail.no_training for rail in rails),
        allowed_models=_shared([*(rail.allowed_models for rail in rails), key_models]),
        denied_models=frozenset(slug for rail in rails for slug in rail.denied_models),
        allowed_providers=_shared([rail.allowed_providers for rail in rails]),
        denied_providers=frozenset(slug for rail in rails for slug in rail.denied_providers),
        only_free=any(rail.only_free for rail in rails),
        only_at_home=any(rail.only_at_home for rail in rails),
    )


def _shared(lists: list[list[str]]) -> frozenset[str]:
    """What all non-empty lists share; empty where none restricts."""
    given = [frozenset(names) for names in lists if names]
    if not given:
        return frozenset()
    return frozenset.intersection(*given) or NOTHING_ALLOWED
