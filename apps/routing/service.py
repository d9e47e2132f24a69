"""One call, from its plan to its outcome: try candidates in order, fall back only before the first
byte, and know at every moment what has been spent. Facts in, bytes and an Outcome out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from apps.routing import relay
from apps.routing.errors import Refusal
from apps.routing.http1 import Response
from apps.routing.picker import Health
from apps.routing.pool import Pool
from apps.routing.progress import Progress
from apps.routing.providers import openai
from apps.routing.relay import Failed
from apps.routing.types import Call, Candidate, Outcome, Plan
from apps.routing.wire.answer import Face, JsonAnswer
from apps.routing.wire.sse import EventSplitter, EventTooLong
from apps.routing.wire.stream import StreamAnswer

LARGE = 64 * 1024


class Client(Protocol):
    """Who waits for the answer. Writing to one that has left does nothing."""

    is_gone: bool

    async def write(self, data: bytes) -> None: ...


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds until the first byte, and for the whole call."""

    first_byte: float
    total: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a call needs of the house. `extend` holds more money for one more attempt after one
    that may be billed; it answers whether there was room. `take_free` counts a free call, and
    answers why it may not be made."""

    transport: Callable[[Candidate], Pool]
    extend: Callable[[Candidate], Awaitable[bool]]
    health: dict[int, Health]
    limits: Limits
    take_free: Callable[[Candidate], Awaitable[Refusal | None]]
    never_sent: tuple[type[Exception], ...] = ()
    clock: Callable[[], float] = time.monotonic


class Serving:
    """The running call. `run` serves it; `outcome` tells, at any moment, how it stands."""

    def __init__(
        self,
        call: Call,
        plan: Plan,
        *,
        generation_id: str,
        moment: datetime,
        client: Client,
        house: Surroundings,
    ) -> None:
        self.call = call
        self.plan = plan
        self.client = client
        self._generation_id = generation_id
        self._created = int(moment.timestamp())
        self._house = house
        self._progress = Progress(call, moment=moment, began_at=house.clock(), health=house.health)
        self._response: Response | None = None
        self._failed: Failed | None = None
        self._used_up: Refusal | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_late = False
        self._ends_at = 0.0
        self._task: asyncio.Task[object] | None = None

    # --- serving ---

    async def run(self) -> None:
        """Returns when an answer stands in `answer`, whole or cut. Raises Refusal when no
        candidate gave one, or when it was ended before one began."""
        self._task = asyncio.current_task()
        self._ends_at = asyncio.get_running_loop().time() + self._house.limits.total
        try:
            await self._try_each()
        except asyncio.CancelledError:
            if not self._progress.has_left or self._task is None:
                raise
            self._task.uncancel()
            self.release()  # the provider hears of it now, not behind the settlement
        except Refusal:
            if self._progress.refused is None:
                raise
        finally:
            self._task = None
        if self._progress.refused is not None:
            raise self._progress.refused

    async def _try_each(self) -> None:
        for candidate in self.plan.candidates:
            if not await self._may_try(candidate):
                break
            if candidate.free_limits is not None and await self._is_used_up(candidate):
                continue
            if await self._try(candidate):
                return
        raise self._explained()

    async def _may_try(self, candidate: Candidate) -> bool:
        """Another try only while somebody waits for it. Raises Refusal where money lacks for it."""
        last = self._failed
        if last is None or self._progress.has_left:
            return last is None
        if last.is_unsure and not await self._house.extend(candidate):
            raise _no_money_for_another(last)
        return not self._progress.has_left

    async def _is_used_up(self, candidate: Candidate) -> bool:
        """Counted at the last moment before the attempt, and once counted it stays so."""
        used_up = await self._house.take_free(candidate)
        if used_up is None:
            return False
        self._used_up = used_up
        self._progress.passed_over(candidate)
        return True

    async def _try(self, candidate: Candidate) -> bool:
        """Whether the call is over: answered, or cut after its first byte."""
        loop = asyncio.get_running_loop()
        first_byte_by = loop.time() + self._house.limits.first_byte
        self._timer = loop.call_at(min(first_byte_by, self._ends_at), self._time_is_up)
        try:
            await self._attempt(candidate)
            return True
        except Failed as problem:
            failed = problem
        except asyncio.CancelledError:
            if not self._is_late or self._task is None:
                raise
            self._task.uncancel()
            self._is_late = False
            failed = self._late(candidate)
        finally:
            self._timer.cancel()
        self._failed = failed
        self._progress.failed(failed, self._house.clock())
        self.release()
        if self._progress.ended_early is not None:
            return True
        if loop.time() >= self._ends_at:
            raise failed.refusal
        return False

    def _time_is_up(self) -> None:
        """A bare timer: asyncio.timeout costs each call several times as much."""
        if self._task is not None:
            self._is_late = True
            self._task.cancel()

    def _late(self, candidate: Candidate) -> Failed:
        limits = self._house.limits
        is_over = asyncio.get_running_loop().time() >= self._ends_at
        verb, seconds = ("finish", limits.total) if is_over else ("answer", limits.first_byte)
        return relay.late(candidate.provider_name, seconds, verb=verb)

    async def _attempt(self, candidate: Candidate) -> None:
        attempt = self._progress.sent(candidate, self._house.clock())
        self._response = await relay.send(
            self._house.transport(candidate),
            head=candidate.head,
            body=await self._body(candidate),
            provider=candidate.provider_name,
            never_sent=self._house.never_sent,
        )
        if self._timer is not None:
            self._timer.cancel()
            loop = asyncio.get_running_loop()
            self._timer = loop.call_at(self._ends_at, self._time_is_up)
        attempt.status = self._response.status
        if self.call.is_streamed and self._is_stream(self._response):
            await self._read_stream(candidate, self._response)
        else:
            await self._read_whole(candidate, self._response)
        self._progress.succeeded(self._house.clock())

    async def _body(self, candidate: Candidate) -> bytes:
        """A large one is written in a thread: it would hold up every other call."""
        if len(self.call.document.text) <= LARGE:
            return openai.body_for(self.call, candidate, cap=self.call.cap)
        return await asyncio.to_thread(openai.body_for, self.call, candidate, cap=self.call.cap)

    @staticmethod
    def _is_stream(response: Response) -> bool:
        return response.content_type != "application/json"

    async def _read_whole(self, candidate: Candidate, response: Response) -> None:
        name = candidate.provider_name
        body = await relay.whole(response, provider=name)
        now = self._house.clock()
        try:
            answer = JsonAnswer(body)
        except ValueError:
            raise _nonsense(name, is_unsure=False) from None
        if not answer.finding.is_answer:
            raise _provider_error(name)
        self._progress.answered(answer, now)

    async def _read_stream(self, candidate: Candidate, response: Response) -> None:
        name = candidate.provider_name
        splitter, answer = EventSplitter(), StreamAnswer(self.face(candidate))
        try:
            while chunk := await relay.piece(response, provider=name):
                block = splitter.feed(chunk)
                if block:
                    await self._pass_on(answer, block, name)
                if answer.is_done:
                    break
            rest = splitter.rest()
            if not answer.is_done and rest.strip():
                await self._pass_on(answer, rest.strip(b"\n") + b"\n\n", name)
        except EventTooLong:
            raise _nonsense(name, is_unsure=True) from None
        if self.answer is None:  # it ended, and nothing in it was a piece of an answer
            raise _nonsense(name, is_unsure=response.content_type == "text/event-stream")
        if not answer.is_done and not answer.finding.finish_reason:
            raise relay.lost(name)

    async def _pass_on(self, answer: StreamAnswer, block: bytes, name: str) -> None:
        out = answer.take(block)
        if out:
            if self.answer is None:
                self._progress.answered(answer, self._house.clock())
            if self._progress.ended_by is None:
                await self.client.write(out)
        if answer.is_broken:
            raise _nonsense(name, is_unsure=True)
        if answer.finding.error is not None:
            raise _provider_error(name)

    def client_left(self) -> None:
        """Called when the client hung up: a provider that stops on cancel is cut off, any other is
        read to its end, since it bills the whole answer."""
        self._progress.has_left = True
        if self._can_be_stopped:
            self.abort()

    def end(self, refusal: Refusal) -> bool:
        """Lets it run no further, whoever waits for it. True where it stops now: `refusal` then is
        its end, as any other. False where its provider is read to the end first, since it bills the
        whole answer: whoever waits is to be told `refusal` meanwhile."""
        self._progress.end(refusal)
        if self._can_be_stopped:
            self.abort()
        return self._can_be_stopped

    def abort(self) -> None:
        """Ends the run now; what was produced so far stays known."""
        self._progress.has_left = True
        if self._task is not None:
            self._task.cancel()

    def release(self) -> None:
        """Gives the connection back; called after the settlement, when the last bytes are in."""
        if self._response is not None:
            self._response.release()

    # --- what is known ---

    @property
    def has_left(self) -> bool:
        """Nobody waits for the rest of it."""
        return self._progress.has_left

    @property
    def _can_be_stopped(self) -> bool:
        candidate = self._progress.candidate
        is_stopped = candidate is not None and candidate.stops_on_cancel == "yes"
        return self.call.is_streamed and is_stopped

    @property
    def answer(self) -> JsonAnswer | StreamAnswer | None:
        return self._progress.answer

    @property
    def ended_early(self) -> Refusal | None:
        """Why a stream stopped before its end."""
        return self._progress.ended_early

    def face(self, candidate: Candidate) -> Face:
        return Face(
            generation_id=self._generation_id,
            model=candidate.model,
            provider=candidate.provider_name,
            created=self._created,
        )

    def outcome(self) -> Outcome:
        return self._progress.outcome(self._house.clock())

    def cost_so_far(self) -> Decimal:
        return self._progress.cost_so_far()

    def _explained(self) -> Refusal:
        """The last provider's refusal, with the earlier ones beside it."""
        if self._failed is None:
            return self._used_up or Refusal(
                503, "provider_unavailable", "No endpoint is left to try."
            )
        refusal = self._failed.refusal
        if len(self._progress.attempts) > 1:
            refusal.metadata["previous_errors"] = [
                {"provider": a.candidate.provider_name, "code": a.error, "status": a.status}
                for a in self._progress.attempts[:-1]
            ]
        return refusal


def _nonsense(provider: str, *, is_unsure: bool) -> Failed:
    return Failed(
        relay.unavailable(provider, f"{provider} sent something that is no answer of a model."),
        word="nonsense",
        is_unsure=is_unsure,
    )


def _provider_error(provider: str) -> Failed:
    return Failed(
        relay.unavailable(provider, f"{provider} reported an error instead of an answer."),
        word="provider_error",
    )


def _no_money_for_another(failed: Failed) -> Refusal:
    return Refusal(
        504,
        "timeout",
        f"{failed.refusal.message} What it may have cost stays held, and no budget has room for "
        "another try.",
        metadata=failed.refusal.metadata,
    )
