"""One attempt at one candidate over HTTP: send, wait, read. It knows failures only by what they
mean for money: surely nothing was spent, or the provider may have worked."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping

import aiohttp
import orjson
from yarl import URL

from apps.routing.errors import Refusal

LONGEST_ANSWER = 64 * 1024 * 1024
LONGEST_ERROR = 64 * 1024
CONNECT_SECONDS = 5.0


class Failed(Exception):
    """An attempt that brought no answer. `is_unsure`: bytes had gone out, so it may be billed."""

    def __init__(self, refusal: Refusal, *, word: str, is_unsure: bool = False) -> None:
        super().__init__(refusal.message)
        self.refusal = refusal
        self.word = word
        self.is_unsure = is_unsure


async def send(
    session: aiohttp.ClientSession,
    *,
    url: URL | str,
    body: bytes,
    headers: Mapping[str, str],
    provider: str,
    never_sent: tuple[type[Exception], ...] = (),
) -> aiohttp.ClientResponse:
    """The response once its headers are here and say 200. Raises Failed. `never_sent` are the
    transport's own errors that mean no connection was made."""
    try:
        response = await session.post(url, data=body, headers=headers, allow_redirects=False)
    except aiohttp.ConnectionTimeoutError as problem:
        raise Failed(
            unavailable(provider, f"{provider} could not be reached: no connection in time."),
            word="connect_timeout",
        ) from problem
    except aiohttp.ClientConnectorError as problem:  # DNS, refused, TLS: no request was sent
        raise _not_reached(problem, provider) from problem
    except ValueError as problem:  # a URL that is none
        raise _not_reached(problem, provider) from problem
    except never_sent as problem:
        raise _not_reached(problem, provider) from problem
    except (aiohttp.ClientError, OSError) as problem:
        raise lost(provider) from problem
    if response.status == 200:
        return response
    try:
        raise await _rejected(response, provider)
    finally:
        response.release()


async def whole(response: aiohttp.ClientResponse, *, provider: str) -> bytes:
    """The whole body. Raises Failed when it is cut or too long."""
    content = response.content
    parts, size = [], 0
    try:
        while not content.at_eof():
            chunk = await content.readany()
            parts.append(chunk)
            size += len(chunk)
            if size > LONGEST_ANSWER:
                raise _too_long(provider)
    except (aiohttp.ClientError, OSError) as problem:
        raise lost(provider) from problem
    return parts[0] if len(parts) == 1 else b"".join(parts)


async def pieces(response: aiohttp.ClientResponse, *, provider: str) -> AsyncIterator[bytes]:
    """Chunks as they come. Raises Failed when the connection breaks before the end."""
    content = response.content
    try:
        while not content.at_eof():
            chunk = await content.readany()
            if chunk:
                yield chunk
    except (aiohttp.ClientError, OSError) as problem:
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


def _not_reached(problem: BaseException, provider: str) -> Failed:
    """The text names no address: whoever calls may not know where the house connects."""
    if isinstance(problem, aiohttp.ClientConnectorDNSError):
        word, why = "dns", "its name does not resolve"
    elif isinstance(problem, aiohttp.ClientSSLError | ssl.SSLError):
        word, why = "tls", "its certificate cannot be trusted"
    else:
        word, why = "refused", "nothing accepts a connection there"
    return Failed(unavailable(provider, f"{provider} could not be reached: {why}."), word=word)


async def _rejected(response: aiohttp.ClientResponse, provider: str) -> Failed:
    """A status other than 200: nothing was produced, so nothing was spent."""
    status = response.status
    try:
        async with asyncio.timeout(10):
            raw = await response.content.read(LONGEST_ERROR)
    except (TimeoutError, aiohttp.ClientError, OSError):
        raw = b""
    said = _message(raw)
    metadata = {"provider_name": provider, "provider_status": status}
    if status == 429:
        wait = _seconds(response.headers.get("Retry-After"))
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
    if value and value.isascii() and value.isdigit():
        return min(max(int(value), 1), 3600)
    return 5
