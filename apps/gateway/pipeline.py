"""The story of one call, in the order of events: read, admit, serve, settle, and only then the last
byte. The API and the chat page both come through here."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Protocol

import structlog

from apps.core.outbound import OutboundRefused
from apps.gateway import admission, settlement
from apps.gateway.freezing import Running
from apps.gateway.holding import Stale, Ticket
from apps.gateway.scrubbing import NO_CONVERSATION, Conversation
from apps.gateway.snapshot import Caller
from apps.routing import charge
from apps.routing.errors import Refusal
from apps.routing.redaction.private import Private
from apps.routing.redaction.rules import Action
from apps.routing.service import Serving, Surroundings
from apps.routing.types import Call, Candidate, Outcome
from apps.routing.wire import chat
from apps.routing.wire.answer import Face
from apps.routing.wire.stream import StreamAnswer, error_events

if TYPE_CHECKING:
    from apps.gateway.house import House

log = structlog.get_logger(__name__)

LARGE = 64 * 1024
TIMES_ANEW = 4  # rules may change again while a call is judged
DONE = b"data: [DONE]\n\n"
APPLIED = "X-Max-Tokens-Applied"
REPLACES = frozenset({Action.RESTORE, Action.REDACT})


class Client(Protocol):
    """Who gets the answer. A stream begins with the first `write`. The bytes are as the provider
    wrote them: `private` says which value stands behind which placeholder, and it is the client
    that puts them back, where its reader sees them."""

    is_gone: bool
    has_begun: bool

    def begin_call(
        self,
        face: Face,
        on_gone: Callable[[], None],
        *,
        stream: bool,
        notes: Mapping[str, str],
        private: Private,
    ) -> None: ...
    async def write(self, data: bytes) -> None: ...
    async def end_stream(self, data: bytes) -> None: ...
    async def answer(self, body: bytes) -> None: ...
    async def refuse(self, refusal: Refusal) -> None: ...


async def serve(
    house: "House",
    body: bytes,
    client: Client,
    *,
    who: Callable[[bool], Awaitable[Caller]],
    app: str,
    conversation: Conversation = NO_CONVERSATION,
    may_cut: bool = False,
) -> None:
    """`who(fresh)` answers the caller, from a fresh view when asked. `conversation`: what
    this call is part of, within which placeholders stay the same. `may_cut`: a shorter answer
    will do where the budget has no room for a longer one. Refusals before admission are raised;
    later ones are the client's answer."""
    ticket = await _admit(house, body, who, app=app, conversation=conversation, may_cut=may_cut)
    call = ticket.call
    serving = Serving(
        call,
        ticket.plan,
        generation_id=ticket.generation_id,
        moment=ticket.moment,
        client=client,
        house=_surroundings(house, ticket),
    )
    face = serving.face(ticket.plan.candidates[0])
    client.begin_call(
        face,
        serving.client_left,
        stream=call.is_streamed,
        notes=notes_of(ticket),
        private=ticket.scrubbed.private,
    )
    running = house.running[ticket.generation_id] = Running(ticket.caller, serving, client)
    refusal: Refusal | None = None
    try:
        await serving.run()
    except Refusal as problem:
        refusal = problem
    except BaseException as problem:  # the house stops, or a fault of ours: settle all the same
        refusal = _cut_short(problem)
        serving.release()
        house.in_background(settlement.finish(house, ticket, outcome_of(serving, ticket), refusal))
        raise
    finally:
        house.running.pop(ticket.generation_id, None)
    await _close(house, ticket, running, refusal)


async def read(house: "House", body: bytes) -> Call:
    """Large bodies are read in a thread, a few at once, so that they hold up nobody else."""
    if len(body) <= LARGE:
        return chat.read(body)
    async with house.large_bodies:
        return await asyncio.to_thread(chat.read, body)


async def _admit(
    house: "House",
    body: bytes,
    who: Callable[[bool], Awaitable[Caller]],
    *,
    app: str,
    conversation: Conversation,
    may_cut: bool,
) -> Ticket:
    came_at = time.monotonic()
    call = await read(house, body)
    caller = await who(False)
    for _ in range(TIMES_ANEW):
        try:
            ticket = await admission.admit(
                house,
                caller,
                call,
                app=app,
                conversation=conversation,
                may_cut=may_cut,
            )
        except Stale:
            await house.view.refresh()
            caller = await who(True)
            continue
        house.hits.note(caller.project_id, ticket.scrubbed.hits)
        ticket.admitted_ms = round((time.monotonic() - came_at) * 1000)
        return ticket
    raise admission.gone()


def notes_of(ticket: Ticket) -> dict[str, str]:
    """What a client may want to know of its budget and of what was taken out, as headers."""
    notes = {}
    if replaced := sum(hit.count for hit in ticket.scrubbed.hits if hit.action in REPLACES):
        notes["X-Redactions"] = str(replaced)
    if ticket.applied is not None:
        notes[APPLIED] = str(ticket.applied)
    if ticket.left is not None:
        notes["X-Budget-Remaining"] = format(ticket.left, "f")
        notes["X-Budget-Reset"] = ticket.resets_at.isoformat() if ticket.resets_at else "never"
    return notes


def _surroundings(house: "House", ticket: Ticket) -> Surroundings:
    async def extend(candidate: Candidate) -> bool:
        amount = charge.hold_for(ticket.call, candidate, ticket.call.cap)
        if amount is None or not await house.money.extend(ticket.generation_id, amount):
            return False
        ticket.hold += amount
        return True

    return Surroundings(
        transport=house.pools.of,
        extend=extend,
        health=house.health,
        limits=house.limits,
        take_free=house.free_calls.take,
        never_sent=(OutboundRefused,),
    )


async def _close(house: "House", ticket: Ticket, running: Running, refusal: Refusal | None) -> None:
    """The settlement first, then the last byte: who has the whole answer has been charged."""
    serving, client = running.serving, running.client
    outcome = outcome_of(serving, ticket)
    await settlement.finish(house, ticket, outcome, refusal)
    serving.release()
    if running.told is not None:
        await running.told
        return
    if refusal is not None:
        await client.refuse(refusal)
        return
    answer, served = serving.answer, outcome.candidate
    if answer is None or served is None:
        return  # the client left before anything came
    if isinstance(answer, StreamAnswer):
        usage = answer.usage_event(outcome.usage, outcome.cost)
        early = serving.ended_early
        last = error_events(answer.face, early.as_error(), usage) if early else usage + DONE
        await client.end_stream(last)
    elif ticket.call.is_streamed:
        face = serving.face(served)
        await client.write(answer.as_event(face))
        await client.end_stream(StreamAnswer(face).usage_event(outcome.usage, outcome.cost) + DONE)
    else:
        await client.answer(answer.rewritten(serving.face(served), outcome.usage, outcome.cost))


def outcome_of(serving: Serving, ticket: Ticket) -> Outcome:
    """A fault of ours in counting must not leave the hold standing for as long as the process
    lives: it then counts as spent."""
    try:
        return serving.outcome()
    except Exception:
        log.exception("call_not_counted", generation=ticket.generation_id)
        return Outcome(cost=ticket.hold, is_estimated=True, status=500, error_type="server")


def _cut_short(problem: BaseException) -> Refusal:
    if isinstance(problem, asyncio.CancelledError):
        return Refusal(503, "server", "The house was stopped before this call ended.")
    log.error("call_failed", exc_info=problem)
    return Refusal(500, "server", "Something went wrong in the house; the call was ended.")
