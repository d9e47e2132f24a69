"""One call, from its plan to its outcome: try candidates in order, fall back only before the first
byte, and know at every moment what has been spent. Facts in, bytes and an Outcome out."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol

import aiohttp

from apps.routing import charge, relay
from apps.routing.charge import Charge
from apps.routing.errors import Refusal
from apps.routing.picker import Health
from apps.routing.pricing import TokenUsage
from apps.routing.providers import openai
from apps.routing.relay import Failed
from apps.routing.types import Attempt, Call, Candidate, Outcome, Plan
from apps.routing.wire.answer import Face, Finding, JsonAnswer, StreamAnswer
from apps.routing.wire.sse import EventSplitter, EventTooLong

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
    that may be billed; it answers whether there was room."""

    transport: Callable[[Candidate], aiohttp.ClientSession]
    extend: Callable[[Candidate], Awaitable[bool]]
    health: dict[int, Health]
    limits: Limits
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
        self.answer: JsonAnswer | StreamAnswer | None = None
        self._generation_id = generation_id
        self._moment = moment
        self._created = int(moment.timestamp())
        self._house = house
        self._attempts: list[Attempt] = []
        self._unsure: list[Charge] = []
        self._response: aiohttp.ClientResponse | None = None
        self._started = house.clock()
        self._sent_at = self._started
        self._first_byte_at: float | None = None
        self._ended_early: Refusal | None = None
        self._failed: Failed | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_late = False
        self._ends_at = 0.0
        self._task: asyncio.Task[object] | None = None
        self._has_left = False

    # --- serving ---

    async def run(self) -> None:
        """Returns when an answer stands in `answer`, whole or cut. Raises Refusal when no
        candidate gave one."""
        self._task = asyncio.current_task()
        self._ends_at = asyncio.get_running_loop().time() + self._house.limits.total
        try:
            for candidate in self.plan.candidates:
                if self._failed is not None and self._has_left:
                    break  # nobody waits for another try
                if await self._try(candidate):
                    return
            raise self._explained()
        except asyncio.CancelledError:
            if not self._has_left or self._task is None:
                raise
            self._task.uncancel()
            self.release()  # the provider hears of it now, not behind the settlement
        finally:
            self._task = None

    async def _try(self, candidate: Candidate) -> bool:
        """Whether the call is over: answered, or cut after its first byte."""
        last = self._failed
        if last is not None and last.is_unsure and not await self._house.extend(candidate):
            raise _no_money_for_another(last)
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
        self._note_failure(candidate, failed)
        self.release()
        if isinstance(self.answer, StreamAnswer):
            self._ended_early = failed.refusal
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
        attempt = Attempt(candidate)
        self._attempts.append(attempt)
        self._sent_at = self._house.clock()
        self._response = await relay.send(
            self._house.transport(candidate),
            url=candidate.url,
            body=await self._body(candidate),
            headers=candidate.headers,
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
        self._note_success(attempt)

    async def _body(self, candidate: Candidate) -> bytes:
        """A large one is written in a thread: it would hold up every other call."""
        if len(self.call.document.text) <= LARGE:
            return openai.body_for(self.call, candidate, cap=self.call.cap)
        return await asyncio.to_thread(openai.body_for, self.call, candidate, cap=self.call.cap)

    @staticmethod
    def _is_stream(response: aiohttp.ClientResponse) -> bool:
        return response.content_type != "application/json"

    async def _read_whole(self, candidate: Candidate, response: aiohttp.ClientResponse) -> None:
        name = candidate.provider_name
        body = await relay.whole(response, provider=name)
        self._first_byte_at = self._house.clock()
        try:
            answer = JsonAnswer(body)
        except ValueError:
            raise _nonsense(name, is_unsure=False) from None
        if not answer.finding.is_answer:
            raise _provider_error(name)
        self.answer = answer

    async def _read_stream(self, candidate: Candidate, response: aiohttp.ClientResponse) -> None:
        name = candidate.provider_name
        splitter, answer = EventSplitter(), StreamAnswer(self.face(candidate))
        try:
            async for chunk in relay.pieces(response, provider=name):
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
                self.answer = answer
                self._first_byte_at = self._house.clock()
            await self.client.write(out)
        if answer.is_broken:
            raise _nonsense(name, is_unsure=True)
        if answer.finding.error is not None:
            raise _provider_error(name)

    def client_left(self) -> None:
        """Called when the client hung up: a provider that stops on cancel is cut off, any other is
        read to its end, since it bills the whole answer."""
        self._has_left = True
        candidate = self._candidate
        if self.call.is_streamed and candidate is not None and candidate.stops_on_cancel == "yes":
            self.abort()

    def abort(self) -> None:
        """Ends the run now; what was produced so far stays known."""
        self._has_left = True
        if self._task is not None:
            self._task.cancel()

    def release(self) -> None:
        """Gives the connection back; called after the settlement, when the last bytes are in."""
        if self._response is not None:
            self._response.release()

    # --- what is known ---

    @property
    def _candidate(self) -> Candidate | None:
        return self._attempts[-1].candidate if self._attempts else None

    @property
    def ended_early(self) -> Refusal | None:
        """Why a stream stopped before its end."""
        return self._ended_early

    @property
    def has_left(self) -> bool:
        return self._has_left

    def face(self, candidate: Candidate) -> Face:
        return Face(
            generation_id=self._generation_id,
            model=candidate.model,
            provider=candidate.provider_name,
            created=self._created,
        )

    def outcome(self) -> Outcome:
        """Usage and cost as they stand: the sum over the attempts."""
        usage, cost, is_estimated = TokenUsage(), Decimal(0), False
        last = self._charge_last()
        for one in (*self._unsure, *([last] if last else [])):
            usage, cost = one.usage, cost + one.cost
            is_estimated = is_estimated or one.is_estimated
        if last is not None and self._attempts:
            self._attempts[-1].cost = last.cost
        finding = self.answer.finding if self.answer else None
        now = self._house.clock()
        return Outcome(
            attempts=self._attempts,
            candidate=self._candidate,
            usage=usage,
            cost=cost,
            is_estimated=is_estimated,
            was_cancelled=self._is_abandoned,
            finish_reason=finding.finish_reason if finding else "",
            native_finish_reason=finding.native_finish_reason if finding else "",
            upstream_id=finding.upstream_id if finding else "",
            status=200,
            error_type=self._ended_early.error_type if self._ended_early else "",
            latency_ms=_milliseconds(self._started, self._first_byte_at),
            duration_ms=_milliseconds(self._started, now),
        )

    def cost_so_far(self) -> Decimal:
        """For the checkpoint of a running stream: what it would cost if it stopped now."""
        candidate = self._candidate
        if candidate is None:
            return Decimal(0)
        finding = self.answer.finding if self.answer else None
        spent = sum((one.cost for one in self._unsure), Decimal(0))
        return spent + self._charge_seen(candidate, finding).cost

    def _charge_last(self) -> Charge | None:
        """The charge of the attempt that is running or brought the answer; None where every
        attempt so far has ended without one."""
        candidate = self._candidate
        if candidate is None or (self.answer is None and self._attempts[-1].error):
            return None
        finding = self.answer.finding if self.answer else None
        if (finding is None or finding.usage is None) and self._is_billed_unseen(candidate):
            hold = charge.hold_for(self.call, candidate, self.call.cap)
            return charge.whole_hold(self.call, hold, text_bytes=self._text_bytes())
        return self._charge_seen(candidate, finding)

    def _is_billed_unseen(self, candidate: Candidate) -> bool:
        """The call ends before its answer does, at a provider that finishes and bills it anyway."""
        finding = self.answer.finding if self.answer else None
        if finding is not None and (finding.finish_reason or not self._is_abandoned):
            return False
        return not self.call.is_streamed or candidate.stops_on_cancel != "yes"

    @property
    def _is_abandoned(self) -> bool:
        return self._has_left or self.client.is_gone

    def _charge_seen(self, candidate: Candidate, finding: Finding | None) -> Charge:
        """By the provider's count where there is one, else by what passed by."""
        if finding is not None and finding.usage is not None:
            return charge.exact(candidate, finding.usage, moment=self._moment)
        return charge.estimated(
            self.call,
            candidate,
            text_bytes=self._text_bytes(),
            hold=charge.hold_for(self.call, candidate, self.call.cap),
            moment=self._moment,
        )

    def _text_bytes(self) -> int:
        if isinstance(self.answer, StreamAnswer):
            return self.answer.text_bytes()
        return self.answer.finding.text_bytes if self.answer else 0

    def _note_success(self, attempt: Attempt) -> None:
        now = self._house.clock()
        attempt.latency_ms = _milliseconds(self._sent_at, self._first_byte_at)
        usage = self.answer.finding.usage if self.answer else None
        seconds = now - (self._first_byte_at or now)
        speed = usage.completion / seconds if usage and seconds > 0.05 else None
        seen = self._house.health.setdefault(attempt.candidate.endpoint_id, Health())
        seen.answered(float(attempt.latency_ms or 0), speed)

    def _note_failure(self, candidate: Candidate, failed: Failed) -> None:
        attempt = self._attempts[-1]
        attempt.error = failed.word
        attempt.latency_ms = _milliseconds(self._sent_at, self._house.clock())
        attempt.is_unsure = failed.is_unsure
        status = failed.refusal.metadata.get("provider_status")
        if isinstance(status, int):
            attempt.status = status
        seen = self._house.health.setdefault(candidate.endpoint_id, Health())
        now = self._house.clock()
        if attempt.status == 429:
            seen.rest(now + (failed.refusal.retry_after or 5))
        elif attempt.status is None or not 400 <= attempt.status < 500:
            seen.failed(now)
        if failed.is_unsure and self.answer is None:
            self._note_unsure(candidate, attempt)

    def _note_unsure(self, candidate: Candidate, attempt: Attempt) -> None:
        """The request went out and nothing came back: it counts as the provider would bill it."""
        hold = charge.hold_for(self.call, candidate, self.call.cap)
        if self.call.is_streamed and candidate.stops_on_cancel == "yes":
            spent = charge.estimated(
                self.call, candidate, text_bytes=0, hold=hold, moment=self._moment
            )
        else:
            spent = charge.whole_hold(self.call, hold)
        attempt.cost = spent.cost
        self._unsure.append(spent)

    def _explained(self) -> Refusal:
        """The last provider's refusal, with the earlier ones beside it."""
        if self._failed is None:
            return Refusal(503, "provider_unavailable", "No endpoint is left to try.")
        refusal = self._failed.refusal
        if len(self._attempts) > 1:
            refusal.metadata["previous_errors"] = [
                {"provider": a.candidate.provider_name, "code": a.error, "status": a.status}
                for a in self._attempts[:-1]
            ]
        return refusal


def _milliseconds(start: float, end: float | None) -> int | None:
    return None if end is None else max(0, round((end - start) * 1000))


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
