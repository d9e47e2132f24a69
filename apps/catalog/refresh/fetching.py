"""Gets a source's list from its one address, through the only way out; what goes wrong becomes a
sentence."""

import zlib
from collections.abc import Callable, Mapping
from http import HTTPStatus

import httpx

from apps.catalog.refresh.validate import MOST_BYTES, Clock, PayloadError
from apps.core.outbound import AnswerTooLarge, OutboundRefused, client, own_ports, read

OpenClient = Callable[[], httpx.Client]
MOST_SECONDS = 60.0


def guarded() -> httpx.Client:
    """Reaches public addresses, tested when connecting."""
    return client(own_ports=own_ports())


def fetch(
    address: str,
    *,
    clock: Clock,
    open_client: OpenClient = guarded,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    host = httpx.URL(address).host
    try:
        with (
            open_client() as web,
            web.stream(
                "GET", address, headers={"Accept": "application/json", **(headers or {})}
            ) as answer,
        ):
            if answer.status_code != HTTPStatus.OK:
                raise PayloadError(_of_status(host, answer.status_code))
            return read(answer, limit=MOST_BYTES, seconds=min(MOST_SECONDS, clock.left))
    except OutboundRefused:
        raise PayloadError(
            f"{host} leads to an address inside a private network, where the house does not look "
            "for its catalogue; nothing was taken."
        ) from None
    except httpx.TimeoutException:
        raise PayloadError(f"{host} did not answer in time.") from None
    except (AnswerTooLarge, zlib.error):
        raise PayloadError(
            f"{host} sent more, or slower, than such a list is; nothing was taken."
        ) from None
    except (httpx.HTTPError, OSError):
        raise PayloadError(
            f"{host} cannot be reached; is this house online? Without a network, take the list "
            "as a file."
        ) from None


def _of_status(host: str, status: int) -> str:
    if 300 <= status < 400:
        return f"{host} sends requests on to another address, which the house never follows."
    return f"{host} answered with status {status} instead of its list."
