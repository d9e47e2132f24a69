"""Clears away what a killed PostgreSQL left behind: processes that still run on our data folder,
and lock files that name a process which is not PostgreSQL any more (or a zombie nobody reaps).
Touches only processes whose working folder is that data folder. The caller must hold the lock on
the data folder."""

import contextlib
import os
import signal
import time
from pathlib import Path

PATIENCE = 5.0


def clear_leftovers(cluster_folder: Path, sockets: Path) -> None:
    _end_processes(cluster_folder)
    # Nothing of ours runs, so the locks are stale; PostgreSQL itself would still believe a zombie,
    # or a stranger that was given the same process number.
    (cluster_folder / "postmaster.pid").unlink(missing_ok=True)
    for left in sockets.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def _end_processes(cluster_folder: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    asked = False
    while running := _running_on(cluster_folder):
        overdue = time.monotonic() > deadline
        if not asked or overdue:
            for pid in running:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL if overdue else signal.SIGQUIT)
            asked = True
        if time.monotonic() > deadline + PATIENCE:
            return  # PostgreSQL will refuse to start and say why
        time.sleep(0.02)


def _running_on(cluster_folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and _is_postgres_on(entry, cluster_folder):
            found.append(int(entry.name))
    return found


def _is_postgres_on(process: Path, cluster_folder: Path) -> bool:
    try:
        # A zombie has neither working folder nor program; other people's processes cannot be read.
        return (process / "cwd").readlink() == cluster_folder and (
            process / "exe"
        ).readlink().name.removesuffix(" (deleted)") == "postgres"
    except OSError:
        return False
