"""What the ledger promises, in plain Python: windows with four figures, calls that hold and cost.
Knows no SQL and nothing at once; the real books must never say anything else."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

NOTHING = Decimal(0)


@dataclass
class Window:
    budget: int
    starts_at: datetime
    ends_at: datetime | None
    limit: Decimal
    extra: Decimal = NOTHING
    spent: Decimal = NOTHING
    held: Decimal = NOTHING

    @property
    def left(self) -> Decimal:
        return self.limit + self.extra - self.spent - self.held

    def covers(self, now: datetime) -> bool:
        return self.ends_at is None or self.starts_at <= now < self.ends_at

    def overlaps(self, other: "Window") -> bool:
        begins_before = other.ends_at is None or self.starts_at < other.ends_at
        return begins_before and (self.ends_at is None or other.starts_at < self.ends_at)


@dataclass
class Call:
    """`cost` is None as long as it runs."""

    windows: tuple[int, ...]
    hold: Decimal
    process: str
    is_streamed: bool
    bills_whole: bool
    estimate: Decimal
    checkpoint: Decimal = NOTHING
    cost: Decimal | None = None

    @property
    def cost_if_lost(self) -> Decimal:
        if self.bills_whole and not self.is_streamed:
            return self.hold
        return min(self.hold, max(self.estimate, self.checkpoint))


class Answer(NamedTuple):
    word: str
    tightest: int | None = None
    available: Decimal | None = None
    held: Decimal | None = None


@dataclass
class Books:
    windows: dict[int, Window] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)

    def reserve(self, name: str, call: Call) -> Answer:
        tightest = min(call.windows, key=lambda one: self.windows[one].left)
        fits = self.windows[tightest].left >= call.hold
        if fits:
            self.calls[name] = call
            self._hold(call, call.hold)
        window = self.windows[tightest]
        return Answer("admitted" if fits else "refused", tightest, window.left, window.held)

    def close(self, name: str, cost: Decimal) -> bool:
        """Exactly once."""
        call = self.calls[name]
        if call.cost is not None:
            return False
        call.cost = cost
        self._hold(call, -call.hold)
        for one in call.windows:
            self.windows[one].spent += cost
        return True

    def extend(self, name: str, amount: Decimal) -> bool:
        call = self.calls[name]
        fits = all(self.windows[one].left >= amount for one in call.windows)
        if call.cost is not None or not fits:
            return False
        call.hold += amount
        self._hold(call, amount)
        return True

    def sweep(self, dead: set[str]) -> int:
        lost = [n for n, one in self.calls.items() if one.cost is None and one.process in dead]
        for name in lost:
            self.close(name, self.calls[name].cost_if_lost)
        return len(lost)

    def expect_sums(self) -> None:
        """Held is the sum of open holds, spent that of closed costs."""
        for number, window in self.windows.items():
            mine = [call for call in self.calls.values() if number in call.windows]
            assert window.held == sum(call.hold for call in mine if call.cost is None)
            assert window.spent == sum(call.cost for call in mine if call.cost is not None)

    def _hold(self, call: Call, amount: Decimal) -> None:
        for one in call.windows:
            self.windows[one].held += amount
