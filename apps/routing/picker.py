"""In which order candidates are tried. Pure: health numbers come in as an argument."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from apps.routing.speed import Spread
from apps.routing.types import Call, Candidate, Preferences

FAILURES, WITHIN_SECONDS = 3, 30.0
UNKNOWN_PRICE = Decimal("Infinity")


@dataclass(slots=True)
class Health:
    """What is known of one endpoint: what the whole house measured, and what this process saw
    since. Moments are seconds of one monotonic clock."""

    failures: list[float] = field(default_factory=list)
    rests_until: float = 0.0
    latency_ms: float | None = None
    tokens_per_second: float | None = None
    is_down: bool = False
    latency: Spread | None = None  # in milliseconds
    throughput: Spread | None = None

    def measured(
        self, latency: Spread | None, throughput: Spread | None, *, is_down: bool = False
    ) -> None:
        """`is_down`: most of the house's last calls there failed. What was measured replaces what
        this process saw alone."""
        self.is_down = is_down
        self.latency, self.throughput = latency, throughput
        if latency is not None:
            self.latency_ms = latency.p50
        if throughput is not None:
            self.tokens_per_second = throughput.p50

    def failed(self, now: float) -> None:
        self.failures = [*self.failures[-(FAILURES - 1) :], now]

    def rest(self, until: float) -> None:
        self.rests_until = max(self.rests_until, until)

    def answered(self, latency_ms: float | None, tokens_per_second: float | None) -> None:
        """None for what this answer does not tell: one that came whole has no first token."""
        self.failures = []
        self.is_down = False
        if latency_ms is not None:
            self.latency_ms = _smooth(self.latency_ms, latency_ms)
        if tokens_per_second is not None:
            self.tokens_per_second = _smooth(self.tokens_per_second, tokens_per_second)

    def is_troubled(self, now: float) -> bool:
        many = len(self.failures) >= FAILURES and now - self.failures[-FAILURES] <= WITHIN_SECONDS
        return many or self.is_down or now < self.rests_until


def order(
    candidates: list[Candidate],
    call: Call,
    health: Mapping[int, Health],
    *,
    now: float,
    sort: str = "",
) -> list[Candidate]:
    """The caller's order first, then what is as quick as the caller prefers, then by price or by
    the caller's sort; troubled ones last."""
    if len(candidates) < 2:
        return candidates
    by = sort or call.wish.sort
    wanted = {slug: place for place, slug in enumerate(call.wish.order)}

    def rank(candidate: Candidate) -> tuple[bool, int, int, float, Decimal]:
        seen = health.get(candidate.endpoint_id)
        troubled = seen is not None and seen.is_troubled(now)
        tag = candidate.endpoint.partition("@")[2]
        place = min(wanted.get(candidate.provider, 99), wanted.get(tag, 99))
        slow = _slowness(seen, call.wish)
        return troubled, place, slow, _speed(seen, by), price_of(candidate)

    return sorted(candidates, key=rank)


def troubled_of(
    ordered: Sequence[Candidate], health: Mapping[int, Health], *, now: float
) -> frozenset[int]:
    """Of candidates in order, the endpoints that stand at its end for having failed lately."""
    found = set()
    for candidate in reversed(ordered):
        seen = health.get(candidate.endpoint_id)
        if seen is None or not seen.is_troubled(now):
            break
        found.add(candidate.endpoint_id)
    return frozenset(found)


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


def _slowness(seen: Health | None, wish: Preferences) -> int:
    """0 where it is as quick as the caller prefers, 1 where nobody knows, 2 where it is not."""
    found = 0
    for share, most in wish.max_latency.items():
        known = _at(seen.latency, share, seen.latency_ms) if seen else None
        found = max(found, 1 if known is None else 2 * (known > most * 1000))
    for share, least in wish.min_throughput.items():
        known = _at(seen.throughput, share, seen.tokens_per_second) if seen else None
        found = max(found, 1 if known is None else 2 * (known < least))
    return found


def _at(spread: Spread | None, share: str, middle: float | None) -> float | None:
    """The middle moves with every answer; of the other shares the house's figure is known."""
    if spread is None or share == "p50":
        return middle
    return float(getattr(spread, share))


def _smooth(old: float | None, new: float) -> float:
    return new if old is None else old * 0.8 + new * 0.2
