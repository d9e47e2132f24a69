"""Watches the house's processes: starts them, starts again what died, and stops them in order.
Knows nothing of what they do. Belongs to the main thread: the kernel tells children of the death of
the thread that made them."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from apps.core.house import child
from apps.core.house.child import Program
from apps.core.house.errors import CannotStart, StopAsked
from apps.core.house.signals import Signals

TICK = 0.5
STEADY_AFTER = 5.0
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
MOST_FAILURES = 5


@dataclass
class Child:
    """A program that is kept running. A vital one that cannot be started again ends the house."""

    program: Program
    is_vital: bool = False
    process: "subprocess.Popen[str] | None" = None
    started_at: float = 0.0
    is_ready: bool = False
    failures: int = 0
    due_at: float | None = None


class Supervisor:
    """`say` prints one line for people."""

    def __init__(self, signals: Signals, say: Callable[[str], None]) -> None:
        self._signals = signals
        self._say = say
        self._children: list[Child] = []
        self._short: subprocess.Popen[str] | None = None
        self._is_open = False
        self._is_stopping = False
        self._is_hurried = False
        child.adopt_orphans()

    def keep(self, program: Program, *, is_vital: bool = False) -> Child:
        """Starts a program and keeps it running."""
        kept = Child(program=program, is_vital=is_vital)
        self._children.append(kept)
        self._launch(kept)
        return kept

    def wait_until(self, is_true: Callable[[], bool], *, seconds: float, otherwise: str) -> None:
        deadline = time.monotonic() + seconds
        pause = 0.02
        while not is_true():
            if time.monotonic() > deadline:
                raise CannotStart(otherwise)
            self._turn(pause)
            pause = min(pause * 1.3, 0.2)

    def run(self, program: Program) -> str:
        """Runs a short program to its end while the others are watched; gives what it printed. One
        that fails has said why itself."""
        process = self._short = child.start(program, output=subprocess.PIPE)
        assert process.stdout is not None
        try:
            while process.returncode is None:
                self._turn(TICK)
            if process.returncode:
                raise CannotStart("")
            return process.stdout.read()
        finally:
            self._short = None
            if process.returncode is None:
                process.kill()
                process.wait()
            process.stdout.close()

    def watch(self) -> None:
        """Keeps everything running until StopAsked."""
        self._is_open = True
        while True:
            self._turn(TICK)

    def stop(self) -> None:
        """Ends everything, highest rank first. A second request shortens waits, never the order."""
        self._is_stopping = True
        for rank in sorted({one.program.rank for one in self._children}, reverse=True):
            self._end([one for one in self._children if one.program.rank == rank])

    def _turn(self, seconds: float) -> None:
        if self._signals.wait(seconds):
            raise StopAsked
        self._reap()
        for one in self._children:
            if one.process is not None:
                self._look_at(one, one.process)
            elif one.due_at is not None and one.due_at <= time.monotonic():
                self._launch(one)

    def _launch(self, one: Child) -> None:
        if one.program.before_start:
            one.program.before_start()
        one.due_at, one.is_ready, one.started_at = None, False, time.monotonic()
        one.process = child.start(one.program)

    def _look_at(self, one: Child, process: "subprocess.Popen[str]") -> None:
        if one.is_ready:
            return
        if one.program.is_ready:
            one.is_ready = one.program.is_ready(process.pid)
        else:
            one.is_ready = time.monotonic() - one.started_at > STEADY_AFTER
        if one.is_ready:
            one.failures = 0

    def _reap(self) -> None:
        for pid, code in _ended(self._known()):
            if self._short is not None and self._short.pid == pid:
                self._short.returncode = code
            for one in self._children:
                if one.process is not None and one.process.pid == pid:
                    one.process.returncode = code
                    one.process = None
                    self._note_end(one, code)

    def _known(self) -> set[int]:
        kept = {one.process.pid for one in self._children if one.process is not None}
        return kept | ({self._short.pid} if self._short else set())

    def _note_end(self, one: Child, code: int) -> None:
        if self._is_stopping:
            return
        one.failures += 1
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if one.failures >= MOST_FAILURES and (one.is_vital or not self._is_open):
            words = one.program.last_words() if one.program.last_words else ""
            raise CannotStart(
                f"{one.program.name} ended {one.failures} times in a row, so the house stops: "
                f"{words or f'the last time with {how}, for the reason it gave above'}."
            )
        pause = min(FIRST_PAUSE * 2 ** (one.failures - 1), LONGEST_PAUSE)
        one.due_at = time.monotonic() + pause
        self._say(f"{one.program.name} ended ({how}); starting it again.")

    def _end(self, group: list[Child]) -> None:
        leaving = [Farewell(one) for one in group]
        while alive := [each for each in leaving if each.child.process is not None]:
            for each in alive:
                each.press(is_hurried=self._is_hurried)
            if self._signals.wait(0.1):
                self._is_hurried = True
                for each in alive:
                    each.hurry()
            self._reap()


class Farewell:
    """One process on its way out: which signal it was sent last, and how long it still has."""

    def __init__(self, leaver: Child) -> None:
        self.child = leaver
        self._left = [*leaver.program.endings, (signal.SIGKILL, 60.0)]
        self._last = self._left[0][0]
        self._deadline = 0.0

    def press(self, *, is_hurried: bool) -> None:
        """Sends the next signal when the time after the one before is over."""
        if time.monotonic() < self._deadline or not self._left:
            return
        self._last, seconds = self._left.pop(0)
        self._deadline = time.monotonic() + seconds
        if is_hurried:
            self._shorten()
        self._send()

    def hurry(self) -> None:
        """Says it again, and grants less time."""
        self._shorten()
        self._send()

    def _shorten(self) -> None:
        latest = time.monotonic() + self.child.program.hurried_seconds
        self._deadline = min(self._deadline, latest)

    def _send(self) -> None:
        if self.child.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child.process.pid, self._last)


def _ended(known: set[int]) -> Iterator[tuple[int, int]]:
    """Every process that ended, with its exit code; also strangers that lost their parent to us."""
    while True:
        try:
            state = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return
        if state is None:
            return
        if state.si_pid in known:
            # Whatever it started itself goes with it, while its number is still taken.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(state.si_pid, signal.SIGKILL)
        _, status = os.waitpid(state.si_pid, 0)
        yield state.si_pid, os.waitstatus_to_exitcode(status)
