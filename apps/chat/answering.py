"""One answer on its way from the gateway to the page and into the conversation. It belongs to the
house, not to the request: whoever closes the tab stops it; a stored chat keeps what had come."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from functools import partial
from typing import Any

import structlog
from django.db import DatabaseError

from apps.accounts.models import User
from apps.chat.letters import Letters, read_event
from apps.chat.saying import Ending, Wanted
from apps.chat.threads import FROZEN, STOPPED
from apps.gateway import pipeline
from apps.gateway.house import House
from apps.gateway.person import caller_of_person
from apps.gateway.scrubbing import Conversation
from apps.gateway.snapshot import Caller, in_thread
from apps.routing.errors import Refusal
from apps.routing.redaction.private import Private
from apps.routing.wire.answer import Face, error_of

log = structlog.get_logger(__name__)

APP = "Chat"
EMPTY = "The model sent an empty answer. Ask again, or choose another model."
BROKEN = "Something went wrong in the house; the answer was ended."
FILTERED = "The provider ended this answer because of its own rules on content."
TOO_LONG = "The provider did not come to an end; the answer was cut here."
KEEPS_NOTHING = "{place} keeps nothing now, so a stored chat cannot go on in it."
LONGEST = 1_000_000  # letters, several times what any model writes at once
DATA = b"data: "


def _in_words(error: Mapping[str, Any]) -> str:
    """An error of the gateway as its own person reads it."""
    frozen = str((error.get("metadata") or {}).get("frozen"))
    return FROZEN.get(frozen) or str(error.get("message") or BROKEN)


class Answer:
    """The gateway's client for one answer. `pieces` gives the text as it comes, once. `may_cut`: a
    shorter answer than the call asks for will do."""

    def __init__(self, house: House, said: Wanted, owner: User, *, may_cut: bool = False) -> None:
        self.is_gone = False
        self.has_begun = False
        self._house, self._said, self._owner = house, said, owner
        self._may_cut = may_cut
        self._text: list[str] = []
        self._room = LONGEST
        self._letters = Letters()
        self._problem = ""
        self._offers: list[str] = []
        self._finish_reason = ""
        self.generation_id = ""
        self.vault: dict[str, str] = dict(said.vault)
        self._private: dict[str, str] = {}
        self._applied: int | None = None
        self._on_gone: Callable[[], None] | None = None
        self._arriving: asyncio.Queue[str | None] = asyncio.Queue()
        self._is_over = asyncio.Event()

    def begin(self) -> "asyncio.Task[None]":
        """The house waits for it when it stops."""
        return self._house.in_background(self._run())

    async def pieces(self) -> AsyncIterator[str]:
        """All that has come since the last piece, until the answer has ended and is kept."""
        is_open = True
        while is_open:
            found = [await self._arriving.get()]
            while not self._arriving.empty():
                found.append(self._arriving.get_nowait())
            is_open = None not in found
            if text := "".join(piece for piece in found if piece):
                yield text

    def leave(self) -> None:
        """Nobody reads on: the call ends, and is settled."""
        if not self.is_gone:
            self.is_gone = True
            if self._on_gone is not None:
                self._on_gone()

    # --- what the gateway calls ---

    def begin_call(
        self,
        face: Face,
        on_gone: Callable[[], None],
        *,
        stream: bool,
        notes: Mapping[str, str],
        private: Private,
    ) -> None:
        """What comes from here on holds placeholders; `private` tells what they stand for."""
        self.generation_id, self._on_gone = face.generation_id, on_gone
        if private:
            self._private = dict(private)
            self.vault |= self._private
        applied = notes.get(pipeline.APPLIED)
        self._applied = int(applied) if applied else None
        self._house.in_background(self._note())
        if self.is_gone:
            on_gone()

    async def write(self, data: bytes) -> None:
        self.has_begun = True
        self._read(data)

    async def end_stream(self, data: bytes) -> None:
        self._read(data)
        self._is_over.set()

    async def answer(self, body: bytes) -> None:
        raise RuntimeError("a chat always asks for a stream")

    async def refuse(self, refusal: Refusal) -> None:
        self._problem = _in_words(refusal.as_error())
        self._offers = refusal.metadata.get("fitting_models", [])
        self._is_over.set()

    # --- inside ---

    async def _run(self) -> None:
        """The call may go on behind its last words: some providers are read to their end."""
        self._house.in_background(self._call())
        await self._is_over.wait()
        try:
            await asyncio.to_thread(in_thread, self._end)
        except DatabaseError as problem:
            log.error("chat_answer_not_kept", problem=type(problem).__name__)
        self._arriving.put_nowait(None)

    async def _call(self) -> None:
        try:
            await pipeline.serve(
                self._house,
                self._said.body,
                self,
                who=self._who,
                app=APP,
                conversation=Conversation(self._said.scope, self._said.vault),
                may_cut=self._may_cut,
            )
        except Refusal as refusal:
            await self.refuse(refusal)
        except Exception:
            log.exception("chat_answer_failed")
            self._problem = BROKEN
        finally:
            self._is_over.set()

    async def _who(self, fresh: bool) -> Caller:
        place = self._said.project
        load = partial(caller_of_person, self._owner, place)
        caller: Caller = await asyncio.to_thread(in_thread, load)
        if caller.policy.zero_retention and not self._said.keeps_nothing:
            raise Refusal(403, "permission_denied", KEEPS_NOTHING.format(place=place))
        return caller

    async def _note(self) -> None:
        note = partial(self._said.note, self.generation_id, self._applied)
        try:
            await asyncio.to_thread(in_thread, note)
        except DatabaseError as problem:
            log.warning("chat_call_not_noted", problem=type(problem).__name__)

    def _end(self) -> None:
        text = "".join(self._text) + self._letters.rest()
        is_cut = not self._house.is_ready and not self._finish_reason
        problem = self._problem or (STOPPED if is_cut else self._silence(text))
        if not self._room:
            problem = TOO_LONG
        elif self.is_gone and not is_cut:
            problem = ""
        ending = Ending(
            text,
            problem,
            was_stopped=self.is_gone,
            generation_id=self.generation_id,
            tokens_applied=self._applied,
            offers=self._offers,
            vault=self._private,
        )
        self._said.end(ending)

    def _silence(self, text: str) -> str:
        if self._finish_reason == "content_filter":
            return FILTERED
        return "" if text.strip() else EMPTY

    def _read(self, data: bytes) -> None:
        for event in data.split(b"\n\n"):
            if event.startswith(DATA) and event != b"data: [DONE]":
                self._read_one(read_event(event[len(DATA) :]))

    def _read_one(self, event: dict[str, Any]) -> None:
        if error := error_of(event):
            self._problem = _in_words(error)
        for choice in event.get("choices") or ():
            delta = choice.get("delta")
            text = delta.get("content") if isinstance(delta, dict) else None
            if isinstance(text, str) and (text := self._letters.feed(text)):
                self._add(text)
            self._finish_reason = choice.get("finish_reason") or self._finish_reason

    def _add(self, text: str) -> None:
        """Up to a length: nothing but memory would end what a provider sends without end."""
        if not self._room:
            return
        text = text[: self._room]
        self._room -= len(text)
        self._text.append(text)
        self._arriving.put_nowait(text)
        if not self._room and self._on_gone is not None:
            self._on_gone()
