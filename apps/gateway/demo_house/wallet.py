"""What the demonstration's budgets have left while its calls are drawn: no call passes a
limit there either."""

from bisect import bisect
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Window:
    """`limit` and `spent` in millionths of a millionth of a dollar."""

    id: int
    starts_at: datetime
    limit: int
    spent: int = 0


@dataclass(slots=True)
class Purse:
    """One budget: its windows, oldest first, and which uses it binds. `windows` is empty while
    nobody knows what the limit should be."""

    uses: frozenset[int]
    windows: list[Window] = field(default_factory=list)


class Wallet:
    """All budgets at one moment, which only goes forward."""

    def __init__(self, purses: Sequence[Purse], uses: int) -> None:
        self._purses = purses
        self._current: list[list[Window]] = [[] for _ in range(uses)]
        self.numbers = [""] * uses  # of the windows that bind a use now, as an array's inside
        self._next: datetime | None = None
        self._is_begun = False

    def turn_to(self, moment: datetime) -> None:
        """Windows begin on whole quarters of an hour, as their budgets' midnights do."""
        if self._is_begun and (self._next is None or moment < self._next):
            return
        self._is_begun = True
        later = []
        running: dict[int, Window] = {}
        for number, purse in enumerate(self._purses):
            at = bisect(purse.windows, moment, key=lambda window: window.starts_at)
            later += [window.starts_at for window in purse.windows[at : at + 1]]
            if at:
                running[number] = purse.windows[at - 1]
        self._next = min(later, default=None)
        for use in range(len(self._current)):
            binding = (running.get(n) for n, purse in enumerate(self._purses) if use in purse.uses)
            self._current[use] = sorted(filter(None, binding), key=lambda window: window.id)
            self.numbers[use] = ",".join(str(window.id) for window in self._current[use])

    def left(self, use: int) -> list[tuple[int, int]]:
        """The number of each window that binds it, and what it has left."""
        return [(window.id, window.limit - window.spent) for window in self._current[use]]

    def pays(self, use: int, cost: int) -> bool:
        """Books it, where all that bind it have room."""
        windows = self._current[use]
        for window in windows:
            if window.spent + cost > window.limit:
                return False
        for window in windows:
            window.spent += cost
        return True
