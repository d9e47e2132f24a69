"""Sends what webhooks are to be told: to public addresses only, signed, and again with growing
pauses until it was taken or tried often enough."""

import ssl
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx
import orjson
import structlog
from django.db import transaction
from django.urls import reverse

from apps.accounts.notices import tell
from apps.budgets.audience import project_admins
from apps.budgets.models import WebhookDelivery
from apps.budgets.webhooks.signing import signed_headers
from apps.core.outbound import OutboundRefused, client, own_ports
from apps.core.vault import VaultError

log = structlog.get_logger(__name__)
OpenClient = Callable[[], httpx.Client]

TRIES = 8
FIRST_WAIT = timedelta(minutes=1)  # then three times as long each: 18 hours in all
CLAIM = timedelta(minutes=5)  # who was killed while sending is followed after that
ANSWER_SECONDS = 5.0  # for each piece
MOST_SECONDS = 15.0
SECONDS = 60.0
GAVE_UP = (
    "The webhook of {project} did not take a message in {tries} tries. The last time {why}. "
    "Later messages are still sent to it."
)
WHY = {
    "address": "its address led into a private network, where the house does not send messages",
    "nothing_there": "nothing answered at its address",
    "tls": "its server could not prove who it is",
    "timeout": "it did not answer in time",
    "secret": "its secret did not open with the house’s keys; remove it and set it up again",
}


def guarded() -> httpx.Client:
    """Reaches public addresses, tested when connecting."""
    web = client(own_ports=own_ports())
    web.timeout = httpx.Timeout(ANSWER_SECONDS)
    return web


def send_due(now: datetime, *, open_client: OpenClient = guarded, seconds: float = SECONDS) -> int:
    """What is due, one by one, for so long. Returns how many were taken."""
    stop, taken = time.monotonic() + seconds, 0
    while time.monotonic() < stop and (delivery := _claim(now)) is not None:
        taken += deliver(delivery, now, open_client=open_client)
    return taken


def deliver(delivery: WebhookDelivery, now: datetime, *, open_client: OpenClient = guarded) -> bool:
    """One try. Whoever calls it has counted it."""
    delivery.last_error = _send(delivery, now, open_client)
    if not delivery.last_error:
        delivery.delivered_at, delivery.next_at = now, None
    elif delivery.next_at is not None:
        wait = FIRST_WAIT * 3 ** (delivery.attempts - 1)
        delivery.next_at = now + wait if delivery.attempts < TRIES else None
        if delivery.next_at is None:
            _give_up(delivery)
    delivery.save(update_fields=["last_error", "delivered_at", "next_at"])
    return delivery.delivered_at is not None


def why(error: str) -> str:
    """The end of a sentence that begins with “the last time” or the like."""
    status = error.removeprefix("status_")
    return WHY.get(error) or f"it answered with status {status}"


@transaction.atomic
def _claim(now: datetime) -> WebhookDelivery | None:
    """The next one, which nobody else takes meanwhile."""
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",))
    due = rows.filter(next_at__lte=now, webhook__disabled_at=None).order_by("next_at", "id")
    delivery = due.select_related("webhook__project").first()
    if delivery is not None:
        delivery.next_at, delivery.attempts = now + CLAIM, delivery.attempts + 1
        delivery.save(update_fields=["next_at", "attempts"])
    return delivery


def _send(delivery: WebhookDelivery, now: datetime, open_client: OpenClient) -> str:
    """A word for what went wrong, or nothing."""
    body = orjson.dumps(delivery.payload)
    try:
        secret = delivery.webhook.open_secret()
    except VaultError:
        return "secret"
    headers = signed_headers(
        secret, message_id=f"msg_{delivery.pk}", seconds=int(now.timestamp()), body=body
    )
    with open_client() as web:
        # Who answers byte by byte keeps within every pause; this ends the whole.
        guard = threading.Timer(MOST_SECONDS, web.close)
        guard.daemon = True
        guard.start()
        try:
            return _post(web, delivery.webhook.url, headers, body)
        finally:
            guard.cancel()


def _post(web: httpx.Client, url: str, headers: dict[str, str], body: bytes) -> str:
    """What the other side answers is not read, but for its status."""
    sent = {"Content-Type": "application/json", **headers}
    try:
        with web.stream("POST", url, content=body, headers=sent) as answer:
            return "" if answer.is_success else f"status_{answer.status_code}"
    except OutboundRefused:
        return "address"
    except httpx.TimeoutException:
        return "timeout"
    except (httpx.HTTPError, OSError) as problem:
        return "tls" if _is_tls(problem) else "nothing_there"


def _is_tls(problem: BaseException) -> bool:
    cause: BaseException | None = problem
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


def _give_up(delivery: WebhookDelivery) -> None:
    project = delivery.webhook.project
    log.warning("webhook_not_taken", webhook=delivery.webhook_id, problem=delivery.last_error)
    text = GAVE_UP.format(project=project, tries=TRIES, why=why(delivery.last_error))
    for person in project_admins(project):
        tell(person, text, link=reverse("webhooks:project", args=[project.slug]))
