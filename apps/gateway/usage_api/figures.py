"""What is added up of calls, and what is reckoned from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(slots=True)
class Figures:
    """`latencies` in milliseconds, `speeds` in tokens a second: one for each call that had any."""

    requests: int = 0
    spend: Decimal = Decimal(0)
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    latencies: list[float] = field(default_factory=list)
    speeds: list[float] = field(default_factory=list)

    def add(self, other: "Figures") -> None:
        self.requests += other.requests
        self.spend += other.spend
        self.prompt_tokens += other.prompt_tokens
        self.completion_tokens += other.completion_tokens
        self.reasoning_tokens += other.reasoning_tokens
        self.cached_tokens += other.cached_tokens
        self.latencies += other.latencies
        self.speeds += other.speeds


def share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 2) if values else None


def spread(percent: int) -> Callable[[Sequence[float]], float | None]:
    """The value that so many of a hundred do not pass; between two, what lies between."""

    def of(values: Sequence[float]) -> float | None:
        if not values:
            return None
        ordered = sorted(values)
        whole, part = divmod((len(ordered) - 1) * percent, 100)
        low, high = ordered[whole], ordered[min(whole + 1, len(ordered) - 1)]
        return round(low + (high - low) * part / 100, 2)

    return of
