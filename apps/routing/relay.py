"""One attempt at one candidate over HTTP: send, wait, read. It knows failures only by what they
mean for money: surely nothing was spent, or the provider may have worked."""

import asyncio

import orjson

from apps.routing.errors import Refusal
from apps.routing.http1 import ConnectionLost, NotConnected, Response
from apps.routing.pool import Pool

LONGEST_ANSWER = 64 * 1024 * 1024
LONGEST_ERROR = 64 * 1024
NOT_REACHED = {
    "connect_timeout": "no connection in time",
    "dns": "its name does not resolve",
    "tls": "its certificate cannot be trusted",
    "refused": "nothing accepts a connection there",
    "not_permitted": "the house does not call its address; for one at home, switch on "
    "“runs at home” at its connection",
}


class Failed(Exception):
    """An attempt that brought no answer. `is_unsure`: bytes had gone out, so it may be billed."""

    def __init__(self, refusal: Refusal, *, word: str, is_unsure: bool = False) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.word = word
        self.is_unsure = is_unsure


async def send(
    pool: Pool,
    *,
    head: bytes,
    body: bytes,
    provider: str,
    never_sent: tuple[type[Exception], ...] = (),
) -> Response:
    """The response once its headers are here and say 200. Raises Failed. `never_sent` are the
    errors of whoever connects that mean the house does not call this address."""
    try:
        response = await pool.post(head, body)
    except NotConnected as problem:
        raise _not_reached(provider, problem.word) from problem
    except never_sent as problem:
        raise _not_reached(provider, "not_permitted") from problem
    except ConnectionLost as problem:
        raise lost(provider) from problem
    if response.status == 200:
        return response
    try:
        raise await _rejected(response, provider)
    finally:
        response.release()


async def whole(response: Response, *, provider: str) -> bytes:
    """The whole body. Raises Failed when it is cut or too long."""
    parts, size = [], 0
    while part := await piece(response, provider=provider):
        parts.append(part)
        size += len(part)
        if size > LONGEST_ANSWER:
            raise _too_long(provider)
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def piece(response: Response, *, provider: str) -> bytes:
    """What comes next, b"" at the end. Raises Failed when the connection breaks before it."""
    try:
        return await response.read()
    except ConnectionLost as problem:
        raise lost(provider) from problem


def unavailable(provider: str, message: str) -> Refusal:
    return Refusal(
        502, "provider_unavailable", message, metadata={"provider_name": provider}, retry_after=None
    )


def _too_long(provider: str) -> Failed:
    message = f"{provider} sent an answer too long to be one."
    return Failed(unavailable(provider, message), word="too_long", is_unsure=True)


def lost(provider: str) -> Failed:
    return Failed(
        unavailable(provider, f"The connection to {provider} broke before the answer was whole."),
        word="connection_lost",
        is_unsure=True,
    )


def late(provider: str, seconds: float, *, verb: str) -> Failed:
    return Failed(
        Refusal(
            504,
            "timeout",
            f"{provider} did not {verb} within {seconds:g} s.",
            metadata={"provider_name": provider},
        ),
        word="timeout",
        is_unsure=True,
    )


def _not_reached(provider: str, word: str) -> Failed:
    """The text names no address: whoever calls may not know where the house connects."""
    message = f"{provider} could not be reached: {NOT_REACHED[word]}."
    return Failed(unavailable(provider, message), word=word)


async def _rejected(response: Response, provider: str) -> Failed:
    """A status other than 200: nothing was produced, so nothing was spent."""
    status = response.status
    raw = b""
    try:
        async with asyncio.timeout(10):
            while len(raw) < LONGEST_ERROR and (part := await response.read()):
                raw += part
    except OSError:  # too slow, or broken: what came has to do
        pass
    said = _message(raw)
    metadata = {"provider_name": provider, "provider_status": status}
    if status == 429:
        wait = _seconds(response.headers.get("retry-after"))
        message = f"{provider} is limiting requests right now; try again in {wait} s."
        refusal = Refusal(429, "rate_limit_exceeded", message, metadata=metadata, retry_after=wait)
    elif status in (401, 402, 403):
        message = f"{provider} refused the house's account ({status}); its owner can mend this."
        refusal = Refusal(502, "provider_unavailable", message, metadata=metadata)
    elif 400 <= status < 500:
        kind = "context_length_exceeded" if _is_length(said) else "invalid_request"
        message = (
            f"{provider} refused this request: {said}"
            if said
            else (f"{provider} refused this request ({status}).")
        )
        shown = status if status in (400, 404, 413, 422) else 400
        refusal = Refusal(shown, kind, message, metadata=metadata)
    elif 300 <= status < 400:
        message = f"{provider} answered with a redirect, which is never followed."
        refusal = Refusal(502, "provider_unavailable", message, metadata=metadata)
    else:
        message = f"{provider} failed ({status}). You were not charged."
        refusal = Refusal(502, "provider_unavailable", message, metadata=metadata)
    return Failed(refusal, word=f"status_{status}")


def _message(raw: bytes) -> str:
    """A provider's own words, where they are text for people."""
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return ""
    error = value.get("error", value) if type(value) is dict else None
    text = error.get("message") if type(error) is dict else error
    if type(text) is not str:
        return ""
    return "".join(letter if letter.isprintable() else " " for letter in text[:500])


def _is_length(text: str) -> bool:
    lowered = text.lower()
    return "context length" in lowered or "context_length" in lowered or "too long" in lowered


def _seconds(value: str | None) -> int:
    """Retry-After in seconds; a date or nonsense counts as a short rest."""
    if value and value.isascii() and value.isdigit() and len(value) < 10:
        return min(max(int(value), 1), 3600)
    return 5
