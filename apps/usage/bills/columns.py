"""Which columns of a file say what: known for OpenRouter's exports, guessed by name for others.
Pure."""

from collections.abc import Sequence
from typing import Any, NamedTuple

PARTS = {
    "date": "Day or time",
    "model": "Model",
    "cost": "Cost",
    "requests": "Calls",
    "prompt": "Prompt tokens",
    "completion": "Completion tokens",
}
NEEDED = ("date", "model", "cost")


class Columns(NamedTuple):
    """Each by its place in a line; None where the file has none. `call`: the provider's own number
    of a call, where each line is one."""

    date: int
    model: int
    cost: int
    requests: int | None = None
    prompt: int | None = None
    completion: int | None = None
    variant: int | None = None
    call: int | None = None


# Seen in OpenRouter's activity export, a line for each call, and in what its /activity answers.
PER_CALL = {
    "call": "generation_id",
    "date": "created_at",
    "model": "model_permaslug",
    "cost": "cost_total",
    "prompt": "tokens_prompt",
    "completion": "tokens_completion",
    "variant": "variant",
}
PER_DAY = {
    "date": "date",
    "model": "model_permaslug",
    "cost": "usage",
    "requests": "requests",
    "prompt": "prompt_tokens",
    "completion": "completion_tokens",
}
# Words by which a column is guessed, the likelier first; whole names, then parts of names.
GUESSES = {
    "date": ("date", "day", "usage_date", "created_at", "timestamp", "time", "start_time_iso",
             "start_time", "datum", "tag", "fecha"),
    "model": ("model", "model_id", "model_name", "model_permaslug", "sku", "line_item", "modell",
              "modelo", "product"),
    "cost": ("cost", "cost_usd", "cost_total", "total_cost", "amount", "amount_value", "usage_usd",
             "spend", "price", "usd", "kosten", "betrag", "coste", "usage"),
    "requests": ("requests", "request_count", "num_requests", "num_model_requests", "calls",
                 "n_requests", "count"),
    "prompt": ("prompt_tokens", "tokens_prompt", "input_tokens", "n_context_tokens_total"),
    "completion": ("completion_tokens", "tokens_completion", "output_tokens",
                   "n_generated_tokens_total"),
}  # fmt: skip


def recognised(heads: Sequence[str]) -> Columns | None:
    """The columns of OpenRouter's own export."""
    places = _places(heads)
    if _has(places, PER_CALL, "call", "date", "model", "cost"):
        return Columns(**_found(places, PER_CALL))
    if "byok_usage_inference" in places and _has(places, PER_DAY, "date", "model", "cost"):
        return Columns(**_found(places, PER_DAY))
    return None


def guessed(heads: Sequence[str]) -> dict[str, int]:
    """The likeliest column for each part that has one; no column twice."""
    places, found = _places(heads), dict[str, int]()
    for part, words in GUESSES.items():
        free = {name: at for name, at in places.items() if at not in found.values()}
        whole = (free[word] for word in words if word in free)
        near = (at for word in words for name, at in free.items() if word in name.split("_"))
        at = next(whole, next(near, None))
        if at is not None:
            found[part] = at
    return found


def _places(heads: Sequence[str]) -> dict[str, int]:
    """Names as programs write them; of two columns with one name, the first."""
    places: dict[str, int] = {}
    for at, head in enumerate(heads):
        places.setdefault("_".join(head.strip().lower().replace("-", " ").split()), at)
    return places


def _has(places: dict[str, int], layout: dict[str, str], *parts: str) -> bool:
    return all(layout[part] in places for part in parts)


def _found(places: dict[str, int], layout: dict[str, str]) -> dict[str, Any]:
    return {part: places[name] for part, name in layout.items() if name in places}
