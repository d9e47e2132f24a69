"""Two refreshes at once, and one that is killed in the middle, as processes of their own."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection, transaction

from apps.catalog.models import CatalogChange, Endpoint, LanguageModel, RefreshState
from apps.catalog.seed import LOCK
from tests.catalog.refresh.lists import payload
from tests.catalog.shelf import offer
from tests.database import database_url
from tests.test_house_rules import ROOT
from tests.waiting import until

MODELS = 60


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Sixty models, of which some stand with another price and ten are new."""
    mini = payload("models_dev.json")["acme"]["models"]["rocket-mini"]
    cost = {"input": 0.6, "output": 2}
    names = [f"m-{n}" for n in range(MODELS)] + [f"gpt-{n}" for n in range(90, 100)]
    models = {name: {**mini, "cost": cost} for name in names}
    path = tmp_path / "api.json"
    path.write_text(json.dumps({"acme": {"id": "acme", "models": models}}))
    return path


def started(file: Path) -> "subprocess.Popen[str]":
    words = ["refresh_catalog", "--source", "models.dev", "--file", str(file)]
    return subprocess.Popen(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": database_url()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_at_once_are_as_one(file: Path) -> None:
    for number in range(MODELS):
        offer(f"acme/m-{number}", "acme")
    both = [started(file) for _ in range(2)]
    said = [one.communicate(timeout=120) for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    assert sorted("Nothing changed" in out for out, _ in said) == [False, True]
    assert CatalogChange.objects.filter(what="repriced").count() == MODELS
    assert CatalogChange.objects.filter(what="new", endpoint_key="").count() == 10
    assert Endpoint.objects.filter(provider__slug="acme").count() == MODELS + 10


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_who_is_killed_in_the_middle_leaves_the_old_state(file: Path) -> None:
    for number in range(MODELS):
        offer(f"acme/m-{number}", "acme")
    before = list(Endpoint.objects.order_by("key").values())
    with transaction.atomic():
        # It has made its new rows when it waits for this one.
        Endpoint.objects.select_for_update().get(key="acme/m-7@acme")
        killed = started(file)
        until(_somebody_waits)
        killed.send_signal(signal.SIGKILL)
        killed.communicate(timeout=30)
    until(_nobody_holds_the_lock)
    assert list(Endpoint.objects.order_by("key").values()) == before
    assert LanguageModel.objects.filter(author__slug="acme").count() == MODELS
    assert not CatalogChange.objects.exists()
    assert not RefreshState.objects.exists()
    after = started(file)
    assert after.communicate(timeout=60)[1] == ""
    assert CatalogChange.objects.filter(what="repriced").count() == MODELS


def _somebody_waits() -> bool:
    """For the row, with the lock of all loaders in its hands."""
    waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype <> 'advisory'"
    return _number(waiting) > 0


def _nobody_holds_the_lock() -> bool:
    held = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND database = "
        "(SELECT oid FROM pg_database WHERE datname = current_database()) "
        f"AND ((classid::bigint << 32) | objid::bigint) = {LOCK}"
    )
    return _number(held) == 0


def _number(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return int(cursor.fetchone()[0])
