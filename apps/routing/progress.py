"""What one call has seen and spent so far, attempt by attempt. service.py moves it along; it can
be asked at any moment, also in the middle, and then tells what stopping now would cost."""

from datetime import datetime
from decimal import Decimal

from apps.routing import charge
from apps.routing.charge import Charge
from apps.routing.errors import Refusal
from apps.routing.picker import Health
from apps.routing.policy import FREE_LIMIT
from apps.routing.pricing import TokenUsage
from apps.routing.relay import Failed
from apps.routing.speed import tokens_per_second
from apps.routing.types import Attempt, Call, Candidate, Dropped, Outcome
from apps.routing.wire.answer import Finding, JsonAnswer
from apps.routing.wire.stream import StreamAnswer


class Progress:
    """Moments are seconds of the caller's monotonic clock. `answer` is the one the client gets,
    from its first byte on; `has_left` says that nobody waits for the rest, `ended_by` why
    somebody let it run no further."""

    def __init__(
        self, call: Call, *, moment: datetime, began_at: float, health: dict[int, Health]
    ) -> None:
        self.attempts: list[Attempt] = []
        self.answer: JsonAnswer | StreamAnswer | None = None
        self.ended_early: Refusal | None = None
        self.ended_by: Refusal | None = None
        self.has_left = False
        self._call = call
        self._moment = moment
        self._health = health
        self._began_at = began_at
        self._sent_at = began_at
        self._first_byte_at: float | None = None
        self._unsure: list[Charge] = []
        self._passed_over: list[Dropped] = []

    @property
    def candidate(self) -> Candidate | None:
        return self.attempts[-1].candidate if self.attempts else None

    @property
    def refused(self) -> Refusal | None:
        """Why it was ended, where nothing of an answer had come by then."""
        return None if self.ended_early is not None else self.ended_by

    def passed_over(self, candidate: Candidate) -> None:
        """Its account has no free call left: it was never asked."""
        self._passed_over.append(Dropped(candidate, FREE_LIMIT))

    def sent(self, candidate: Candidate, now: float) -> Attempt:
        attempt = Attempt(candidate, began_ms=_milliseconds(self._began_at, now) or 0)
        self.attempts.append(attempt)
        self._sent_at = now
        return attempt

    def answered(self, answer: JsonAnswer | StreamAnswer, now: float) -> None:
        """The first byte for the client: from here on there is no other attempt."""
        self.answer = answer
        self._first_byte_at = now

    def succeeded(self, now: float) -> None:
        attempt = self.attempts[-1]
        attempt.latency_ms = _milliseconds(self._sent_at, self._first_byte_at)
        seen = self._seen(attempt.candidate)
        if not isinstance(self.answer, StreamAnswer) or attempt.latency_ms is None:
            seen.answered(None, None)
            return
        usage = self.answer.finding.usage or TokenUsage()
        speed = tokens_per_second(
            usage.completion,
            usage.reasoning,
            latency_ms=attempt.latency_ms,
            writing_ms=_milliseconds(self._first_byte_at or now, now) or 0,
        )
        seen.answered(float(attempt.latency_ms), speed)

    def failed(self, failed: Failed, now: float) -> None:
        attempt = self.attempts[-1]
        attempt.error = failed.word
        attempt.latency_ms = _milliseconds(self._sent_at, now)
        attempt.is_unsure = failed.is_unsure
        status = failed.refusal.metadata.get("provider_status")
        if isinstance(status, int):
            attempt.status = status
        if attempt.status == 429:
            self._seen(attempt.candidate).rest(now + (failed.refusal.retry_after or 5))
        elif attempt.status is None or not 400 <= attempt.status < 500:
            self._seen(attempt.candidate).failed(now)
        if failed.is_unsure and self.answer is None:
            self._note_unsure(attempt)
        elif self.answer is not None and self.ended_by is None:
            self.ended_early = failed.refusal

    def end(self, refusal: Refusal) -> None:
        """What comes from now on is counted, and shown to nobody."""
        self.has_left = True
        self.ended_by = refusal
        if self.answer is not None:
            self.ended_early = refusal

    def outcome(self, now: float) -> Outcome:
        """Usage and cost as they stand: the sum over the attempts."""
        usage, cost, is_estimated = TokenUsage(), Decimal(0), False
        last = self._charge_last()
        for one in (*self._unsure, *([last] if last else [])):
            usage, cost = one.usage, cost + one.cost
            is_estimated = is_estimated or one.is_estimated
        if last is not None:
            self.attempts[-1].cost = last.cost
        finding = self.answer.finding if self.answer else Finding()
        return Outcome(
            attempts=self.attempts,
            candidate=self.candidate,
            usage=usage,
            cost=cost,
            is_estimated=is_estimated,
            was_cancelled=self.has_left,
            finish_reason=finding.finish_reason,
            native_finish_reason=finding.native_finish_reason,
            upstream_id=finding.upstream_id,
            status=200,
            error_type=self.ended_early.error_type if self.ended_early else "",
            latency_ms=_milliseconds(self._began_at, self._first_byte_at),
            duration_ms=_milliseconds(self._began_at, now),
            passed_over=self._passed_over,
        )

    def cost_so_far(self) -> Decimal:
        """For the checkpoint of a running stream: what it would cost if it stopped now."""
        candidate = self.candidate
        if candidate is None:
            return Decimal(0)
        finding = self.answer.finding if self.answer else None
        spent = sum((one.cost for one in self._unsure), Decimal(0))
        return spent + self._charge_seen(candidate, finding).cost

    def _charge_last(self) -> Charge | None:
        """The charge of the attempt that is running or brought the answer; None where every
        attempt so far has ended without one."""
        candidate = self.candidate
        if candidate is None or (self.answer is None and self.attempts[-1].error):
            return None
        finding = self.answer.finding if self.answer else None
        if (finding is None or finding.usage is None) and self._is_billed_unseen(candidate):
            hold = charge.hold_for(self._call, candidate, self._call.cap)
            return charge.whole_hold(self._call, hold, text_bytes=self._text_bytes())
        return self._charge_seen(candidate, finding)

    def _is_billed_unseen(self, candidate: Candidate) -> bool:
        """The call ends before its answer does, at a provider that finishes and bills it anyway."""
        finding = self.answer.finding if self.answer else None
        if finding is not None and (finding.finish_reason or not self.has_left):
            return False
        return not self._call.is_streamed or candidate.stops_on_cancel != "yes"

    def _charge_seen(self, candidate: Candidate, finding: Finding | None) -> Charge:
        """By the provider's count where there is one, else by what passed by."""
        if finding is not None and finding.usage is not None:
            return charge.exact(candidate, finding.usage, moment=self._moment)
        return charge.estimated(
            self._call,
            candidate,
            text_bytes=self._text_bytes(),
            hold=charge.hold_for(self._call, candidate, self._call.cap),
            moment=self._moment,
        )

    def _text_bytes(self) -> int:
        if isinstance(self.answer, StreamAnswer):
            return self.answer.text_bytes()
        return self.answer.finding.text_bytes if self.answer else 0

    def _note_unsure(self, attempt: Attempt) -> None:
        """The request went out and nothing came back: it counts as the provider would bill it."""
        candidate = attempt.candidate
        hold = charge.hold_for(self._call, candidate, self._call.cap)
        if self._call.is_streamed and candidate.stops_on_cancel == "yes":
            spent = charge.estimated(
                self._call, candidate, text_bytes=0, hold=hold, moment=self._moment
            )
        else:
            spent = charge.whole_hold(self._call, hold)
        attempt.cost = spent.cost
        self._unsure.append(spent)

    def _seen(self, candidate: Candidate) -> Health:
        return self._health.setdefault(candidate.endpoint_id, Health())


def _milliseconds(start: float, end: float | None) -> int | None:
    return None if end is None else max(0, round((end - start) * 1000))
