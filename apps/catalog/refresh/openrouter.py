"""Reads OpenRouter's `GET /api/v1/models`: a list of models, prices per token as texts. A variant
is part of the id; a free one is taken only where the house's own list names it."""

from collections.abc import Collection
from datetime import UTC, date, datetime
from typing import Any

from apps.catalog.allow_list import Place
from apps.catalog.prices import FREE, Pricing
from apps.catalog.refresh import validate
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.validate import BadRow, PayloadError

PROVIDER = "openrouter"
PER_TOKEN = {
    "prompt": "prompt",
    "completion": "completion",
    "internal_reasoning": "reasoning",
    "input_cache_read": "input_cache_read",
    "input_cache_write": "input_cache_write",
    "input_cache_write_1h": "input_cache_write_1h",
    "audio": "audio",
    "audio_output": "audio_output",
    "image_output": "image_output",
}
PER_ONE = {"request": "request", "web_search": "web_search", "image": "image"}
ABILITIES = ("tools", "reasoning", "structured_outputs", "temperature")
MODALITIES = frozenset({"text", "image", "file", "audio", "video"})
EARLIEST, LATEST = 10**9, 4 * 10**9
FREE_ENDING = ":free"
TWICE, NOT_ON_THE_LIST = "named twice", "free, but not on this house’s list of free ones"
ROUTER = "a router or moving name, not a model"


def read(payload: Any, *, free: Collection[Place]) -> Said:
    rows = payload.get("data") if isinstance(payload, dict) else None
    if not isinstance(rows, list):
        raise PayloadError("This is not OpenRouter’s list: it has no models.")
    validate.fits(len(rows))
    said = Said(providers={PROVIDER}, rows=len(rows))
    seen: set[Place] = set()
    for row in rows:
        try:
            facts = validate.mapping(row)
            place = Place(PROVIDER, validate.identifier(facts.get("id")).lower())
        except BadRow:
            said.left_out["without an id"] += 1
            continue
        if place in seen:
            said.left_out[TWICE] += 1
            continue
        seen.add(place)
        _take(said, facts, place, is_free=place in free)
    return said


def _take(said: Said, facts: dict[str, Any], place: Place, *, is_free: bool) -> None:
    if place.upstream_id.endswith(FREE_ENDING) and not is_free:
        said.left_out[NOT_ON_THE_LIST] += 1
    elif place.upstream_id.startswith(("~", "openrouter/")) or _is_variable(facts):
        said.left_out[ROUTER] += 1
    else:
        try:
            said.offers.append(_offer(facts, is_free=is_free))
        except BadRow:
            said.unread.add(place)


def _is_variable(facts: dict[str, Any]) -> bool:
    """Routers have the price -1: whatever they choose costs."""
    pricing = facts.get("pricing")
    return isinstance(pricing, dict) and str(pricing.get("prompt")) == "-1"


def _offer(facts: dict[str, Any], *, is_free: bool) -> Offer:
    shape = validate.mapping(facts.get("architecture") or {})
    top = validate.mapping(facts.get("top_provider") or {})
    supported = facts.get("supported_parameters")
    told = set(validate.texts(supported)) if supported is not None else None
    return Offer(
        provider=PROVIDER,
        upstream_id=facts["id"],
        name=_name(validate.words(facts.get("name"))),
        pricing=dict(FREE) if is_free else read_pricing(facts.get("pricing")),
        context_length=validate.count(facts.get("context_length")),
        max_completion_tokens=validate.count(top.get("max_completion_tokens")),
        inputs=_modalities(shape.get("input_modalities")),
        outputs=_modalities(shape.get("output_modalities")),
        abilities={} if told is None else {one: one in told for one in ABILITIES},
        released_on=_created(facts.get("created")),
        knowledge_cutoff=validate.cutoff(facts.get("knowledge_cutoff")),
        open_weights=True if validate.words(facts.get("hugging_face_id")) else None,
        is_deprecated=False,
        expires_on=validate.day(facts.get("expiration_date")),
    )


def read_pricing(told: Any) -> Pricing | None:
    """None where all is zero: a price not told, unless the id is on the list of free ones."""
    base = _prices(validate.mapping(told))
    if "prompt" not in base or "completion" not in base:
        raise BadRow
    if not (base["prompt"] or base["completion"]):
        return None
    # A zero here says that there is no such price; only text is ever told to cost nothing.
    base = {key: value for key, value in base.items() if value or key in FREE}
    overrides = told.get("overrides") or []
    if not isinstance(overrides, list) or len(overrides) > validate.MOST_TIERS:
        raise BadRow
    found = [_override(validate.mapping(one)) for one in overrides]
    return {**base, "overrides": found} if found else base


def _override(told: dict[str, Any]) -> Pricing:
    when: Pricing = {}
    if told.get("min_prompt_tokens") is not None:
        when["min_prompt_tokens"] = validate.count(told["min_prompt_tokens"]) or 0
    for end in ("utc_start", "utc_end"):
        if told.get(end) is not None:
            when[end] = _hour(told[end])
    if not when or ("utc_start" in when) != ("utc_end" in when):
        raise BadRow
    return {**when, **_prices(told)}


def _prices(told: dict[str, Any]) -> Pricing:
    tokens = {
        ours: validate.price(told[theirs], factor=1_000_000)
        for theirs, ours in PER_TOKEN.items()
        if told.get(theirs) is not None
    }
    ones = {
        ours: validate.price(told[theirs], most=validate.DEAREST_ONE)
        for theirs, ours in PER_ONE.items()
        if told.get(theirs) is not None
    }
    return {**tokens, **ones}


def _hour(told: Any) -> str:
    text = str(told)
    if len(text) == 4 and text.isascii() and text.isdigit() and text < "2400" and text[2:] < "60":
        return text
    raise BadRow


def _modalities(told: Any) -> frozenset[str] | None:
    return None if told is None else frozenset(validate.texts(told)) & MODALITIES or None


def _created(told: Any) -> date | None:
    """Seconds since 1970, from 2001 on; anything else is no day."""
    is_time = isinstance(told, int) and EARLIEST < told < LATEST
    return datetime.fromtimestamp(told, UTC).date() if is_time else None


def _name(told: str | None) -> str | None:
    """`OpenAI: GPT-4o` is written GPT-4o, since its maker stands beside it; `(free)` is no name."""
    return told.split(": ", 1)[-1].removesuffix(" (free)").strip() or None if told else None
