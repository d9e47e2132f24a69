"""What the house itself saw of a model or an endpoint: how often it answered, how soon, how fast.
The numbers are made above; here is only their shape, and the words for them."""

from collections.abc import Mapping
from typing import NamedTuple

UP, SHAKY = 0.95, 0.85  # of the last day's answers; below the second it is down more than not


class Spread(NamedTuple):
    """Half of the calls were at most p50, nine of ten at most p90, and so on."""

    p50: float
    p75: float
    p90: float
    p99: float


class Measured(NamedTuple):
    """`latency` is milliseconds to the first token, `throughput` tokens a second; uptimes are
    shares of one, None where nobody asked. `errors` by what went wrong."""

    uptime_5m: float | None = None
    uptime_30m: float | None = None
    uptime_1d: float | None = None
    latency: Spread | None = None
    throughput: Spread | None = None
    calls: int = 0
    errors: Mapping[str, int] = {}

    @property
    def dot(self) -> str:
        """A look of .dot; the words beside it say the same."""
        if self.uptime_1d is None:
            return "unknown"
        return "ok" if self.uptime_1d >= UP else "care" if self.uptime_1d >= SHAKY else "wrong"

    @property
    def words(self) -> str:
        if self.uptime_1d is None:
            return "Not called here lately"
        told = {"ok": "Answers well", "care": "Fails now and then", "wrong": "Fails often"}
        return f"{told[self.dot]}: {self.uptime_1d:.1%} of calls today"
