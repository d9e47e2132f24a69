"""The names that leave the choice to the house, in the shape of OpenRouter's models: for keys
alone, since what is behind them is what is connected here."""

from typing import Any

from apps.catalog.listing import KINDS
from apps.catalog.parameters import parameters
from apps.gateway.routers import FREE, NAMES
from apps.gateway.shapes import NO_DEFAULTS
from apps.gateway.snapshot import Catalog
from apps.routing.policy import may_use
from apps.routing.types import Candidate, Policy

DESCRIPTIONS = {
    "gatehouse/auto": "The cheapest connected model that can do what the call asks for, within the "
    "rules of its caller.",
    "gatehouse/free": "A model that costs nothing and can do what the call asks for: a free "
    "variant, or one at home without a price.",
}


def router_entries(catalog: Catalog, rules: Policy) -> list[dict[str, Any]]:
    """Those whose rules leave anything behind them."""
    return [
        _entry(name, left)
        for name in NAMES
        if (left := [one for one in catalog.routers.get(name, ()) if may_use((one,), rules)])
    ]


def _entry(name: str, candidates: list[Candidate]) -> dict[str, Any]:
    """It can what any of them can. A price of -1 says that it depends."""
    reads = {"text"}.union(*(one.reads for one in candidates))
    takes = ["text", *(kind for kind in KINDS if kind in reads)]
    price = "0" if name == FREE else "-1"
    context = max((one.context_length or 0 for one in candidates), default=0)
    longest = max((one.max_completion_tokens or 0 for one in candidates), default=0)
    able = {ability for one in candidates for ability in one.abilities}
    return {
        "id": name,
        "canonical_slug": name,
        "hugging_face_id": None,
        "name": f"Gatehouse: {NAMES[name]}",
        "created": 0,
        "object": "model",
        "owned_by": "gatehouse",
        "description": DESCRIPTIONS[name],
        "context_length": context or None,
        "architecture": {
            "modality": f"{'+'.join(takes)}->text",
            "input_modalities": takes,
            "output_modalities": ["text"],
            "tokenizer": "Router",
            "instruct_type": None,
        },
        "pricing": {"prompt": price, "completion": price},
        "top_provider": {
            "context_length": context or None,
            "max_completion_tokens": longest or None,
            "is_moderated": False,
        },
        "per_request_limits": None,
        "supported_parameters": parameters(able),
        "default_parameters": NO_DEFAULTS,
        "supported_voices": None,
        "knowledge_cutoff": None,
        "expiration_date": None,
        "links": {"details": "/docs/models/"},
    }
