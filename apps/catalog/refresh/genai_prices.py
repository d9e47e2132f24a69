"""Reads genai-prices' data.json: providers with models, each with clauses that say which ids it
means, and prices per million. It lists no endpoints; it is asked what those that stand cost."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any

import re2

from apps.catalog.allow_list import Place
from apps.catalog.prices import Pricing
from apps.catalog.refresh import validate
from apps.catalog.refresh.offers import Offer, Said
from apps.catalog.refresh.validate import BadRow, Clock, PayloadError

KEYS = {
    "input_mtok": "prompt",
    "output_mtok": "completion",
    "output_reasoning_mtok": "reasoning",
    "cache_read_mtok": "input_cache_read",
    "cache_write_mtok": "input_cache_write",
    "cache_write_1h_mtok": "input_cache_write_1h",
    "input_audio_mtok": "audio",
    "output_audio_mtok": "audio_output",
    "output_image_mtok": "image_output",
}
PER_THOUSAND = {"web_searches_kcount": "web_search", "requests_kcount": "request"}
MOST_CLAUSES = 200  # of one model
DEEPEST = 8
LONGEST_PATTERN = 300
MOST_PRICES = 100  # of one model


def read(
    payload: Any, *, theirs: Mapping[str, str], asked: Collection[Place], day: date, clock: Clock
) -> Said:
    """`theirs`: our slug of a provider -> their id."""
    if not isinstance(payload, list):
        raise PayloadError("This is not genai-prices’ list: it has no providers.")
    lists = _models(payload)
    said = Said(rows=sum(map(len, lists.values())))
    for place in asked:
        models = lists.get(theirs.get(place.provider, ""))
        if models is None:
            continue
        clock.check()
        said.providers.add(place.provider)
        try:
            model = _find(models, place.upstream_id)
            pricing = read_pricing(model.get("prices"), day=day) if model else None
        except BadRow:
            said.unread.add(place)
            continue
        if model and pricing and (pricing["prompt"] or pricing["completion"]):
            is_deprecated = validate.flag(model.get("deprecated"))
            said.offers.append(
                Offer(*place, pricing=pricing, is_deprecated=True if is_deprecated else None)
            )
    return said


def _models(payload: list[Any]) -> dict[str, list[Any]]:
    validate.fits(len(payload))
    lists: dict[str, list[Any]] = {}
    rows = 0
    for provider in payload:
        if isinstance(provider, dict) and isinstance(provider.get("models"), list):
            rows += len(provider["models"])
            validate.fits(rows)
            lists.setdefault(str(provider.get("id")), provider["models"])
    return lists


def _find(models: list[Any], upstream_id: str) -> dict[str, Any] | None:
    """The first that means this id; one that makes no sense means none."""
    for model in models:
        try:
            facts = validate.mapping(model)
            if matches(facts.get("match"), upstream_id):
                return facts
        except BadRow:
            continue
    return None


def matches(clause: Any, text: str, *, depth: int = 0) -> bool:
    if depth > DEEPEST or not isinstance(clause, dict) or len(clause) != 1:
        raise BadRow
    ((kind, value),) = clause.items()
    if kind in ("or", "and"):
        if not isinstance(value, list) or len(value) > MOST_CLAUSES:
            raise BadRow
        found = (matches(one, text, depth=depth + 1) for one in value)
        return any(found) if kind == "or" else all(found)
    if not isinstance(value, str) or len(value) > LONGEST_PATTERN:
        raise BadRow
    wanted = value.lower()
    match kind:
        case "equals":
            return text == wanted
        case "starts_with":
            return text.startswith(wanted)
        case "ends_with":
            return text.endswith(wanted)
        case "contains":
            return wanted in text
        case "regex":
            return _pattern(value).search(text) is not None
    raise BadRow


def read_pricing(told: Any, *, day: date) -> Pricing | None:
    """None when prompt or completion has no price. In a list the last entry that holds wins."""
    if not isinstance(told, list):
        return _flat(validate.mapping(told))
    if len(told) > MOST_PRICES:
        raise BadRow
    base: Pricing | None = None
    hours: list[Pricing] = []
    for one in told:
        entry = validate.mapping(one)
        rule = validate.mapping(entry.get("constraint") or {})
        if "start_date" in rule and (validate.day(rule["start_date"]) or date.max) > day:
            continue
        pricing = _flat(validate.mapping(entry.get("prices")))
        if "start_time" in rule:
            hours += _at_hours(pricing, rule)
        elif pricing is not None:
            base, hours = pricing, []
    if base is None:
        return None
    overrides = [*base.pop("overrides", []), *hours]
    return {**base, "overrides": overrides} if overrides else base


def _at_hours(pricing: Pricing | None, rule: Mapping[str, Any]) -> list[Pricing]:
    if pricing is None:
        return []
    when = {"utc_start": _hour(rule.get("start_time")), "utc_end": _hour(rule.get("end_time"))}
    tiers = pricing.pop("overrides", [])
    return [{**when, **pricing}, *({**when, **tier} for tier in tiers)]


def _flat(prices: Mapping[str, Any]) -> Pricing | None:
    base: Pricing = {}
    tiers: dict[int, Pricing] = {}
    for theirs, ours in KEYS.items():
        value = prices.get(theirs)
        if isinstance(value, dict):
            told = value.get("tiers") or []
            if not isinstance(told, list) or len(told) > validate.MOST_TIERS:
                raise BadRow
            for tier in map(validate.mapping, told):
                start = validate.count(tier.get("start"))
                if start:
                    tiers.setdefault(start, {})[ours] = validate.price(tier.get("price"))
            value = value.get("base")
        if value is not None:
            base[ours] = validate.price(value)
    for theirs, ours in PER_THOUSAND.items():
        if prices.get(theirs) is not None:
            thousand = validate.price(prices[theirs], most=validate.DEAREST_ONE * 1000)
            base[ours] = thousand / 1000
    if "prompt" not in base or "completion" not in base:
        return None
    if tiers:
        base["overrides"] = [{"min_prompt_tokens": s, **tiers[s]} for s in sorted(tiers)]
    return base


def _hour(told: Any) -> str:
    """`16:30:00Z` is 1630."""
    try:
        moment = time.fromisoformat(told if isinstance(told, str) else "")
    except ValueError:
        raise BadRow from None
    if moment.tzinfo is not None:
        moment = datetime.combine(date(2026, 1, 1), moment).astimezone(UTC).time()
    return f"{moment:%H%M}"


@lru_cache(maxsize=1000)
def _pattern(text: str) -> Any:
    options = re2.Options()
    options.log_errors, options.max_mem = False, 1 << 20
    try:
        return re2.compile(text, options=options)
    except re2.error:
        raise BadRow from None
