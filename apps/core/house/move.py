"""Moves the data of an older PostgreSQL to the one this version brings. The old data stays beside
the new; nothing is changed in it."""

import re
from pathlib import Path

from apps.core.house import child
from apps.core.house.account import Account
from apps.core.house.binaries import INSTALLS, MAJOR, find_binaries
from apps.core.house.cluster import ENVIRONMENT, SUPERUSER, Cluster
from apps.core.house.errors import CannotStart
from apps.core.house.leftovers import clear_leftovers
from apps.core.vault import HouseSecrets


def move_data(data_dir: Path, secrets: HouseSecrets, *, old_bin: Path | None = None) -> str:
    """Gives the sentence to print. The caller holds the lock on the data folder."""
    cluster = Cluster(data_dir, secrets, processes=1)
    if not cluster.folder.exists():
        raise CannotStart(f"There is no data in {data_dir} yet, so nothing to move.")
    old = cluster.found_major()
    if old == MAJOR:
        return f"The data is PostgreSQL {MAJOR}'s already; nothing to move."
    cluster.prepare_surroundings()
    old_bin = old_bin or _find_old(data_dir, cluster.account, old)
    clear_leftovers(cluster.folder, cluster.sockets)
    draft = cluster.make_draft(_checksums(cluster, old_bin))
    _upgrade(cluster, old_bin=old_bin, draft=draft, password=secrets.postgres_superuser_password)
    kept = cluster.folder.with_name(f"postgres.{old}")
    cluster.folder.rename(kept)
    draft.rename(cluster.folder)
    return (
        f"The data is PostgreSQL {MAJOR}'s now; start the house, and delete {kept} when you have "
        "seen that all is well."
    )


def _find_old(data_dir: Path, account: Account | None, major: int) -> Path:
    if major in INSTALLS:
        return find_binaries(data_dir, account, major=major).bin
    system = Path(f"/usr/lib/postgresql/{major}/bin")
    if (system / "postgres").exists():
        return system
    raise CannotStart(
        f"Moving needs the programs of PostgreSQL {major} too; install them (on Debian the package "
        f"postgresql-{major}) or name their folder with “make move-data args='--old-bin FOLDER'”."
    )


def _checksums(cluster: Cluster, old_bin: Path) -> str:
    """Both sides must agree on page checksums, which older majors did not make by default."""
    words = _run(cluster, [str(old_bin / "pg_controldata"), "-D", str(cluster.folder)])
    has_checksums = re.search(r"^Data page checksum version: +[1-9]", words, re.MULTILINE)
    return "--data-checksums" if has_checksums else "--no-data-checksums"


def _upgrade(cluster: Cluster, *, old_bin: Path, draft: Path, password: str) -> None:
    _run(
        cluster,
        [
            cluster.binaries.program("pg_upgrade"),
            f"--old-bindir={old_bin}",
            f"--new-bindir={cluster.binaries.bin}",
            f"--old-datadir={cluster.folder}",
            f"--new-datadir={draft}",
            f"--socketdir={cluster.sockets}",
            f"--username={SUPERUSER}",
        ],
        password=password,
    )


def _run(cluster: Cluster, argv: list[str], *, password: str = "") -> str:
    done = child.run(
        argv,
        account=cluster.account,
        cwd=cluster.sockets,
        environment=ENVIRONMENT | {"PGPASSWORD": password},
    )
    if done.returncode:
        raise CannotStart(
            "The data could not be moved and is as it was; PostgreSQL says:\n" + done.stdout[-2000:]
        )
    return done.stdout
