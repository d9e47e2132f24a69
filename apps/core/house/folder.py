"""The data folder belongs to one supervisor at a time: two would each end the other's database."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from apps.core.house.errors import CannotStart


@contextlib.contextmanager
def sole_use_of(data_dir: Path) -> Iterator[None]:
    """Makes the folder where it is missing, and holds the lock on it."""
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(data_dir / "house.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as problem:
        raise CannotStart(
            f"The folder {data_dir} cannot be written ({problem.strerror}), and the house keeps "
            "its data there; choose another with GATEHOUSE_DATA_DIR."
        ) from problem
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise CannotStart(
            f"A house already runs on the folder {data_dir}; stop it, or give this one its own "
            "folder with GATEHOUSE_DATA_DIR."
        ) from None
    try:
        yield
    finally:
        os.close(handle)
