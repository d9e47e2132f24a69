"""A project's webhook: what it is told, signed, tried again, never at an address of the home."""

import base64
import hashlib
import hmac
import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import httpx
import pytest

from apps.accounts.models import AuditEntry, Notice
from apps.budgets.models import AlertWebhook, WebhookDelivery
from apps.budgets.tasks import run
from apps.budgets.webhooks.changing import AlreadySetUp, remove, set_up
from apps.budgets.webhooks.sending import CLAIM, TRIES, send_due
from apps.core.outbound import client
from apps.gateway.docs import examples
from tests.budgets.spending import budget_of, spend
from tests.cast import Cast

NOON = datetime(2026, 7, 15, 12, tzinfo=UTC)
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
HOOK = "https://alerts.example/hook/"
Handler = Callable[[httpx.Request], httpx.Response]


class Receiver:
    """The program at the other end: answers with these statuses, the last one for ever."""

    def __init__(self, *answers: int | Exception) -> None:
        self.answers, self.requests = list(answers), []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    def open(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self))


@pytest.fixture
def secret(cast: Cast) -> str:
    return set_up(cast.project, HOOK, actor=cast.owner)[1]


def alert(cast: Cast, spent: str = "0.8", **own: Any) -> None:
    named = {"name": "Tablets", "covers": "members", "project": cast.project, **own}
    spend(budget_of(cast, **named), spent, NOON)
    run(NOON)


def test_an_alert_is_sent_once_with_its_figures_and_no_name(cast: Cast, secret: str) -> None:
    receiver = Receiver(204)
    alert(cast)
    for moment in (NOON, NOON + MINUTE, NOON + DAY):
        send_due(moment, open_client=receiver.open)
    (request,) = receiver.requests
    assert (request.method, str(request.url)) == ("POST", HOOK)
    assert request.headers["content-type"] == "application/json"
    message = json.loads(request.content)
    assert message == {
        "type": "budget.alert",
        "timestamp": "2026-07-15T12:00:00Z",
        "data": {
            "text": "“Tablets” has used 80 % of $1.00 for today in Home; it comes back at "
            "midnight.",
            "project": {"slug": "home", "name": "Home"},
            "budget": {"id": message["data"]["budget"]["id"], "name": "Tablets"}
            | {"interval": "daily"},
            "limit_usd": "1",
            "extra_usd": "0",
            "spent_usd": "0.8",
            "starts_at": "2026-07-15T00:00:00Z",
            "resets_at": "2026-07-16T00:00:00Z",
            "percent": 80,
        },
    }
    assert message.keys() == examples.MESSAGE.keys()
    assert message["data"].keys() == examples.MESSAGE["data"].keys()
    assert "Mia" not in request.content.decode()


def test_what_the_help_lists_is_what_is_sent() -> None:
    listed = {name for name, _ in examples.MESSAGE_FIELDS}
    sent = {"type", "timestamp", *(f"data.{name}" for name in examples.MESSAGE["data"])}
    assert listed == sent


def test_a_reset_is_sent_where_it_is_told(cast: Cast, secret: str) -> None:
    receiver = Receiver(200)
    alert(cast, "1")
    run(NOON + DAY)
    send_due(NOON + DAY, open_client=receiver.open)
    kinds = [json.loads(one.content)["type"] for one in receiver.requests]
    assert kinds == ["budget.alert", "budget.reset"]


def test_other_projects_and_the_household_say_nothing_to_it(cast: Cast, secret: str) -> None:
    for budget in (budget_of(cast), budget_of(cast, covers="household")):
        spend(budget, "1", NOON)
    run(NOON)
    assert WebhookDelivery.objects.count() == 0


def test_the_signature_is_over_id_time_and_body(cast: Cast, secret: str) -> None:
    receiver = Receiver(200)
    alert(cast)
    send_due(NOON, open_client=receiver.open)
    (request,) = receiver.requests
    headers = request.headers
    assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + request.content
    key = base64.b64decode(secret.removeprefix("whsec_"))
    proof = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{proof}"
    assert secret not in str(headers) + request.content.decode()


def test_the_lines_in_the_help_tell_true_from_false(cast: Cast, secret: str) -> None:
    receiver, known = Receiver(200), {}
    exec(examples.CHECK, known)
    alert(cast)
    now = datetime.now(UTC) + MINUTE
    send_due(now, open_client=receiver.open)
    (request,) = receiver.requests
    check = partial(known["is_from_the_house"], secret)
    headers, body = dict(request.headers), request.content
    assert check(headers, body)
    assert not check(headers, body.replace(b"0.8", b"0.9"))
    assert not check({**headers, "webhook-id": "msg_0"}, body)
    old = {**headers, "webhook-timestamp": str(int((now - DAY).timestamp()))}
    assert not check(old, body)
    stranger = partial(known["is_from_the_house"], "whsec_" + base64.b64encode(b"x" * 24).decode())
    assert not stranger(headers, body)


def test_it_is_tried_again_with_growing_pauses_until_it_is_taken(cast: Cast, secret: str) -> None:
    receiver = Receiver(500, httpx.ConnectError("no"), httpx.ReadTimeout("slow"), 200)
    alert(cast)
    now, pauses = NOON, []
    while (row := WebhookDelivery.objects.get()).next_at is not None:
        pauses.append((row.next_at - now, row.last_error))
        now = row.next_at
        assert send_due(now - timedelta(seconds=1), open_client=receiver.open) == 0
        send_due(now, open_client=receiver.open)
    assert pauses == [
        (0 * MINUTE, ""),
        (MINUTE, "status_500"),
        (3 * MINUTE, "nothing_there"),
        (9 * MINUTE, "timeout"),
    ]
    assert (row.attempts, row.delivered_at, row.last_error) == (4, now, "")
    ids = {request.headers["webhook-id"] for request in receiver.requests}
    assert len(ids) == 1
    times = [int(request.headers["webhook-timestamp"]) for request in receiver.requests]
    assert times == sorted(set(times))


def test_in_the_end_it_is_given_up_and_the_admins_are_told(cast: Cast, secret: str) -> None:
    receiver = Receiver(503)
    alert(cast)
    Notice.objects.all().delete()
    now = NOON
    for _ in range(TRIES):
        send_due(now, open_client=receiver.open)
        now = WebhookDelivery.objects.get().next_at or now
    assert len(receiver.requests) == TRIES
    assert now - NOON < DAY
    assert send_due(now + DAY, open_client=receiver.open) == 0
    notice = Notice.objects.get()
    assert (notice.user, notice.link) == (cast.owner, "/projects/home/webhook/")
    assert notice.text == (
        "The webhook of Home did not take a message in 8 tries. The last time it answered with "
        "status 503. Later messages are still sent to it."
    )


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_no_redirect_is_followed(cast: Cast, secret: str, status: int) -> None:
    receiver = Receiver(status)
    alert(cast)
    assert send_due(NOON, open_client=receiver.open) == 0
    assert len(receiver.requests) == 1


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.9", "192.168.1.4", "169.254.169.254", "::1", "fd00::1"]
)
def test_an_address_of_the_home_is_never_called(
    cast: Cast, secret: str, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever name it hides behind, also when the name led elsewhere while it was set up."""
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was called"))
    alert(cast)
    guarded = partial(client, own_ports=frozenset({8000}), resolver=lambda *_: [address])
    assert send_due(NOON, open_client=guarded) == 0
    assert WebhookDelivery.objects.get().last_error == "address"


def test_who_was_killed_while_sending_is_followed(cast: Cast, secret: str) -> None:
    def killed(request: httpx.Request) -> httpx.Response:
        raise KeyboardInterrupt

    alert(cast)
    with pytest.raises(KeyboardInterrupt):
        send_due(NOON, open_client=lambda: httpx.Client(transport=httpx.MockTransport(killed)))
    receiver = Receiver(200)
    assert send_due(NOON + CLAIM - MINUTE, open_client=receiver.open) == 0
    assert send_due(NOON + CLAIM, open_client=receiver.open) == 1


def test_a_removed_webhook_is_told_nothing_more(cast: Cast, secret: str) -> None:
    receiver = Receiver(200)
    alert(cast)
    for _ in range(2):
        remove(cast.project, actor=cast.owner)
    assert send_due(NOON, open_client=receiver.open) == 0
    assert AlertWebhook.objects.get().secret == ""
    assert AuditEntry.objects.filter(verb="webhook.removed").count() == 1


def test_a_project_has_one_and_its_secret_opens_with_its_row_alone(cast: Cast, secret: str) -> None:
    with pytest.raises(AlreadySetUp):
        set_up(cast.project, HOOK, actor=cast.owner)
    remove(cast.project, actor=cast.owner)
    again, other = set_up(cast.project, HOOK, actor=cast.owner)
    assert other != secret and again.open_secret() == other and other not in again.secret
    AlertWebhook.objects.filter(pk=again.pk).update(secret=again.secret.replace("v1:", "v1:A"))
    alert(cast)
    send_due(NOON, open_client=Receiver(200).open)
    assert WebhookDelivery.objects.get().last_error == "secret"
    assert "hook/" not in str(list(AuditEntry.objects.values_list("details", "subject")))
