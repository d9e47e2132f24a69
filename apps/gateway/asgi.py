"""The inference routes as a plain ASGI callable: no Django request, no middleware."""

from collections.abc import Callable

import structlog

from apps.gateway import attribution, auth, front_ends, pipeline
from apps.gateway.house import House
from apps.gateway.http import PREFLIGHT, ClientLeft, HttpClient, Message, Receive, Send, read_body
from apps.gateway.scrubbing import Conversation
from apps.gateway.snapshot import Caller
from apps.routing.errors import Refusal

log = structlog.get_logger(__name__)

LONGEST_CONVERSATION = 200
PATHS = frozenset({"/api/v1/chat/completions", "/v1/chat/completions"})


class InferenceApp:
    """`house` answers the running house of this process."""

    def __init__(self, house: Callable[[], House]) -> None:
        self._house = house

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        client = HttpClient(receive, send)
        try:
            await self._handle(scope, receive, send, client)
        except Refusal as refusal:
            await client.refuse(refusal)
        except ClientLeft:
            return
        except Exception:
            log.exception("inference_failed")
            await client.refuse(
                Refusal(500, "server", "Something went wrong in the house; the call was ended.")
            )
        finally:
            client.close()

    async def _handle(
        self, scope: Message, receive: Receive, send: Send, client: HttpClient
    ) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
            return
        if method != "POST":
            raise Refusal(405, "invalid_request", f"{method} does not exist here; use POST.")
        house = self._house()
        headers = dict(scope["headers"])
        auth.refuse_loops(headers)
        digest, keyholder = await auth.authenticate(house, headers)
        caller = front_ends.acting(keyholder, headers)
        body = await read_body(headers, receive)

        async def who(fresh: bool) -> Caller:
            if not fresh:
                return caller
            return front_ends.acting(await auth.caller_of(house, digest), headers)

        may_cut = headers.get(b"x-gatehouse-fit", b"").strip().lower() == b"always"
        told = attribution.app_of(
            headers, key_app=caller.app, is_front_end=keyholder.members is not None
        )
        await pipeline.serve(
            house,
            body,
            client,
            who=who,
            app=house.apps.identity(caller.key_id, told),
            conversation=_conversation(headers),
            may_cut=may_cut,
        )


def _conversation(headers: dict[bytes, bytes]) -> Conversation:
    return Conversation(_text(headers.get(b"x-conversation-id") or b"", LONGEST_CONVERSATION))


def _text(raw: bytes, most: int) -> str:
    text = raw.decode("utf-8", "replace").strip()
    return "".join(letter for letter in text if letter.isprintable())[:most]
