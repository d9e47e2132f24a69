"""Reads genai-prices: its data file is Python source, taken apart as a syntax tree and never run.

Prices are those in force on one given day; a price for part of the day becomes an override.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing
from apps.catalog.refresh.genai_prices import KEYS, PER_THOUSAND

from .inputs import Source

Tree = dict[str, Any]
"""A call in the data file: its keyword arguments, and its own name under "is"."""


@dataclass(frozen=True)
class Price:
    pricing: Pricing
    context_length: int | None
    is_deprecated: bool


class PriceList:
    """Asks the data file what a provider charges for an id on one day."""

    def __init__(self, source: Source, *, day: date) -> None:
        tree = ast.parse(source.read("genai_prices/data.py"))
        lists = [node.value for node in tree.body if isinstance(node, ast.AnnAssign)]
        self._models = {one["id"]: one["models"] for one in _value(lists[0])}
        self._day = day

    def find(self, provider: str, upstream_id: str) -> Price | None:
        for model in self._models.get(provider, []):
            if matches(model["match"], upstream_id.lower()):
                pricing = read_pricing(model["prices"], day=self._day)
                if pricing is None:
                    return None
                return Price(
                    pricing=pricing,
                    context_length=model.get("context_window"),
                    is_deprecated=bool(model.get("deprecated")),
                )
        return None


def matches(clause: Tree, text: str) -> bool:
    match clause["is"]:
        case "ClauseEquals":
            return text == str(clause["equals"]).lower()
        case "ClauseStartsWith":
            return text.startswith(str(clause["starts_with"]).lower())
        case "ClauseEndsWith":
            return text.endswith(str(clause["ends_with"]).lower())
        case "ClauseContains":
            return str(clause["contains"]).lower() in text
        case "ClauseRegex":
            return re.search(clause["regex"], text) is not None
        case "ClauseOr":
            return any(matches(one, text) for one in clause["or_"])
        case "ClauseAnd":
            return all(matches(one, text) for one in clause["and_"])
    raise ValueError(f"genai-prices has a clause this reader does not know: {clause['is']}.")


def read_pricing(prices: Tree | list[Tree], *, day: date) -> Pricing | None:
    """None when prompt or completion has no price. In a list the last entry that holds wins."""
    if not isinstance(prices, list):
        return _flat(prices)
    base: Pricing | None = None
    hours: list[Pricing] = []
    for entry in prices:
        rule = entry.get("constraint")
        if rule and rule["is"] == "StartDateConstraint" and rule["start_date"] > day:
            continue
        pricing = _flat(entry["prices"])
        if rule and rule["is"] == "TimeOfDateConstraint":
            hours += _at_hours(pricing, rule)
        elif pricing is not None:
            base, hours = pricing, []
    if base is None:
        return None
    overrides = [*base.pop("overrides", []), *hours]
    return {**base, "overrides": overrides} if overrides else base


def _at_hours(pricing: Pricing | None, rule: Tree) -> list[Pricing]:
    if pricing is None:
        return []
    when = {"utc_start": rule["start_time"], "utc_end": rule["end_time"]}
    tiers = pricing.pop("overrides", [])
    return [{**when, **pricing}, *({**when, **tier} for tier in tiers)]


def _flat(prices: Tree) -> Pricing | None:
    base: Pricing = {}
    tiers: dict[int, Pricing] = {}
    for theirs, ours in KEYS.items():
        value = prices.get(theirs)
        if isinstance(value, dict):
            for tier in value["tiers"]:
                tiers.setdefault(tier["start"], {})[ours] = tier["price"]
            value = value["base"]
        if value is not None:
            base[ours] = value
    for theirs, ours in PER_THOUSAND.items():
        if prices.get(theirs) is not None:
            base[ours] = prices[theirs] / 1000
    if "prompt" not in base or "completion" not in base:
        return None
    if tiers:
        base["overrides"] = [{"min_prompt_tokens": s, **tiers[s]} for s in sorted(tiers)]
    return base


def _value(node: ast.expr | None) -> Any:
    match node:
        case ast.Constant(value=value):
            return value
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_value(element) for element in elements]
        case ast.Dict(keys=keys, values=values):
            return {_value(k): _value(v) for k, v in zip(keys, values, strict=True)}
        case ast.Call():
            return _call(node)
    return None


def _call(node: ast.Call) -> Any:
    name = ast.unparse(node.func).rpartition(".")[2]
    arguments = [_value(argument) for argument in node.args]
    match name:
        case "Decimal":
            return Decimal(arguments[0])
        case "date":
            return date(*arguments)
        case "time":
            return "".join(f"{part:02d}" for part in arguments[:2])
    return {"is": name, **{k.arg: _value(k.value) for k in node.keywords if k.arg}}
