"""The long part of the demonstration's receipts: which places could have answered, which was asked,
at what prices. In the shape in which the settlement writes it."""

from collections.abc import Sequence
from typing import Any

import orjson

from apps.gateway.demo_house.calls import Drawn
from apps.gateway.demo_house.shelf import Place

WORDS = {429: "status_429", 502: "status_503", 504: "timeout"}


def details_of(call: Drawn, places: Sequence[Place], cost: str, left: list[list[Any]]) -> str:
    """As JSON. The place that was asked stands first; `left` is what each window had then."""
    asked = call.place
    order = [asked, *(place for place in places if place is not asked)]
    failed = WORDS.get(call.ending.status or 200, "")
    attempt: dict[str, Any] = {
        "provider": asked.provider,
        "endpoint": asked.endpoint,
        "endpoint_id": asked.endpoint_id,
        "connection_id": asked.connection_id,
        "model": asked.model,
        "status": 429 if failed == "status_429" else 503 if failed == "status_503" else 200,
        "error": failed,
        "began_ms": 0,
        "latency_ms": call.latency_ms or call.duration_ms,
        "cost": cost,
    }
    details = {
        "admitted_ms": 2 + call.at_ms % 9,
        "attempts": [attempt],
        "candidates": [{**_told(place), "rank": rank} for rank, place in enumerate(order, 1)],
        "prices": asked.prices,
        "priced": asked.priced,
        "upstream_id": "",
        "budgets": left,
    }
    return orjson.dumps(details).decode()


def _told(place: Place) -> dict[str, Any]:
    told: dict[str, Any] = {"endpoint": place.endpoint, "provider": place.provider}
    if place.prices:
        told["price"] = [place.prices["prompt"], place.prices["completion"]]
    return told
