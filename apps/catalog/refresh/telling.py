"""What a refresh did or would do, in words and in short lists. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from apps.catalog.history import Change, What
from apps.catalog.refresh.plan import Plan
from apps.catalog.refresh.standing import Standing

SHOWN = 100  # of each kind, in a preview


def done(changes: Iterable[Change], plan: Plan) -> str:
    """`2 new models, 5 new endpoints, 1 other price.`"""
    counts = Counter((change.what, bool(change.endpoint_key)) for change in changes)
    models_edited, edited = counts.pop((What.EDITED, False), 0), counts.pop((What.EDITED, True), 0)
    parts = [
        _counted(counts[What.NEW, False], "new model"),
        _counted(counts[What.NEW, True], "new endpoint"),
        _counted(counts[What.GONE, False], "model", " gone"),
        _counted(counts[What.GONE, True], "endpoint", " gone"),
        _counted(counts[What.REPRICED, True], "price", " changed"),
        _counted(edited + models_edited, "other fact", " changed"),
    ]
    told = ", ".join(part for part in parts if part) or "Nothing changed"
    return " ".join((f"{told}.", *_left_out(plan)))


def preview(plan: Plan, standing: Standing) -> dict[str, Any]:
    """What would change: how many of each, and the first of them."""
    repriced = [
        {
            "key": key,
            "before": _prices(standing.endpoints[key].pricing),
            "after": _prices(facts["pricing"]),
        }
        for key, facts in sorted(plan.edits.items())
        if "pricing" in facts
    ]
    lists: dict[str, list[Any]] = {
        "new_models": sorted(plan.models),
        "new_endpoints": sorted(plan.endpoints),
        "gone_models": sorted(plan.gone_models),
        "gone_endpoints": sorted(plan.gone),
        "repriced": repriced,
    }
    return {
        "counts": {name: len(rows) for name, rows in lists.items()},
        **{name: rows[:SHOWN] for name, rows in lists.items()},
    }


def _prices(pricing: Mapping[str, Any]) -> list[Any]:
    return [pricing.get("prompt"), pricing.get("completion")]


def _left_out(plan: Plan) -> Iterable[str]:
    if plan.left_out:
        parts = [f"{count:,} {why}" for why, count in plan.left_out.most_common()]
        yield f"Left out: {'; '.join(parts)}."
    if plan.prices_left:
        parts = [f"{count:,} {why}" for why, count in plan.prices_left.items()]
        yield f"Prices left as they were: {'; '.join(parts)}."


def _counted(count: int, what: str, behind: str = "") -> str:
    plural = what if count == 1 else f"{what}s"
    return f"{count:,} {plural}{behind}" if count else ""
