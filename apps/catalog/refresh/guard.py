"""Weighs a plan before it is written: a list that lost a fifth of what it had, or says everything
costs ten times as much, is broken more often than it is right. Pure."""

from decimal import Decimal

from apps.catalog.refresh import pricing
from apps.catalog.refresh.plan import Plan
from apps.catalog.refresh.standing import Standing

MOST_GONE = Decimal("0.20")
MOST_REPRICED = Decimal("0.10")
MOST_NEW = 1_000  # or as many as there are
FAR = 3
KEPT = "The catalogue stays as it was."


def objection(plan: Plan, standing: Standing) -> str:
    """Why nobody should write this without looking, as a sentence; empty when it may go ahead."""
    covered_models = {standing.endpoints[key].model.slug for key in plan.covered}
    wrongs = []
    if _is_over(len(plan.gone_models), len(covered_models), MOST_GONE):
        wrongs.append(_gone(len(plan.gone_models), len(covered_models), "models"))
    elif _is_over(len(plan.gone), len(plan.covered), MOST_GONE):
        wrongs.append(_gone(len(plan.gone), len(plan.covered), "places where models run"))
    new, most = len(plan.endpoints), max(MOST_NEW, len(plan.covered))
    if new > most:
        wrongs.append(f"add {new:,} places where models run (above {most:,} somebody has to agree)")
    priced = [key for key in plan.priced if key in standing.endpoints]
    far = [key for key in priced if _is_far(plan, standing, key)]
    if _is_over(len(far), len(priced), MOST_REPRICED):
        wrongs.append(
            f"change {len(far):,} of {len(priced):,} prices by more than {FAR} times "
            f"({_share(len(far), len(priced))}; above {MOST_REPRICED:.0%} somebody has to agree)"
        )
    return f"This would {', and '.join(wrongs)}. {KEPT}" if wrongs else ""


def _gone(count: int, total: int, what: str) -> str:
    return (
        f"remove {count:,} of {total:,} {what} ({_share(count, total)}; "
        f"above {MOST_GONE:.0%} somebody has to agree)"
    )


def _is_far(plan: Plan, standing: Standing, key: str) -> bool:
    new = plan.edits.get(key, {}).get("pricing")
    times = pricing.times(standing.endpoints[key].pricing, new) if new else None
    return times is not None and times > FAR


def _is_over(count: int, total: int, share: Decimal) -> bool:
    return count > share * total


def _share(count: int, total: int) -> str:
    return f"{Decimal(count) / total:.0%}"
