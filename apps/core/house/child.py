"""Starts one process of the house: own session, no blocked signals, and gone when its parent is.
Refuses to leave anything running that nobody watches."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apps.core.house.account import Account

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded before any fork: between fork and exec nothing may be imported.
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, kw_only=True)
class Program:
    """What to run, and how it is ended: `endings` are the signals it is sent, each with the seconds
    it then has; SIGKILL follows. `death_signal` is what the kernel sends when the supervisor dies.
    Programs of a higher `rank` rest on those of a lower one, so they stop first."""

    name: str
    argv: Sequence[str]
    cwd: Path
    rank: int = 0
    endings: Sequence[tuple[signal.Signals, float]] = ((signal.SIGTERM, 10.0),)
    hurried_seconds: float = 2.0
    death_signal: signal.Signals = signal.SIGKILL
    environment: Mapping[str, str] | None = None
    account: Account | None = None
    open_files: Sequence[int] = ()
    log: Path | None = None
    is_ready: Callable[[int], bool] | None = None
    before_start: Callable[[], None] | None = None
    last_words: Callable[[], str] | None = None


def die_with_parent(death_signal: signal.Signals = signal.SIGKILL) -> None:
    """Asks the kernel to end the calling process when the thread that made it ends."""
    _LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def adopt_orphans() -> None:
    """Makes the calling process the one that collects what its children leave behind: first
    processes of containers often collect nothing, and zombies would pile up."""
    _LIBC.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def start(program: Program, *, output: int | None = None) -> "subprocess.Popen[str]":
    """Starts it without waiting. Its words go to its log, to `output`, or to our own output."""
    log = open(program.log, "ab", opener=_private) if program.log else None  # noqa: SIM115
    try:
        return subprocess.Popen(
            list(program.argv),
            cwd=program.cwd,
            env=dict(program.environment) if program.environment is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=log if log else output,
            stderr=log,
            pass_fds=tuple(program.open_files),
            text=True,
            preexec_fn=_before_exec(program.death_signal),
            **as_account(program.account),
        )
    finally:
        if log:
            log.close()


def run(
    argv: Sequence[str],
    *,
    account: Account | None = None,
    cwd: Path,
    environment: Mapping[str, str] | None = None,
    typed: str = "",
) -> "subprocess.CompletedProcess[str]":
    """Runs a short program to its end; stdout and stderr come back joined."""
    return subprocess.run(
        list(argv),
        cwd=cwd,
        env=dict(environment) if environment is not None else None,
        input=typed,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=_before_exec(signal.SIGKILL),
        **as_account(account),
    )


def as_account(account: Account | None) -> dict[str, Any]:
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _before_exec(death_signal: signal.Signals) -> Callable[[], None]:
    parent = os.getpid()

    def prepare() -> None:
        os.setsid()
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        # After the change of user, which would clear it again.
        _LIBC.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        if os.getppid() != parent:  # the parent died before the line above
            os._exit(1)

    return prepare
