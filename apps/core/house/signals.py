"""Signals as things to wait for, not as interruptions: nothing is ever cut in the middle, and no
handler runs. Belongs to the main thread."""

import signal
import time
from typing import Self

STOP = frozenset({signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
AWAITED = STOP | {signal.SIGCHLD}


class Signals:
    """While entered, the awaited signals queue up until somebody asks for them."""

    def __enter__(self) -> Self:
        self._before = signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
        return self

    def __exit__(self, *_: object) -> None:
        while signal.sigtimedwait(AWAITED, 0) is not None:  # else Python would raise them now
            pass
        signal.pthread_sigmask(signal.SIG_SETMASK, self._before)

    def wait(self, seconds: float) -> bool:
        """Sleeps until a child ended, a stop was asked, or the time is over. True: stop asked."""
        deadline = time.monotonic() + seconds
        while True:
            got = signal.sigtimedwait(AWAITED, max(0.0, deadline - time.monotonic()))
            return got is not None and got.si_signo in STOP
