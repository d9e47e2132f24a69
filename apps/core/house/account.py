"""The unprivileged user PostgreSQL runs as when the house is started by root. Uses a user the
machine has; never makes one."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from apps.core.house.errors import CannotStart

KNOWN_USERS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this user may enter the folder; asked of the kernel, so that every kind of
        access rule counts."""
        return self._may("-x", path)

    def reads(self, path: Path) -> bool:
        return self._may("-r", path)

    def first_barred(self, path: Path) -> Path | None:
        """The topmost folder on the way to `path` that this user may not enter."""
        for folder in [*reversed(path.parents), path]:
            if not self.reaches(folder):
                return folder
        return None

    def _may(self, test: str, path: Path) -> bool:
        asked = subprocess.run(
            ["/usr/bin/test", test, str(path)],
            cwd="/",
            check=False,
            user=self.uid,
            group=self.gid,
            extra_groups=[],
        )
        return asked.returncode == 0


def postgres_account(cluster_folder: Path) -> Account | None:
    """None for an ordinary user, who runs PostgreSQL directly. Existing data keeps its user."""
    if os.geteuid() != 0:
        return None
    if cluster_folder.exists() and cluster_folder.stat().st_uid != 0:
        state = cluster_folder.stat()
        return Account(name=str(state.st_uid), uid=state.st_uid, gid=state.st_gid)
    for name in KNOWN_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise CannotStart(
        "PostgreSQL refuses to run as root and this machine has neither a user “postgres” nor "
        "“nobody”; start the house as an ordinary user, or set DATABASE_URL."
    )
