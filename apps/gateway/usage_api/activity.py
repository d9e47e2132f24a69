"""What a key did on each of the last thirty days that are over, by model and endpoint. Days are
those of UTC, as OpenRouter's are."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from apps.gateway.usage_api.asker import Asker
from apps.gateway.usage_api.credits import exact
from apps.gateway.usage_api.names import endpoint_names
from apps.gateway.usage_api.spans import ZONE, of_days
from apps.gateway.usage_api.wrong import not_yours, shown
from apps.routing.errors import Refusal, invalid
from apps.usage.sums import Asked, Sum, sums

DAYS = 30
PARAMETERS = ("date", "api_key_hash", "user_id", "workspace_id", "group_by")
IDS = {"api_key_hash": "api_key_id", "user_id": "user", "workspace_id": "workspace"}
WORKSPACE = "workspace"


class Wish(NamedTuple):
    first: date
    last: date
    person: int | None
    by_workspace: bool


def wish_of(query: Mapping[str, str], asker: Asker, now: datetime) -> Wish:
    """Raises Refusal (400, 404)."""
    for name in query:
        if name not in PARAMETERS:
            known = ", ".join(PARAMETERS)
            raise invalid(f"“{shown(name)}” is not asked here; what may be is {known}.")
    if query.get("group_by") not in (None, WORKSPACE):
        raise invalid(f"group_by may be {WORKSPACE}, or left out.", field="group_by")
    for name, dimension in IDS.items():
        if name in query and not asker.ids_of(dimension, query[name]):
            raise Refusal(404, "not_found", f"{name}: {not_yours(name)}")
    person = asker.person_of(query["user_id"]) if "user_id" in query else None
    first, last = _days(query.get("date"), now.astimezone(UTC).date())
    return Wish(first, last, person.pk if person else None, by_workspace="group_by" in query)


def activity_of(asker: Asker, wish: Wish) -> list[dict[str, Any]]:
    """The newest day first; of each, the dearest."""
    span = of_days(wish.first, wish.last)
    by = ("model", "endpoint", "project")
    where = {} if wish.person is None else {"person": [wish.person]}
    found = sums(asker.reach, Asked(span.start, span.end, ZONE, by=by, each="day", where=where))
    found.sort(key=lambda one: one.spend, reverse=True)
    found.sort(key=lambda one: _day(one), reverse=True)
    names = endpoint_names(int(one.group[1]) for one in found)
    return [_item(one, names, wish.by_workspace) for one in found]


def _days(wanted: str | None, today: date) -> tuple[date, date]:
    first, last = today - timedelta(days=DAYS), today - timedelta(days=1)
    if wanted is None:
        return first, last
    try:
        day = date.fromisoformat(wanted if re.fullmatch(r"\d{4}-\d\d-\d\d", wanted) else "")
    except ValueError:
        raise invalid("date must be a day such as 2026-11-20.", field="date") from None
    if not first <= day <= last:
        raise invalid(
            f"date must be one of the last {DAYS} days that are over in UTC, {first} to {last}. "
            "POST /analytics/query tells of any day.",
            field="date",
        )
    return day, day


def _item(one: Sum, names: Mapping[int, str], by_workspace: bool) -> dict[str, Any]:
    model, endpoint, project = one.group
    item = {
        "date": _day(one).isoformat(),
        "model": model,
        "model_permaslug": str(model).partition(":")[0],
        "endpoint_id": str(endpoint),
        "provider_name": names.get(int(endpoint), ""),
        "usage": exact(one.spend),
        "byok_usage_inference": 0,
        "requests": one.requests,
        "prompt_tokens": one.prompt_tokens,
        "completion_tokens": one.completion_tokens,
        "reasoning_tokens": one.reasoning_tokens,
        "cached_tokens": one.cached_tokens,
    }
    return {**item, "workspace_id": str(project)} if by_workspace else item


def _day(one: Sum) -> date:
    assert one.at is not None
    return one.at
