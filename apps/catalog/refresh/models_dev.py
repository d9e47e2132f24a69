"""Reads models.dev's api.json: providers by id, each with its models by id, prices per million."""

from collections.abc import Mapping
from typing import Any

from apps.catalog.allow_list import Place
from apps.catalog.prices import Pricing
from apps.catalog.refresh import validate
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.validate import BadRow, PayloadError

KEYS = {
    "input": "prompt",
    "output": "completion",
    "reasoning": "reasoning",
    "cache_read": "input_cache_read",
    "cache_write": "input_cache_write",
    "input_audio": "audio",
    "output_audio": "audio_output",
}
ABILITIES = {
    "tool_call": "tools",
    "reasoning": "reasoning",
    "structured_output": "structured_outputs",
    "temperature": "temperature",
}
MODALITIES = {"pdf": "file"}
KNOWN_MODALITIES = frozenset({"text", "image", "file", "audio", "video"})
MOST_PROVIDERS = 2_000


def read(payload: Any, *, ours: Mapping[str, str]) -> Said:
    """`ours`: their id of a provider -> our slug; others are passed over."""
    if not isinstance(payload, dict):
        raise PayloadError("This is not models.dev’s list: it has no providers.")
    validate.fits(len(payload), most=MOST_PROVIDERS)
    said = Said()
    for theirs, provider in payload.items():
        models = provider.get("models") if isinstance(provider, dict) else None
        slug = ours.get(theirs)
        if slug is None or not isinstance(models, dict):
            continue
        said.rows += len(models)
        validate.fits(said.rows)
        said.providers.add(slug)
        for upstream_id, model in models.items():
            try:
                said.offers.append(_offer(slug, validate.identifier(upstream_id), model))
            except BadRow:
                said.unread.add(Place(slug, upstream_id.lower()))
    return said


def _offer(provider: str, upstream_id: str, model: Any) -> Offer:
    facts = validate.mapping(model)
    limit = validate.mapping(facts.get("limit") or {})
    modalities = validate.mapping(facts.get("modalities") or {})
    return Offer(
        provider=provider,
        upstream_id=upstream_id,
        name=validate.words(facts.get("name")),
        pricing=read_pricing(facts.get("cost")),
        context_length=validate.count(limit.get("context")),
        max_completion_tokens=validate.count(limit.get("output")),
        inputs=_modalities(modalities.get("input")),
        outputs=_modalities(modalities.get("output")),
        abilities={
            ours: told
            for theirs, ours in ABILITIES.items()
            if (told := validate.flag(facts.get(theirs))) is not None
        },
        released_on=validate.day(facts.get("release_date")),
        knowledge_cutoff=validate.cutoff(facts.get("knowledge")),
        open_weights=validate.flag(facts.get("open_weights")),
        is_deprecated=facts.get("status") == "deprecated",
    )


def read_pricing(cost: Any) -> Pricing | None:
    """None when unknown; 0/0 is unknown too, since here zero has five meanings."""
    if cost is None:
        return None
    base = _prices(validate.mapping(cost))
    if not (base.get("prompt") or base.get("completion")):
        return None
    if "prompt" not in base or "completion" not in base:
        raise BadRow
    tiers = _tiers(cost)
    return {**base, "overrides": tiers} if tiers else base


def _tiers(cost: Mapping[str, Any]) -> list[Pricing]:
    """The older field says the same with less: it is read only where `tiers` is missing."""
    told = cost.get("tiers") or []
    if not isinstance(told, list) or len(told) > validate.MOST_TIERS:
        raise BadRow
    found = []
    for one in told:
        tier = validate.mapping(validate.mapping(one).get("tier"))
        least = validate.count(tier.get("size"))
        if tier.get("type") == "context" and least:
            found.append({"min_prompt_tokens": least, **_prices(one)})
    older = cost.get("context_over_200k")
    if not found and older:
        found = [{"min_prompt_tokens": 200_000, **_prices(validate.mapping(older))}]
    return found


def _prices(cost: Mapping[str, Any]) -> Pricing:
    return {
        ours: validate.price(cost[theirs])
        for theirs, ours in KEYS.items()
        if cost.get(theirs) is not None
    }


def _modalities(told: Any) -> frozenset[str] | None:
    if told is None:
        return None
    found = (MODALITIES.get(one, one) for one in validate.texts(told))
    return frozenset(found) & KNOWN_MODALITIES or None
