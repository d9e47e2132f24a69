"""The list of calls finds what it is asked for, the newest first, page after page, however the
calls lie: as reading all of them would."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.utils import timezone

from apps.usage import finding
from apps.usage.days import close
from apps.usage.filters import OUTCOMES, CallWish
from apps.usage.finding import nearest_above, newest
from apps.usage.models import Generation, UsageQuarter
from apps.usage.reach import Reach
from tests.cast import Cast, make_call

NOW = timezone.now().replace(minute=20)
MODELS = ("openai/gpt-5-mini", "mistralai/mistral-nemo", "x-ai/grok-4.6")
AMISS: tuple[dict[str, Any], ...] = (
    {"status": 429},
    {"was_cancelled": True},
    {"error_type": "timeout"},
    {"state": "released", "status": None, "was_cancelled": True, "cost_usd": 0},
    {"state": "open", "status": None, "closed_at": None, "cost_usd": 0},
)


@pytest.fixture
def calls(cast: Cast) -> list[Generation]:
    """A few hundred over two months, most of them alike, with their sums."""
    luck = Random(7)
    people = (cast.owner, cast.member, cast.admin)
    made = []
    for number in range(400):
        ago = timedelta(minutes=luck.choice((3, 200, 5000, 80_000)) * luck.random())
        is_rare = number % 40 == 7
        fields: dict[str, Any] = {
            "created_at": NOW - ago,
            "key_id": None if number % 3 else 5 + is_rare,
            "app": "Rare" if is_rare else "Usual",
            "model": MODELS[2] if number % 100 == 11 else MODELS[number % 2],
            "provider": "xai" if number % 100 == 11 else "openai",
            "endpoint_id": 3 + number % 2,
            "project_id": cast.project.pk + number % 2,
        }
        fields |= AMISS[number % 5] if number % 11 == 3 else {}
        made.append(make_call(cast, people[number % 3], number=number, **fields))
    sum_up(made)
    close(seconds=60)
    return made


def sum_up(calls: list[Generation]) -> None:
    found: dict[tuple[Any, ...], int] = {}
    for call in calls:
        if call.state == Generation.State.CLOSED:
            at = datetime.fromtimestamp(call.created_at.timestamp() // 900 * 900, UTC)
            place = (at, call.project_id, call.key_id or 0, call.user_id, call.app, call.model)
            found[*place, call.endpoint_id] = found.get((*place, call.endpoint_id), 0) + 1
    names = ("starts_at", "project_id", "key_id", "user_id", "app", "model", "endpoint_id")
    zero = dict.fromkeys(UsageQuarter.FIGURES, 0)
    for place, count in found.items():
        UsageQuarter.objects.create(
            **{**zero, **dict(zip(names, place, strict=True)), "requests": count}
        )


def wishes(cast: Cast) -> Iterator[tuple[CallWish, int | None]]:
    for outcome in ("", *OUTCOMES):
        yield CallWish(outcome=outcome), None
        yield CallWish(outcome=outcome, app="Rare"), None
    for text in (*MODELS, "NEMO", "no/such", "X-AI/grok-4.6"):
        yield CallWish(model=text), None
    for texts in (
        {"app": "Nobody"},
        {"provider": "xai"},
        {"key": "6"},
        {"app": "Rare", "key": "5"},
    ):
        yield CallWish(**texts), None
    yield CallWish(app="Rare", model="mini", outcome="done"), None
    yield CallWish(model="grok"), cast.project.pk + 1


def test_every_page_is_what_reading_all_calls_would_find(
    cast: Cast, calls: list[Generation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "AT_ONCE", 4)  # so that days have more callers than that
    of_one_project = Reach(person=cast.member.pk, projects=frozenset([cast.project.pk]))
    for wish, project in wishes(cast):
        for reach in (Reach.everything(), Reach.of(cast.member), of_one_project):
            asked = wish.narrow(Generation.objects.within(reach), period=None)
            asked = asked.filter(project_id=project) if project else asked
            all_of_them = list(asked.order_by("-id"))
            sought = wish.sought(reach, project=project, period=None)
            before, pages = "", []
            while page := newest(asked, sought, before=before, most=30, now=NOW):
                pages += page
                before = page[-1].id
            assert pages == all_of_them, (wish, reach)
            back = [page[0].id for page in (all_of_them[60:], all_of_them[7:]) if page]
            for after in back:
                above = [call for call in reversed(all_of_them) if call.id > after][:30]
                assert nearest_above(asked, sought, after=after, most=30, now=NOW) == above, wish
