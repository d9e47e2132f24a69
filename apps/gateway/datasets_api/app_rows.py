"""Apps by what they used in some days, or by how much more that was than before."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from apps.gateway.datasets_api.asking import Days, check_names, days_of, number_of, one_of
from apps.gateway.usage_api.spans import ZONE
from apps.routing.errors import invalid
from apps.usage.app_names import CATEGORIES, names_of_apps
from apps.usage.models import App
from apps.usage.rankings.counting import Tally, apps_used
from apps.usage.rankings.tables import ranked, rising, without_nobody
from apps.usage.rankings.windows import BEFORE

POPULAR, TRENDING = "popular", "trending"
PARAMETERS = ("sort", "category", "subcategory", "start_date", "end_date", "limit", "offset")
# OpenRouter's groups of what apps say of themselves.
GROUPS = {
    "coding": frozenset(
        {"cli-agent", "ide-extension", "cloud-agent", "programming-app", "native-app-builder"}
    ),
    "creative": frozenset({"creative-writing", "video-gen", "image-gen", "audio-gen"}),
    "productivity": frozenset({"writing-assistant", "general-chat", "personal-agent", "legal"}),
    "entertainment": frozenset({"roleplay", "game"}),
}
USUAL, MOST = 50, 100


class Wish(NamedTuple):
    """`categories` are those an app may be of; empty for all."""

    days: Days
    sort: str
    categories: frozenset[str]
    limit: int
    offset: int


def wish_of(query: Mapping[str, str], now: datetime) -> Wish:
    """Raises Refusal."""
    check_names(query, PARAMETERS, ())
    group = one_of(query, "category", GROUPS, "")
    category = one_of(query, "subcategory", CATEGORIES, "")
    if group and category and category not in GROUPS[group]:
        raise invalid(f"{category} is no subcategory of {group}.", field="subcategory")
    return Wish(
        days_of(query, now),
        one_of(query, "sort", (POPULAR, TRENDING), POPULAR),
        frozenset({category}) if category else GROUPS.get(group, frozenset()),
        number_of(query, "limit", 1, MOST, USUAL),
        number_of(query, "offset", 0, MOST, 0),
    )


def rows_of(wish: Wish) -> list[dict[str, Any]]:
    """Calls that named no app are of none."""
    days = [wish.days]
    if wish.sort == TRENDING:
        for _ in range(BEFORE):
            days.append(days[-1].before)
    counted = [without_nobody(apps_used(one.span, ZONE)) for one in days]
    order = _trending(counted) if wish.sort == TRENDING else _popular(counted[0])
    apps = names_of_apps(order)
    fitting = [one for one in order if _fits(apps[one], wish.categories)]
    shown = list(enumerate(fitting, 1))[wish.offset : wish.offset + wish.limit]
    return [_row(rank, apps[identity], counted[0]) for rank, identity in shown]


def _popular(tally: Tally) -> list[str]:
    return [row.name for row in ranked(tally, {}, "tokens")]


def _trending(counted: Sequence[Tally]) -> list[str]:
    return [one.name for one in rising(counted)]


def _fits(app: App, categories: frozenset[str]) -> bool:
    return not categories or bool(categories & set(app.categories))


def _row(rank: int, app: App, tally: Tally) -> dict[str, Any]:
    use = tally[app.identity]
    return {
        "rank": rank,
        "app_id": app.pk or 0,
        "app_name": app.name,
        "total_tokens": str(use.tokens),
        "total_requests": use.requests,
    }
