"""A receipt as a page reads it: every fact of one call, tolerant of details already pruned."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from apps.accounts.models import User
from apps.catalog.overriding import BY_HAND
from apps.catalog.refresh.sources import SOURCES, name_of
from apps.routing.policy import WORDS
from apps.usage.charged import ChargedTo, charged_to
from apps.usage.choice import Candidate, order_of, router_of, why_provider
from apps.usage.grouping import provider_names
from apps.usage.models import Generation, GenerationDetail
from apps.usage.noted import day_of, decimal_of, dicts_of, text_of, whole_of
from apps.usage.story import Event, Line, Way, events_of, reckoned

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
ATTEMPT = ("provider", "endpoint", "model", "status", "error", "began_ms", "latency_ms")
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


class Priced(NamedTuple):
    """By whom the prices were told, and of which day they are: both empty where nobody knows."""

    by: str = ""
    on: date | None = None

    @property
    def words(self) -> str:
        if self.by == BY_HAND:
            day = f" on {self.day}" if self.on else ""
            return f"Prices entered by hand in this house{day}."
        source = SOURCES.get(name_of(self.by))
        told = f", told by {source.title if source else self.by}" if self.by else ""
        return f"Prices of {self.day}{told}." if self.on else ""

    @property
    def day(self) -> str:
        return f"{self.on.day} {self.on:%B %Y}" if self.on else ""


class Hits(NamedTuple):
    """What a rule did in this call, and how often; never to what."""

    rule: str
    did: str
    times: int


@dataclass(frozen=True)
class Receipt:
    """`reckoning` is empty where the price rows alone do not make the cost: a provider reported its
    own (`is_told`), or an attempt before was billed as well."""

    attempts: list[dict[str, Any]]
    candidates: list[Candidate]
    prices: list[Price]
    priced: Priced
    reckoning: list[Line]
    is_told: bool
    events: list[Event]
    queued_ms: int | None
    why: str
    hits: list[Hits]
    charged: ChargedTo
    is_kept: bool


def receipt_of(call: Generation, reader: User) -> Receipt:
    """`reader` sees of its budgets those they may look at."""
    details, is_kept = details_of(call)
    attempts = [_attempt(one) for one in dicts_of(details.get("attempts"))]
    told = dicts_of(details.get("candidates"))
    slugs = {text_of(one.get("provider")) for one in [*attempts, *told]}
    names = {**provider_names(slugs), "": ""}
    for one in attempts:
        one["provider"] = names[text_of(one["provider"])]
    candidates = _candidates(told, attempts, names)
    hits = _hits(details.get("rules"))
    way = Way(
        admitted_ms=whole_of(details.get("admitted_ms")),
        guardrails_ms=whole_of(details.get("guardrails_ms")),
        found=sum(hit.times for hit in hits),
        tokens_applied=whole_of(details.get("max_tokens_applied")),
    )
    prices, priced = details.get("prices"), details.get("priced")
    searches = whole_of(details.get("searches")) or 0
    return Receipt(
        attempts=attempts,
        candidates=candidates,
        prices=_prices(prices),
        priced=_priced(priced),
        reckoning=reckoned(call, prices, searches=searches) if isinstance(prices, dict) else [],
        is_told=details.get("is_billed_as_told") is True,
        events=events_of(call, attempts, way),
        queued_ms=None if way.admitted_ms is None else way.queued_ms,
        why=why_provider(
            attempts,
            candidates,
            order=order_of(details.get("order")),
            router=router_of(details.get("router")),
        ),
        hits=hits,
        charged=charged_to(call, details.get("budgets"), reader),
        is_kept=is_kept,
    )


def details_of(call: Generation) -> tuple[dict[str, Any], bool]:
    """And whether they are kept at all."""
    row = GenerationDetail.objects.filter(pk=call.pk).first()
    return row.details if row and isinstance(row.details, dict) else {}, row is not None


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
        Hits(text_of(one.get("rule")), DID[one["action"]], one["count"])
        for one in dicts_of(value)
        if one.get("action") in DID and isinstance(one.get("count"), int)
    ]


def _attempt(one: dict[str, Any]) -> dict[str, Any]:
    known = {key: one.get(key) for key in ATTEMPT}
    known |= {key: whole_of(known[key]) for key in ("began_ms", "latency_ms")}
    return {**known, "cost_usd": decimal_of(one.get("cost"))}


def _candidates(
    told: Sequence[dict[str, Any]], attempts: Sequence[dict[str, Any]], names: dict[str, str]
) -> list[Candidate]:
    """Each attempt was at the next candidate of its endpoint."""
    came: dict[str, list[str]] = {}
    for one in attempts:
        came.setdefault(text_of(one["endpoint"]), []).append(_came_of(one))
    found = []
    for one in told:
        endpoint, closed = text_of(one.get("endpoint")), _words(one.get("dropped_by"))
        asked = [] if closed else came.get(endpoint, [])
        found.append(
            Candidate(
                provider=names[text_of(one.get("provider"))],
                endpoint=endpoint,
                place=whole_of(one.get("rank")),
                closed=closed,
                price=_both_prices(one.get("price")),
                failed_lately=one.get("failed_lately") is True,
                came=asked.pop(0) if asked else "",
            )
        )
    return found


def _came_of(attempt: dict[str, Any]) -> str:
    if not attempt["error"]:
        return "answered"
    return f"failed: {attempt['status']}" if attempt["status"] else f"failed: {attempt['error']}"


def _both_prices(value: Any) -> tuple[Decimal, Decimal] | None:
    if not isinstance(value, list) or len(value) != 2:
        return None
    prompt, completion = map(decimal_of, value)
    return None if prompt is None or completion is None else (prompt, completion)


def _words(rule: Any) -> str:
    if not isinstance(rule, str):
        return ""
    if rule.startswith("unpriced:"):
        return f"has no known price for {rule.removeprefix('unpriced:')}"
    return WORDS.get(rule, rule)


def _prices(value: Any) -> list[Price]:
    if not isinstance(value, dict):
        return []
    found = []
    for key, name in PRICE_NAMES.items():
        price = decimal_of(value.get(key))
        if price is not None:
            found.append(Price(name, price, "each" if key in PER_ONE else "per million tokens"))
    return found


def _priced(value: Any) -> Priced:
    if not isinstance(value, dict):
        return Priced()
    return Priced(text_of(value.get("by")), day_of(value.get("on")))
