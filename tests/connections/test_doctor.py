"""`manage.py doctor`: one line per part, and what to do about a bad one."""

import datetime
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog.models import CatalogState, Provider
from apps.connections.models import Connection
from apps.core.tasks import ping
from apps.gateway import checkup
from tests.core.listener import listening

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.django_db
def test_the_database_is_described() -> None:
    finding = checkup.check_database()
    assert finding.is_ok
    assert finding.text.startswith("PostgreSQL ")


@pytest.mark.django_db
def test_the_clocks_agree_and_the_secrets_open() -> None:
    assert checkup.check_clock().is_ok
    household = Household.objects.get()
    household.check_value = settings.HOUSE_SECRETS.check_value()
    household.save()
    assert checkup.check_secrets_open().is_ok
    household.check_value = "v1:" + "A" * 80
    household.save()
    assert "GATEHOUSE_SECRETS_FILE" in checkup.check_secrets_open().text


@pytest.mark.django_db
def test_the_queue_is_well_when_a_task_leaves_its_trace() -> None:
    assert checkup.check_queue(send=ping).is_ok


@pytest.mark.django_db
def test_a_queue_without_a_worker_is_told_apart_from_a_broker_that_is_away() -> None:
    def away(token: str) -> None:
        raise ConnectionRefusedError

    assert "no worker" in checkup.check_queue(seconds=0.3, send=lambda token: None).text
    assert "CELERY_BROKER_URL" in checkup.check_queue(send=away).text


@pytest.mark.django_db
def test_an_empty_and_an_old_catalogue_are_named() -> None:
    CatalogState.objects.all().delete()
    assert "load_catalog" in checkup.check_catalogue().text
    today = timezone.now().date()
    facts = {"id": 1, "sha256": "", "loaded_at": timezone.now()}
    state = CatalogState.objects.create(as_of=today, **facts)
    assert checkup.check_catalogue().is_ok
    state.as_of = today - datetime.timedelta(days=400)
    state.save()
    assert not checkup.check_catalogue().is_ok


@pytest.mark.django_db
def test_each_connection_is_tested() -> None:
    with listening(lambda path: (401, {}, b"{}")) as upstream:
        account = Connection(
            provider=Provider.objects.get(slug="custom"),
            name="Mine",
            base_url=upstream.base_url,
            is_at_home=True,
        )
        account.save()
        assert str(checkup.check_connection(account)) == (
            "no  connection “Mine”: Mine wants a key; add one from your account there."
        )
        account.is_enabled = False
        assert checkup.check_connection(account).is_ok


def test_mail_may_be_missing_but_not_wrong(settings: object) -> None:
    settings.EMAIL_URL = ""  # type: ignore[attr-defined]
    assert checkup.check_mail().is_ok
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_URL = "smtp://set"  # type: ignore[attr-defined]
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", nobody.getsockname()[1]  # type: ignore[attr-defined]
        finding = checkup.check_mail()
    assert (finding.is_ok, "EMAIL_URL" in finding.text) == (False, True)


def test_the_web_is_asked_at_its_own_port(settings: object) -> None:
    with listening(lambda path: (200, {}, b"ok")) as house:
        settings.GATEHOUSE_PORT = house.port  # type: ignore[attr-defined]
        assert checkup.check_web().is_ok
        assert house.paths == ["/healthz"]
    assert "make run" in checkup.check_web().text


@pytest.mark.django_db
def test_the_place_of_the_metrics_secret_is_named_and_the_secret_is_not() -> None:
    finding = checkup.check_metrics()
    assert "secrets.json" in finding.text
    assert settings.HOUSE_SECRETS.metrics_token not in finding.text


def test_it_works_without_a_running_house(tmp_path: Path) -> None:
    given = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "EMAIL_URL"}}
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        place = {
            "GATEHOUSE_DATA_DIR": str(tmp_path),
            "GATEHOUSE_PORT": str(nobody.getsockname()[1]),
        }
        done = subprocess.run(
            [sys.executable, "manage.py", "doctor"],
            cwd=ROOT,
            env={**given, **place},
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 1
    assert done.stdout.startswith("no  database: PostgreSQL does not answer; start the house")
    assert "no  web: nothing answers on port" in done.stdout
    assert "ok  mail: EMAIL_URL is not set" in done.stdout
    assert "Traceback" not in done.stderr
