"""What `manage.py doctor` looks at: each check says in one line that a part is well, or what is
wrong and what to do. It repairs nothing, and no secret stands in a line."""

import http.client
import os
import secrets
import smtplib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.mail import get_connection
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog.models import CatalogState, Endpoint, LanguageModel
from apps.connections import probe
from apps.connections.models import Connection
from apps.core.tasks import ping, ping_key
from apps.core.vault import FILE_NAME

LEAST_POSTGRES = 150000
MOST_SKEW_SECONDS = 2.0
MOST_CATALOGUE_DAYS = 90
QUEUE_SECONDS = 10.0  # a task takes a tenth of a second, except on a machine that is very busy
START = "start the house with make run"


@dataclass(frozen=True)
class Finding:
    is_ok: bool
    part: str
    text: str

    def __str__(self) -> str:
        return f"{'ok' if self.is_ok else 'no'}  {self.part}: {self.text}"


def checkup() -> Iterator[Finding]:
    """One finding after the other, as they are found: some take seconds."""
    database = check_database()
    yield database
    yield check_web()
    yield check_mail()
    yield check_metrics()
    if not database.is_ok:
        rest = "clock, secrets, queue, catalogue and connections"
        yield Finding(False, rest, "not checked, since they need the database.")
        return
    yield check_clock()
    yield check_secrets_open()
    yield check_queue()
    yield check_catalogue()
    for account in Connection.objects.select_related("provider"):
        yield check_connection(account)


def check_database() -> Finding:
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int,"
                " current_setting('server_version'), pg_database_size(current_database()),"
                " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()),"
                " current_setting('max_connections')"
            )
            number, version, size, used, most = cursor.fetchone()
        waiting = MigrationExecutor(connection).migration_plan(_newest())
    except OperationalError:
        where = f"{START}." if settings.DATABASE_IS_EMBEDDED else "check DATABASE_URL."
        return Finding(False, "database", f"PostgreSQL does not answer; {where}")
    facts = f"PostgreSQL {version.split()[0]}, {_megabytes(size)}, {used} of {most} connections"
    if number < LEAST_POSTGRES:
        return Finding(False, "database", f"{facts}; version 15 or newer is needed.")
    if waiting:
        return Finding(False, "database", f"{facts}; its tables are not up to date: {START}.")
    return Finding(True, "database", f"{facts}.")


def check_web() -> Finding:
    """Asks the house itself, so not through the guarded client, which refuses to."""
    bind = settings.GATEHOUSE_BIND
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)
    place = f"port {settings.GATEHOUSE_PORT}"
    web = http.client.HTTPConnection(host, settings.GATEHOUSE_PORT, timeout=5)
    try:
        web.request("GET", "/healthz", headers={"Host": "localhost"})
        status = web.getresponse().status
    except (OSError, http.client.HTTPException):
        return Finding(False, "web", f"nothing answers on {place}; {START}.")
    finally:
        web.close()
    if status != http.client.OK:
        return Finding(False, "web", f"{place} answers with status {status}; see the house's log.")
    return Finding(True, "web", f"answers on {place}.")


def check_mail() -> Finding:
    if not settings.EMAIL_URL:
        return Finding(True, "mail", "EMAIL_URL is not set; nothing waits for mail.")
    place = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mail = get_connection()
        mail.open()
        mail.close()
    except smtplib.SMTPAuthenticationError:
        advice = "check the user name and password in EMAIL_URL."
        return Finding(False, "mail", f"{place} does not accept the sign-in; {advice}")
    except (OSError, smtplib.SMTPException):
        return Finding(False, "mail", f"{place} does not answer as a mail server; check EMAIL_URL.")
    return Finding(True, "mail", f"{place} answers.")


def check_metrics() -> Finding:
    chosen = os.environ.get("GATEHOUSE_SECRETS_FILE", "").strip()
    path = Path(chosen) if chosen else settings.GATEHOUSE_DATA_DIR / FILE_NAME
    return Finding(True, "metrics", f"the Bearer secret of /metrics is metrics_token in {path}.")


def check_clock() -> Finding:
    started = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        theirs = cursor.fetchone()[0]
    trip = time.monotonic() - started
    skew = abs((timezone.now() - theirs).total_seconds() - trip / 2)
    if skew > MOST_SKEW_SECONDS + trip:
        advice = "set both by NTP, or budgets open and close at the wrong time."
        return Finding(False, "clock", f"{skew:.0f} s apart from the database's; {advice}")
    return Finding(True, "clock", "agrees with the database's.")


def check_secrets_open() -> Finding:
    value = Household.objects.values_list("check_value", flat=True).first()
    if value and not settings.HOUSE_SECRETS.opens(value):
        advice = "put back the file that was saved with it, or name it in GATEHOUSE_SECRETS_FILE."
        return Finding(False, "secrets", f"the file does not belong to this database; {advice}")
    return Finding(True, "secrets", "belong to this database.")


def check_queue(
    seconds: float = QUEUE_SECONDS, send: Callable[[str], object] | None = None
) -> Finding:
    """Sends a task through the queue and waits for its trace."""
    token = secrets.token_hex(8)
    try:
        if send is None:
            ping.apply_async((token,), expires=seconds, retry=False)
        else:
            send(token)
    except Exception:  # each broker's library has errors of its own
        advice = "check CELERY_BROKER_URL and whether the broker runs."
        return Finding(False, "queue", f"the broker takes no task; {advice}")
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if cache.get(ping_key(token)):
            return Finding(True, "queue", "a task went through.")
        time.sleep(0.1)
    return Finding(False, "queue", f"no worker did a task within {seconds:.0f} s; {START}.")


def check_catalogue() -> Finding:
    state = CatalogState.objects.first()
    if state is None:
        return Finding(False, "catalogue", "is empty; load it with manage.py load_catalog.")
    days = (timezone.now().date() - state.as_of).days
    models = LanguageModel.objects.filter(is_listed=True).count()
    endpoints = Endpoint.objects.filter(is_listed=True).count()
    facts = f"{models} models, {endpoints} endpoints, as of {state.as_of} ({days} days)"
    if days > MOST_CATALOGUE_DAYS:
        return Finding(False, "catalogue", f"{facts}; prices may have changed, update the house.")
    return Finding(True, "catalogue", f"{facts}.")


def check_connection(account: Connection) -> Finding:
    part = f"connection “{account}”"
    if not account.is_enabled:
        return Finding(True, part, "switched off.")
    result = probe.test(account)
    return Finding(result.is_ok, part, result.sentence)


def _newest() -> list[tuple[str, str]]:
    return list(MigrationExecutor(connection).loader.graph.leaf_nodes())


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.0f} MB"
