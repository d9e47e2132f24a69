"""A receipt as a page reads it: every fact of one call, tolerant of details already pruned."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

from apps.routing.policy import WORDS
from apps.usage.grouping import provider_names
from apps.usage.models import Generation, GenerationDetail
from apps.usage.story import Event, Line, events_of, reckoned, router_of, why_provider

PRICE_NAMES = {
    "prompt": "Prompt",
    "completion": "Completion",
    "reasoning": "Reasoning",
    "input_cache_read": "Cached, read",
    "input_cache_write": "Cached, written",
    "input_cache_write_1h": "Cached for an hour, written",
    "audio": "Audio in",
    "audio_output": "Audio out",
    "image": "Picture in",
    "image_output": "Picture out",
    "web_search": "Web search",
    "request": "Request",
}
ATTEMPT = ("provider", "endpoint", "model", "status", "error", "latency_ms")
CANDIDATE = ("provider", "endpoint", "rank", "dropped_by")
DID = {
    "flag": "counted, sent as it was",
    "restore": "replaced, put back in the answer",
    "redact": "replaced for good",
}
PER_ONE = {"request", "web_search", "image"}


@dataclass(frozen=True)
class Price:
    name: str
    usd: Decimal
    unit: str


class Hits(NamedTuple):
    """What a rule did in this call, and how often; never to what."""

    rule: str
    did: str
    times: int


@dataclass(frozen=True)
class Receipt:
    """`reckoning` is empty where the price rows alone do not make the cost: a provider reported its
    own, or an attempt before was billed as well."""

    attempts: list[dict[str, Any]]
    candidates: list[dict[str, Any]]
    prices: list[Price]
    reckoning: list[Line]
    events: list[Event]
    why: str
    hits: list[Hits]
    is_kept: bool


def receipt_of(call: Generation) -> Receipt:
    row = GenerationDetail.objects.filter(pk=call.pk).first()
    details = row.details if row and isinstance(row.details, dict) else {}
    attempts = [_attempt(one) for one in _dicts(details.get("attempts"))]
    candidates = [_candidate(one) for one in _dicts(details.get("candidates"))]
    _name_providers([*attempts, *candidates])
    prices = details.get("prices")
    return Receipt(
        attempts=attempts,
        candidates=candidates,
        prices=_prices(prices),
        reckoning=reckoned(call, prices) if isinstance(prices, dict) else [],
        events=events_of(call, attempts, tokens_applied=details.get("max_tokens_applied")),
        why=why_provider(call, attempts, candidates, router=router_of(details.get("router"))),
        hits=_hits(details.get("rules")),
        is_kept=row is not None,
    )


def tokens_of(call: Generation) -> list[tuple[str, int, str]]:
    """Name, count and what it is part of; only kinds that occurred, but always in and out."""
    kinds = [
        ("Prompt", call.prompt_tokens, ""),
        ("Cached, read", call.cached_tokens, "part of the prompt"),
        ("Cached, written", call.cache_write_tokens, "part of the prompt"),
        ("Completion", call.completion_tokens, ""),
        ("Reasoning", call.reasoning_tokens, "part of the completion"),
    ]
    return [kind for kind in kinds if kind[1] or not kind[2]]


def _hits(value: Any) -> list[Hits]:
    return [
        Hits(str(one.get("rule") or ""), DID[one["action"]], one["count"])
        for one in _dicts(value)
        if one.get("action") in DID and isinstance(one.get("count"), int)
    ]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _name_providers(lines: list[dict[str, Any]]) -> None:
    named = [one for one in lines if isinstance(one["provider"], str) and one["provider"]]
    names = provider_names(one["provider"] for one in named)
    for one in named:
        one["provider"] = names[one["provider"]]


def _attempt(one: dict[str, Any]) -> dict[str, Any]:
    return {**_with(ATTEMPT, one), "cost_usd": _decimal(one.get("cost"))}


def _candidate(one: dict[str, Any]) -> dict[str, Any]:
    known = _with(CANDIDATE, one)
    return {**known, "dropped_by": _words(known["dropped_by"])}


def _words(rule: Any) -> str:
    if not isinstance(rule, str):
        return ""
    if rule.startswith("unpriced:"):
        return f"has no known price for {rule.removeprefix('unpriced:')}"
    return WORDS.get(rule, rule)


def _with(keys: tuple[str, ...], one: dict[str, Any]) -> dict[str, Any]:
    return {key: one.get(key) for key in keys}


def _prices(value: Any) -> list[Price]:
    if not isinstance(value, dict):
        return []
    found = []
    for key, name in PRICE_NAMES.items():
        price = _decimal(value.get(key))
        if price is not None:
            found.append(Price(name, price, "each" if key in PER_ONE else "per million tokens"))
    return found


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None
