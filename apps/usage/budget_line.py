"""The budget that a chart of spending may be held against: one that counts just what is shown, for
as long as one column, or where they are added up, as the whole period."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Count, Q

from apps.accounts.models import User
from apps.budgets.models import Budget
from apps.core.money import usd
from apps.projects.models import Project
from apps.usage.reach import Reach

INTERVALS = {"day": "daily", "week": "weekly", "month": "monthly"}
PERIODS = {"today": "daily", "week": "weekly", "month": "monthly", "last_month": "monthly"}


class Limit(NamedTuple):
    value: Decimal
    words: str


def limit_for(
    user: User,
    reach: Reach,
    filters: Mapping[str, str],
    project: Project | None,
    *,
    each: str,
    period: str,
    is_sum: bool,
) -> Limit | None:
    """The lowest, where several do."""
    interval = PERIODS.get(period) if is_sum else INTERVALS.get(each)
    covered = _covering(reach, filters, project)
    if interval is None or covered is None:
        return None
    found = Budget.objects.active().for_user(user).filter(covered, interval=interval)
    # Asked by number: counting who it covers must not be narrowed to the one looked for.
    whole = Budget.objects.filter(pk__in=found.values("pk")).annotate(
        of_keys=Count("keys", distinct=True), of_members=Count("members", distinct=True)
    )
    budget = whole.filter(of_keys__lte=1, of_members__lte=1).order_by("limit_usd", "pk").first()
    if budget is None:
        return None
    long = budget.get_interval_display().lower()
    words = f"The budget “{budget.name}” allows {usd(budget.limit_usd)} {long}."
    return Limit(budget.limit_usd, words)


def _covering(reach: Reach, filters: Mapping[str, str], project: Project | None) -> Q | None:
    """Which budgets count all of what is shown and nothing else."""
    covers, named = Budget.Covers, set(filters)
    sees_all = reach.is_everything or (project is not None and project.pk in reach.projects)
    if named == {"key"}:
        return Q(covers=covers.KEYS, keys=filters["key"])
    person = filters.get("person") or (None if sees_all or reach.projects else reach.person)
    if named - {"person", "project"}:
        return None
    if person is None:
        return (
            Q(covers=covers.PROJECT, project=project)
            if project
            else Q(covers=covers.HOUSEHOLD)
            if reach.is_everything
            else None
        )
    if project is None:
        return Q(covers=covers.PERSON, user=person)
    return Q(covers=covers.MEMBERS, project=project, members__membership__user=person)
