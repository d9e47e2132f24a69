"""Admission where budgets bind: the call is fitted to what is left, waits a moment for what others
only hold, and is refused only when no useful answer would fit."""

import asyncio
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

import psycopg

from apps.budgets.windows import open_due
from apps.gateway import over_budget
from apps.gateway.budgets import Ids, Window
from apps.gateway.holding import Asked, Stale, Ticket, hold
from apps.gateway.money_rows import Verdict
from apps.gateway.room import Figures
from apps.gateway.snapshot import in_thread
from apps.routing import policy
from apps.routing.errors import busy
from apps.routing.fit import UNPRICED, Fitted, fit
from apps.routing.types import Dropped

if TYPE_CHECKING:
    from apps.gateway.house import House

WAIT_SECONDS = 3.0
TRIES = 5  # others may take what was left between looking and holding


async def admit(house: "House", asked: Asked, bound: Ids, *, may_cut: bool) -> Ticket:
    """Raises Refusal, or Stale where one of the budgets is gone."""
    judged_by = _views(house)
    windows = await _running_windows(house, bound, asked.moment)
    try:
        return await _Allowing(house, asked, windows, judged_by, may_cut=may_cut).admit()
    except psycopg.Error:
        raise busy("The house could not ask its books in time; try again in a moment.") from None


async def _running_windows(house: "House", bound: Ids, moment: datetime) -> tuple[Window, ...]:
    """In the one order of all writers. The first call after midnight opens its own."""
    found = _known_windows(house, bound, moment)
    if found is None:
        async with house.room.opening:
            found = _known_windows(house, bound, moment)
            if found is None:
                await asyncio.to_thread(in_thread, partial(open_due, bound, moment))
                await house.view.refresh()
                found = _known_windows(house, bound, moment)
    if found is None:
        raise Stale
    return found


def _known_windows(house: "House", bound: Ids, moment: datetime) -> tuple[Window, ...] | None:
    found = [house.view.budgets.window(budget, moment) for budget in bound]
    known = [window for window in found if window is not None]
    return tuple(sorted(known, key=lambda w: w.id)) if len(known) == len(bound) else None


def _views(house: "House") -> tuple[object, ...]:
    return house.view.keys, house.view.budgets, house.view.catalog


class _Allowing:
    """One call that some windows bind."""

    def __init__(
        self,
        house: "House",
        asked: Asked,
        windows: tuple[Window, ...],
        judged_by: tuple[object, ...],
        *,
        may_cut: bool,
    ) -> None:
        self._house = house
        self._room = house.room
        self._asked = asked
        self._windows = windows
        self._ids = tuple(window.id for window in windows)
        self._may_cut = may_cut
        self._judged_by = judged_by

    async def admit(self) -> Ticket:
        found = await self._try(self._room.seen(self._ids) or await self._read(), patient=True)
        if isinstance(found, Figures) and self._may_grow(found):
            found = await self._wait(found)
        if isinstance(found, Figures):
            found = await self._try(await self._read(), patient=False)
        if isinstance(found, Figures):
            await self._must_be_current()
            self._must_have_a_price()
            raise await over_budget.refusal(self._house, self._asked, await self._read())
        return found

    async def _must_be_current(self) -> None:
        """Nobody is refused by a budget, a key or prices that were changed a moment ago. Raises
        Stale."""
        await self._house.view.refresh()
        if any(
            now is not then for now, then in zip(_views(self._house), self._judged_by, strict=True)
        ):
            raise Stale

    def _must_have_a_price(self) -> None:
        """Raises Refusal where no sum at all would do."""
        call, plan = self._asked.call, self._asked.plan
        if self._fit(None) is None:
            unpriced = (Dropped(candidate, UNPRICED) for candidate in plan.candidates)
            raise policy.nothing_left(call.models[0], [*plan.dropped, *unpriced])

    async def _try(self, figures: Figures, *, patient: bool) -> Ticket | Figures:
        """The ticket, or what is left and does not do. Who is patient takes no small answer while
        others may give back what they hold."""
        for _ in range(TRIES):
            fitted = self._fit(figures.left)
            if fitted is None or (patient and fitted.is_small and self._may_grow(figures)):
                if figures.is_whole:
                    return figures
                figures = await self._read()  # heard, not read: perhaps there is more by now
                continue
            outcome = await self._hold(fitted)
            if isinstance(outcome, Ticket):
                return outcome
            figures = self._room.note(self._ids, outcome) or await self._read()
        return await self._read()

    async def _wait(self, found: Figures) -> Ticket | Figures:
        """In line; whoever is first tries at once, and again whenever something was given back."""
        loop = asyncio.get_running_loop()
        until = loop.time() + WAIT_SECONDS
        try:
            async with self._room.line(found.window, until):
                while True:
                    outcome = await self._try(await self._read(), patient=True)
                    if isinstance(outcome, Ticket):
                        return outcome
                    if not self._may_grow(outcome) or loop.time() >= until:
                        return outcome
                    await self._room.freed(found.window, until - loop.time())
        except TimeoutError:
            return found  # others stood in line before

    async def _hold(self, fitted: Fitted) -> Ticket | Verdict:
        """What costs nothing meets no budget."""
        outcome = await hold(self._house, self._asked, fitted, self._windows if fitted.hold else ())
        if isinstance(outcome, Ticket) and outcome.verdict is not None:
            self._room.note(self._ids, outcome.verdict)
        return outcome

    def _may_grow(self, figures: Figures) -> bool:
        """Whether more would fit, were all given back that others hold."""
        if figures.held <= 0:
            return False
        now, then = self._fit(figures.left), self._fit(figures.left + figures.held)
        if then is None or now is None:
            return then is not None
        return now.is_small and then.hold > now.hold

    def _fit(self, left: Decimal | None) -> Fitted | None:
        asked = self._asked
        return fit(
            asked.call,
            asked.plan,
            left=left,
            usual=self._house.sizes.get,
            may_cut=self._may_cut,
        )

    async def _read(self) -> Figures:
        return await self._room.read(self._ids)
