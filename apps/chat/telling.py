"""What a page is told of an answer while it comes: closed blocks as HTML, the open one as text, and
never half a placeholder."""

import asyncio
from typing import Any

from apps.chat.answering import Answer
from apps.chat.blocks import Blocks
from apps.chat.markdown import rendered
from apps.chat.pills import Held, in_text, with_pills

SHORT, FEW = 1_000, 50  # letters, brackets; what has more is rendered in a thread

Event = dict[str, Any]


class Telling:
    """`take` makes events of each piece. Nothing is told of what was held back at the end: the
    whole article follows. `is_carried`: the page carries its chat, and gets the words as they came
    as well."""

    def __init__(self, answer: Answer, *, is_carried: bool = False) -> None:
        self._answer, self._is_carried = answer, is_carried
        self._blocks = Blocks()
        self._held: Held | None = None

    async def take(self, piece: str) -> list[Event]:
        events: list[Event] = []
        if self._held is None:  # by the first piece the call is admitted, and its values known
            self._held = Held(self._answer.vault)
            if self._is_carried:
                call, vault = self._answer.generation_id, self._answer.vault
                events.append({"kind": "call", "call": call, "vault": vault})
        text = self._held.feed(piece)
        event = await self._event(text) if text else {}
        if self._is_carried:
            event = {"kind": "text", "text": "", **event, "piece": piece}
        return [*events, event] if event else events

    async def _event(self, text: str) -> Event:
        closed, vault = self._blocks.feed(text), self._answer.vault
        if not closed:
            return {"kind": "text", **_open(text, vault)}
        html = "".join([await self._rendered(block) for block in closed])
        return {"kind": "block", "html": html, **_rest(self._blocks.rest, vault)}

    async def _rendered(self, block: str) -> str:
        if len(block) <= SHORT and block.count("[") <= FEW:
            return with_pills(rendered(block), self._answer.vault)
        html = await asyncio.to_thread(rendered, block)
        return with_pills(html, self._answer.vault)


def _open(text: str, vault: dict[str, str]) -> Event:
    return {"text": text} if not vault else {"pills": in_text(text, vault)}


def _rest(text: str, vault: dict[str, str]) -> Event:
    return {"rest": text} if not vault else {"rest_pills": in_text(text, vault)}
