"""In which order candidates are tried. Pure: health numbers come in as an argument."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from apps.routing.types import Call, Candidate

FAILURES, WITHIN_SECONDS = 3, 30.0
UNKNOWN_PRICE = Decimal("Infinity")


@dataclass(slots=True)
class Health:
    """What one process saw of one endpoint lately. Moments are seconds of one monotonic clock."""

    failures: list[float] = field(default_factory=list)
    rests_until: float = 0.0
    latency_ms: float | None = None
    tokens_per_second: float | None = None

    def failed(self, now: float) -> None:
        self.failures = [*self.failures[-(FAILURES - 1) :], now]

    def rest(self, until: float) -> None:
        self.rests_until = max(self.rests_until, until)

    def answered(self, latency_ms: float, tokens_per_second: float | None) -> None:
        self.failures = []
        self.latency_ms = _smooth(self.latency_ms, latency_ms)
        if tokens_per_second is not None:
            self.tokens_per_second = _smooth(self.tokens_per_second, tokens_per_second)

    def is_troubled(self, now: float) -> bool:
        many = len(self.failures) >= FAILURES and now - self.failures[-FAILURES] <= WITHIN_SECONDS
        return many or now < self.rests_until


def order(
    candidates: list[Candidate],
    call: Call,
    health: Mapping[int, Health],
    *,
    now: float,
    sort: str = "",
) -> list[Candidate]:
    """The caller's order first, then by price or by the caller's sort; troubled ones last."""
    if len(candidates) < 2:
        return candidates
    by = sort or call.wish.sort
    wanted = {slug: place for place, slug in enumerate(call.wish.order)}

    def rank(candidate: Candidate) -> tuple[bool, int, float | Decimal, Decimal, int]:
        seen = health.get(candidate.endpoint_id)
        troubled = seen is not None and seen.is_troubled(now)
        tag = candidate.endpoint.partition("@")[2]
        place = min(wanted.get(candidate.provider, 99), wanted.get(tag, 99))
        return troubled, place, _speed(seen, by), price_of(candidate), candidate.endpoint_id

    return sorted(candidates, key=rank)


def price_of(candidate: Candidate) -> Decimal:
    if candidate.pricing is not None:
        return candidate.pricing.typical
    return Decimal(0) if candidate.is_free else UNKNOWN_PRICE


def _speed(seen: Health | None, by: str) -> float:
    """Smaller is better; nothing measured comes last."""
    if by == "latency":
        return seen.latency_ms if seen and seen.latency_ms is not None else float("inf")
    if by == "throughput":
        return -(seen.tokens_per_second or 0.0) if seen else 0.0
    return 0.0


def _smooth(old: float | None, new: float) -> float:
    return new if old is None else old * 0.8 + new * 0.2
