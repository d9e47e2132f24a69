"""Data folders for tests that start a PostgreSQL of their own. They lie directly below the
temporary folder, because the user PostgreSQL runs as may not enter pytest's."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def data_folder(name: str = "") -> Iterator[Path]:
    parent = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
    parent.chmod(0o711)
    folder = parent / name if name else parent
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        shutil.rmtree(parent, ignore_errors=True)
