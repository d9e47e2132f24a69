"""Request headers → the caller. One extractor for both key headers, one look-up by full digest."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.gateway.candidates import HOP_HEADER
from apps.gateway.snapshot import Caller
from apps.keys.tokens import is_well_formed
from apps.routing.errors import Refusal, invalid, unauthenticated

if TYPE_CHECKING:
    from apps.gateway.house import House

HOP = HOP_HEADER.lower().encode()
NO_KEY = "No API key was sent. Send it as “Authorization: Bearer gate_live_…”."
BAD_KEY = "This API key does not work here: it is mistyped, switched off or expired."


def presented_key(headers: Mapping[bytes, bytes]) -> str:
    """The key as sent, by Bearer or x-api-key. Raises Refusal (400, 401)."""
    bearer, plain = headers.get(b"authorization"), headers.get(b"x-api-key")
    found = set()
    if bearer is not None:
        scheme, _, value = bearer.partition(b" ")
        if scheme.lower() != b"bearer":
            raise unauthenticated("The Authorization header must be “Bearer” and an API key.")
        found.add(value.strip())
    if plain is not None:
        found.add(plain.strip())
    if len(found) > 1:
        raise invalid("Authorization and x-api-key carry different keys; send one of them.")
    if not found or not (key := found.pop()):
        raise unauthenticated(NO_KEY)
    return key.decode("latin-1")


def refuse_loops(headers: Mapping[bytes, bytes]) -> None:
    """A call that already passed through a house would go round for ever."""
    if HOP in headers:
        raise Refusal(
            400,
            "invalid_request",
            "This call has already passed through Gatehouse: a connection of the house leads back "
            "to a house. Its owner can mend the connection's address.",
        )


async def authenticate(house: "House", headers: Mapping[bytes, bytes]) -> tuple[bytes, Caller]:
    """The key's digest and its caller. Raises Refusal."""
    key = presented_key(headers)
    digest = house.secrets.digest(key)
    if digest not in house.view.keys.callers and not is_well_formed(key):
        raise unauthenticated(BAD_KEY)
    return digest, await caller_of(house, digest)


async def caller_of(house: "House", digest: bytes) -> Caller:
    """The caller of a key; one that this process does not know yet, or knows as frozen, is looked
    for once more."""
    caller = house.view.keys.callers.get(digest)
    if caller is None or caller.frozen:
        await house.view.refresh()
        caller = house.view.keys.callers.get(digest)
    if caller is None or (caller.expires_at and caller.expires_at <= timezone.now()):
        raise unauthenticated(BAD_KEY)
    return caller
