"""Guardrails → one routing policy. The strictest wins: lists intersect, switches are OR, the lowest
price binds, rules unite."""

from collections.abc import Sequence
from decimal import Decimal

from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Rail
from apps.guardrails.scrubbing import scrubbing_of
from apps.routing.types import Policy

NOTHING_ALLOWED = frozenset({""})  # matches no model: two lists that share none


def compiled(
    rails: Sequence[Guardrail | Rail],
    *,
    key_models: Sequence[str] = (),
    version: int = 0,
    accepted: frozenset[str] = frozenset(),
) -> Policy:
    """The rails of household, project, member and key, as far as there are such, merged with the
    key's list of models. Their order means nothing. A `Rail` is one that is not saved yet.
    `accepted`: terms of free endpoints that the caller's person has accepted."""
    facts = [rail if isinstance(rail, Rail) else Rail.of(rail) for rail in rails]
    return Policy(
        version=version,
        zero_retention=any(rail.zero_retention for rail in facts),
        no_training=any(rail.no_training for rail in facts),
        allowed_models=_shared([*(rail.allowed_models for rail in facts), tuple(key_models)]),
        denied_models=frozenset(slug for rail in facts for slug in rail.denied_models),
        allowed_providers=_shared([rail.allowed_providers for rail in facts]),
        denied_providers=frozenset(slug for rail in facts for slug in rail.denied_providers),
        only_free=any(rail.only_free for rail in facts),
        only_at_home=any(rail.only_at_home for rail in facts),
        max_prompt_price=_least([rail.max_prompt_price for rail in facts]),
        max_completion_price=_least([rail.max_completion_price for rail in facts]),
        scrubbing=scrubbing_of(
            tuple(rule for rail in facts for rule in rail.acting),
            blocks_media=any(rail.blocks_media for rail in facts),
        ),
        accepted=accepted,
    )


def _shared(lists: Sequence[Sequence[str]]) -> frozenset[str]:
    """What all non-empty lists share; empty where none restricts."""
    given = [frozenset(names) for names in lists if names]
    if not given:
        return frozenset()
    return frozenset.intersection(*given) or NOTHING_ALLOWED


def _least(prices: Sequence[Decimal | None]) -> Decimal | None:
    return min((price for price in prices if price is not None), default=None)
