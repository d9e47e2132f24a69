"""Two clocks in one house, as processes of their own that begin at the same moment: everything
happens once, and is told once."""

import os
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from apps.budgets.models import AlertWebhook, BudgetAlert, BudgetEvent, WebhookDelivery
from tests.budgets.spending import budget_of, spend, told
from tests.cast import make_cast
from tests.database import database_url
from tests.test_house_rules import ROOT

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BUDGETS = 20


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_beats_at_once_are_as_one() -> None:
    cast = make_cast()
    AlertWebhook.objects.create(project=cast.project, url="https://hook.example/")
    ours = {"covers": "project", "project": cast.project}
    stopped = [budget_of(cast, name=f"Stopped {number}", **ours) for number in range(BUDGETS)]
    running = [budget_of(cast, name=f"Month {n}", interval="monthly", **ours) for n in range(5)]
    for budget in stopped:
        spend(budget, "1", NOON)
    for budget in running:
        spend(budget, "0.8", NOON)

    beat_twice(NOON + DAY)

    assert BudgetEvent.objects.filter(kind="reset").count() == BUDGETS
    assert not BudgetEvent.objects.filter(kind="reset", told_at=None).exists()
    assert BudgetAlert.objects.count() == 2 * len(running)
    sent = Counter(row.payload["type"] for row in WebhookDelivery.objects.all())
    assert sent == {"budget.reset": BUDGETS, "budget.alert": len(running)}
    assert len(told(cast.owner)) == BUDGETS + len(running)


def beat_twice(moment: datetime) -> None:
    beats = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.budgets.beats", moment.isoformat()],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": database_url()},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for beat in beats:
        assert beat.stdout is not None and beat.stdout.readline() == "ready\n"
    for beat in beats:
        assert beat.stdin is not None
        beat.stdin.write("go\n")
        beat.stdin.flush()
    assert [beat.wait(60) for beat in beats] == [0, 0]
    for beat in beats:
        beat.communicate()
