"""Random histories of budgets: each step is taken by the real ledger and by the plain model, and
both must say the same."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, TypeVar

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from apps.accounts.models import Household
from apps.budgets import changing
from apps.budgets.changing import Terms
from apps.budgets.models import Budget, BudgetEvent
from apps.budgets.windows import running_window
from apps.gateway.money_rows import Row
from apps.projects.models import Project
from tests.cast import make_cast
from tests.money.model import NOTHING, Answer, Books, Call, Window
from tests.money.real_books import RealBooks

Thing = TypeVar("Thing")
MOST_BUDGETS = 8
ZONES = ["Europe/Vienna", "Asia/Kathmandu", "America/Santiago", "Asia/Beirut", "America/Havana"]
# The eves of changes of clocks, of a year and of a month, and a plain day.
EVES = ["2026-03-28", "2026-10-24", "2026-09-05", "2026-04-04", "2026-12-31", "2027-02-28"]
BEGINNINGS = st.sampled_from([*EVES, "2026-07-15"]).map(
    lambda day: datetime.fromisoformat(f"{day}T19:40:00+00:00")
)
LIMITS = st.sampled_from([0, 10, 100, 100, 300]).map(lambda n: Decimal(n) / 100)
CENTS = st.integers(0, 60).map(lambda n: Decimal(n) / 100)
INTERVALS = st.sampled_from(["daily", "weekly", "monthly"])
WAITS = st.one_of(
    st.timedeltas(timedelta(0), timedelta(hours=5)),
    st.sampled_from([timedelta(days=1), timedelta(days=40)]),
)
WISH = st.tuples(
    CENTS, st.lists(st.integers(0, 9), min_size=1, max_size=4), st.booleans(), st.booleans()
)
Wish = tuple[Decimal, list[int], bool, bool]
PARTS = st.sampled_from([0, 1, 50, 99, 100, 130])  # of the hold, in per cent
STALE = st.sampled_from([False] * 9 + [True])
ANY = st.integers(0, 99)


class Histories(RuleBasedStateMachine):
    """`counts` goes over all histories of a run."""

    counts: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self._story = transaction.atomic()
        self._story.__enter__()
        self.cast = make_cast()
        self.real, self.books = RealBooks(self.cast), Books()
        self.budgets: list[Budget] = []
        self.rows: dict[str, Row] = {}
        self.grants: list[BudgetEvent] = []
        self.dead: set[str] = set()
        self.process = self.real.start_process()
        self.price = Decimal(1)

    # --- time and place ---

    @initialize(
        now=BEGINNINGS, terms=st.lists(st.tuples(LIMITS, INTERVALS), min_size=1, max_size=4)
    )
    def begin(self, now: datetime, terms: list[tuple[Decimal, str]]) -> None:
        self.now = now
        for limit, interval in terms:
            self.make(limit, interval, in_project=False)

    @rule(wait=WAITS)
    def wait(self, wait: timedelta) -> None:
        self._count("wait")
        self.now += wait

    @rule(which=ANY)
    def midnight(self, which: int) -> None:
        """The first moment of what follows a window."""
        self._count("midnight")
        ends = self.books.windows[self._window(pick(self.budgets, which))].ends_at
        self.now = ends or self.now + timedelta(days=1)

    @rule(hours=st.integers(1, 30))
    def the_clock_is_put_back(self, hours: int) -> None:
        self._count("clock put back")
        self.now -= timedelta(hours=hours)

    @rule(zone=st.sampled_from(ZONES), of_house=st.booleans(), first=st.integers(0, 6))
    def move(self, zone: str, of_house: bool, first: int) -> None:
        self._count("zone changed")
        if of_house:
            Household.objects.update(zone=zone, week_starts_on=first)
        else:
            Project.objects.update(zone=zone)

    # --- what people do ---

    @precondition(lambda self: len(self.budgets) < MOST_BUDGETS)
    @rule(limit=LIMITS, interval=INTERVALS | st.just("once"), in_project=st.booleans())
    def make(self, limit: Decimal, interval: str, in_project: bool) -> None:
        self._count("budget made")
        budget = changing.make(
            self._terms(limit, interval, in_project), actor=self.cast.owner, now=self.now
        )
        self.budgets.append(budget)
        self._window(budget)

    @rule(which=ANY, limit=LIMITS)
    def another_limit(self, which: int, limit: Decimal) -> None:
        self._count("limit changed")
        budget = pick(self.budgets, which)
        self._change(budget, limit, budget.interval)
        for window in self.books.windows.values():
            if window.budget == budget.pk and (
                window.covers(self.now) or window.starts_at > self.now
            ):
                window.limit = limit

    @rule(which=ANY, interval=INTERVALS)
    def another_interval(self, which: int, interval: str) -> None:
        budget = pick(self.budgets, which)
        if budget.interval != "once":
            self._count("interval changed")
            self._change(budget, budget.limit_usd, interval)

    @precondition(lambda self: len(self.budgets) > 1)
    @rule(which=ANY)
    def remove(self, which: int) -> None:
        self._count("budget removed")
        changing.end(self.budgets.pop(which % len(self.budgets)), actor=None)

    @rule(which=ANY, amount=CENTS.filter(bool))
    def grant(self, which: int, amount: Decimal) -> None:
        self._count("extra granted")
        budget = pick(self.budgets, which)
        window = self._window(budget)
        self.grants.append(changing.grant(budget, amount, actor=None, now=self.now))
        self.books.windows[window].extra += amount

    @precondition(lambda self: self.grants)
    @rule(which=ANY, again=st.booleans())
    def take_back(self, which: int, again: bool) -> None:
        event = pick(self.grants, which)
        is_late = self.now - event.at > timedelta(seconds=10)
        is_undone = changing.undo_grant(event, actor=None, now=self.now)
        assert is_undone == (not is_late)
        if is_undone:
            self._count("extra undone")
            self.grants.remove(event)
            self.books.windows[event.window_id].extra -= Decimal(event.details["amount"])
        if again:
            assert changing.undo_grant(event, actor=None, now=self.now) is False

    @rule(factor=st.sampled_from([Decimal("0.5"), Decimal(1), Decimal(3)]))
    def another_price(self, factor: Decimal) -> None:
        self._count("price changed")
        self.price = factor

    # --- what calls do ---

    @rule(
        wishes=st.lists(WISH, min_size=1, max_size=5),
        is_stale=STALE,
    )
    def reserve(self, wishes: list[Wish], is_stale: bool) -> None:
        calls = [self._call(*wish) for wish in wishes]
        rows = [self.real.row(call, is_stale=is_stale) for call in calls]
        answers = self.real.reserve(rows)
        for row, call, answer in zip(rows, calls, answers, strict=True):
            self._count(answer.word)
            if is_stale or call.process in self.dead:
                # Whoever lost its lease is told so, whatever else would be said.
                word = "no_lease" if call.process in self.dead else "stale"
                assert answer == Answer(word)
                continue
            self.rows[row["id"]] = row
            assert answer == self.books.reserve(row["id"], call)
        self._expect_no_limit_passed_by(rows, answers)

    @precondition(lambda self: self.books.calls)
    @rule(which=st.lists(ANY, min_size=1, max_size=4), part=PARTS)
    def settle(self, which: list[int], part: int) -> None:
        self._settle(sorted({self._running(one) for one in which}), part)

    def _settle(self, names: list[str], part: int) -> None:
        items = [(self.rows[name], self._cost(name, part)) for name in names]
        closed = {row["id"] for row, cost in items if self.books.close(row["id"], cost)}
        assert self.real.settle(items) == closed
        self.counts["settled"] += len(closed)
        self.counts["settled before"] += len(names) - len(closed)
        self.counts["settled above the hold"] += sum(
            cost > self.books.calls[row["id"]].hold for row, cost in items if row["id"] in closed
        )

    @rule(wishes=st.lists(WISH, min_size=2, max_size=5), part=PARTS)
    def whole_calls(self, wishes: list[Wish], part: int) -> None:
        """Held and settled, and what came in between is for the other rules."""
        known = len(self.rows)
        self.reserve(wishes, is_stale=False)
        if len(self.rows) > known:
            self._settle(sorted(set(list(self.books.calls)[-2:])), part)

    @precondition(lambda self: self.books.calls)
    @rule(which=ANY)
    def release(self, which: int) -> None:
        self._count("released")
        name = self._running(which)
        assert self.real.release(self.rows[name]) == self.books.close(name, NOTHING)

    @precondition(lambda self: self.books.calls)
    @rule(which=ANY, amount=CENTS)
    def extend(self, which: int, amount: Decimal) -> None:
        name = self._running(which)
        is_held = self.books.extend(name, amount)
        self._count("extended" if is_held else "not extended")
        assert self.real.extend(name, amount) is is_held
        if is_held:
            for window in self.books.calls[name].windows:
                assert self.books.windows[window].left >= 0

    @precondition(lambda self: self.books.calls)
    @rule(which=ANY, amount=CENTS)
    def checkpoint(self, which: int, amount: Decimal) -> None:
        self._count("checkpoint")
        name = self._running(which)
        self.real.checkpoint(name, amount)
        if self.books.calls[name].cost is None:
            self.books.calls[name].checkpoint = amount

    @rule(starts_again=st.sampled_from([True, True, True, False]))
    def crash(self, starts_again: bool) -> None:
        """What a process that is not started again asks for is refused."""
        self._count("crash")
        self.dead.add(self.process)
        self.real.kill_process(self.process)
        if starts_again:
            self.process = self.real.start_process()

    @precondition(lambda self: self.process in self.dead)
    @rule()
    def start_again(self) -> None:
        self.process = self.real.start_process()

    @rule()
    def sweep(self) -> None:
        swept = self.books.sweep(self.dead)
        self.counts["swept"] += swept
        assert self.real.sweep() == swept

    # --- what always holds ---

    @invariant()
    def both_books_say_the_same(self) -> None:
        self.counts["steps"] += 1
        found = self.real.windows(list(self.books.windows))
        for number, w in self.books.windows.items():
            assert found[number] == (w.starts_at, w.ends_at, w.limit, w.extra, w.spent, w.held)
        self.books.expect_sums()

    def teardown(self) -> None:
        """Everybody dies, and nothing stays held."""
        try:
            if not connection.needs_rollback:
                self.counts["histories"] += 1
                self.counts["windows"] += len(self.books.windows)
                self.crash(starts_again=False)
                self.sweep()
                self.both_books_say_the_same()
                sums = self.real.sums_of_calls()
                for number, window in self.books.windows.items():
                    assert window.held == 0
                    assert sums.get(number, (NOTHING, NOTHING)) == (window.spent, 0)
        finally:
            transaction.set_rollback(True)
            self._story.__exit__(None, None, None)

    # --- between the two ---

    def _window(self, budget: Budget) -> int:
        """The one that runs; the model learns of new ones here."""
        row = running_window(budget, self.now)
        mine = [one for one in self.books.windows.values() if one.budget == budget.pk]
        if row.pk not in self.books.windows:
            made = Window(budget.pk, row.starts_at, row.ends_at, budget.limit_usd)
            assert not any(made.overlaps(other) for other in mine)
            self.books.windows[row.pk] = made
        assert self.books.windows[row.pk].covers(self.now)
        return row.pk

    def _call(self, tokens: Decimal, which: list[int], streamed: bool, whole: bool) -> Call:
        windows = sorted({self._window(pick(self.budgets, one)) for one in which})
        hold = tokens * self.price
        return Call(tuple(windows), hold, self.process, streamed, whole, estimate=hold / 4)

    def _running(self, which: int) -> str:
        """A call that runs, where there is one; now and then one that is closed."""
        running = [name for name, call in self.books.calls.items() if call.cost is None]
        return pick(running if running and which % 5 else list(self.books.calls), which)

    def _cost(self, name: str, part: int) -> Decimal:
        """Prices may have changed since it was held."""
        hold: Decimal = self.rows[name]["hold"]
        return hold * part / 100 if part <= 100 else hold * self.price + Decimal("0.01")

    def _change(self, budget: Budget, limit: Decimal, interval: str) -> None:
        self._window(budget)
        terms = self._terms(limit, interval, budget.project_id is not None)
        changing.change(budget, terms, actor=None, now=self.now)
        budget.refresh_from_db()

    def _terms(self, limit: Decimal, interval: str, in_project: bool) -> Terms:
        covers = "project" if in_project else "household"
        project = self.cast.project if in_project else None
        return Terms("Some", covers, limit, interval, project=project)

    def _expect_no_limit_passed_by(self, rows: list[Row], answers: list[Answer]) -> None:
        """Asked of the real rows alone: after an admission no window is over its limit."""
        admitted = {
            window
            for row, answer in zip(rows, answers, strict=True)
            if answer.word == "admitted"
            for window in row["windows"]
        }
        for _, _, limit, extra, spent, held in self.real.windows(sorted(admitted)).values():
            assert spent + held <= limit + extra

    def _count(self, word: str) -> None:
        self.counts[word] += 1


def pick(things: Sequence[Thing], which: int) -> Thing:
    return things[which % len(things)]
