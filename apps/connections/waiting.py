"""A new key that failed its test, kept for somebody who may want to save it all the same: locked,
in their session, for a quarter of an hour. It is never sent to a page."""

import time
from typing import TypedDict, cast

from django.conf import settings
from django.http import HttpRequest

from apps.connections.models import Connection
from apps.core.vault import VaultError

KEPT_AS = "waiting_key"
SECONDS = 15 * 60


class Waiting(TypedDict):
    """What was typed; `credential` is locked while it waits."""

    connection: int
    until: float
    base_url: str
    at_home: bool
    credential: str


def keep(
    request: HttpRequest, connection: Connection, *, base_url: str, at_home: bool, credential: str
) -> None:
    request.session[KEPT_AS] = Waiting(
        connection=connection.pk,
        until=time.time() + SECONDS,
        base_url=base_url,
        at_home=at_home,
        credential=settings.HOUSE_SECRETS.encrypt(credential, _bound_to(connection)),
    )


def take(request: HttpRequest, connection: Connection) -> Waiting | None:
    """What waits for this connection, opened; it waits no longer."""
    waiting = cast("Waiting | None", request.session.pop(KEPT_AS, None))
    if waiting is None or waiting["connection"] != connection.pk or waiting["until"] < time.time():
        return None
    try:
        secret = settings.HOUSE_SECRETS.decrypt(waiting["credential"], _bound_to(connection))
    except VaultError:
        return None
    return {**waiting, "credential": secret}


def forget(request: HttpRequest) -> None:
    request.session.pop(KEPT_AS, None)


def _bound_to(connection: Connection) -> str:
    return f"{connection.bound_to}.waiting"
