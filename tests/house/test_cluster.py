"""The embedded PostgreSQL: who may enter, what survives, what it refuses."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from apps.core.house import child
from apps.core.house.account import postgres_account
from apps.core.house.binaries import Binaries, find_binaries
from apps.core.house.cluster import ENVIRONMENT, Cluster
from apps.core.house.errors import CannotStart
from apps.core.house.move import move_data
from apps.core.vault import house_secrets
from tests.house.folders import data_folder
from tests.waiting import until

IS_ROOT = os.geteuid() == 0


@pytest.fixture
def folder() -> Iterator[Path]:
    with data_folder() as made:
        yield made


def cluster_in(folder: Path, *, is_durable: bool = False) -> Cluster:
    return Cluster(folder, house_secrets(folder), processes=2, is_durable=is_durable)


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    return row[0] if row else None


def test_only_the_socket_and_the_password_let_in(folder: Path) -> None:
    cluster = cluster_in(folder)
    with cluster.running() as url:
        assert ask(url, "SHOW listen_addresses") == ""
        assert ask(url, "SELECT current_user") == "gatehouse"
        assert (
            ask(url, "SELECT rolsuper OR rolcreatedb FROM pg_roles WHERE rolname = USER") is False
        )
        assert ask(url, "SHOW max_connections") == "38"
        assert (
            ask(url, "SELECT datlocale FROM pg_database WHERE datname = 'gatehouse'") == "C.UTF-8"
        )
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url, password="wrong")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(url, user="postgres")


def test_a_killed_postgres_starts_again_with_its_data(folder: Path) -> None:
    cluster = cluster_in(folder, is_durable=True)
    with cluster.running() as url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept VALUES (7)")
        pid = int((cluster.folder / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGKILL)
        with cluster_in(folder).running() as url_again:
            assert ask(url_again, "SELECT n FROM kept") == 7


def test_a_lock_that_names_a_stranger_or_a_zombie_does_not_block(folder: Path) -> None:
    cluster = cluster_in(folder)
    with cluster.running():
        lock = (cluster.folder / "postmaster.pid").read_text()
    stranger = subprocess.Popen(
        ["sleep", "60"], **child.as_account(postgres_account(cluster.folder))
    )
    try:
        for _ in range(2):
            old_pid = lock.split()[0]
            (cluster.folder / "postmaster.pid").write_text(
                lock.replace(old_pid, str(stranger.pid), 1)
            )
            with cluster_in(folder).running() as url:
                assert ask(url, "SELECT 1") == 1
            stranger.kill()  # and is not waited for: a zombie in the second round
    finally:
        stranger.kill()
        stranger.wait()


def test_a_first_start_that_was_cut_off_is_begun_anew(folder: Path) -> None:
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    with cluster_in(folder).running() as url:
        assert ask(url, "SELECT 1") == 1


def test_a_long_path_gets_a_short_socket() -> None:
    with data_folder("/".join(["a-rather-long-name-for-a-folder"] * 4)) as folder:
        cluster = cluster_in(folder)
        with cluster.running() as url:
            assert ask(url, "SELECT 1") == 1
        assert len(str(cluster.sockets)) < 80
        assert cluster.sockets.stat().st_mode & 0o777 == 0o700
        cluster.sockets.rmdir()


@pytest.mark.skipif(not IS_ROOT, reason="only root can make somebody else's folder")
def test_a_socket_folder_of_somebody_else_is_refused(folder: Path) -> None:
    cluster = cluster_in(folder)
    cluster.sockets.mkdir(mode=0o777)
    os.chown(cluster.sockets, 4321, 4321)
    with pytest.raises(CannotStart, match="belongs to somebody else"):
        cluster.prepare()


@pytest.mark.skipif(not IS_ROOT, reason="only root runs PostgreSQL as another user")
def test_a_data_folder_behind_a_closed_door_is_refused_and_left_alone(folder: Path) -> None:
    private = folder / "private"
    (private / "data").mkdir(parents=True)
    private.chmod(0o700)
    with pytest.raises(CannotStart, match=f"may not enter {private};"):
        cluster_in(private / "data").prepare()
    assert private.stat().st_mode & 0o777 == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root runs PostgreSQL as another user")
def test_programs_out_of_reach_are_copied_once(folder: Path) -> None:
    private = folder / "private"
    private.mkdir(mode=0o700)
    packages = Path(find_binaries(folder, None).root)
    (private / "packages").symlink_to(packages)
    account = postgres_account(folder / "postgres")

    copy = find_binaries(folder, account, packages=private / "packages")

    assert copy.root.parent == folder
    asked = child.run([copy.program("postgres"), "--version"], account=account, cwd=Path("/"))
    assert asked.returncode == 0, asked.stdout
    made_at = copy.root.stat().st_ctime_ns
    again = find_binaries(folder, account, packages=private / "packages")
    assert again == copy
    assert again.root.stat().st_ctime_ns == made_at


def test_data_of_another_major_is_refused_and_moved_by_the_named_command(folder: Path) -> None:
    cluster = cluster_in(folder)
    make_old_data(cluster)
    with pytest.raises(CannotStart, match="PostgreSQL 16 .* “make move-data”"):
        cluster.prepare()

    said = move_data(folder, house_secrets(folder))

    assert str(folder / "postgres.16") in said
    with cluster.running() as url:
        assert ask(url, "SELECT text FROM kept") == "Grüße aus der Sechzehn"


def make_old_data(cluster: Cluster) -> None:
    """What a house of an earlier version would have left: the older major of the same wheel."""
    secrets = house_secrets(cluster.data_dir)
    cluster.prepare_surroundings()
    old = find_binaries(cluster.data_dir, cluster.account, major=16)
    password_file = cluster.data_dir / "password"
    password_file.write_text(secrets.postgres_superuser_password)
    password_file.chmod(0o644)
    cluster.folder.mkdir(mode=0o700)
    if cluster.account:
        os.chown(cluster.folder, cluster.account.uid, cluster.account.gid)
    options = ["-D", str(cluster.folder), "-U", "postgres", "-E", "UTF8", "--no-sync"]
    options += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
    made = child.run(
        [old.program("initdb"), *options],
        account=cluster.account,
        cwd=Path("/"),
        environment=ENVIRONMENT,
    )
    assert made.returncode == 0, made.stdout
    server = child.start(replace(cluster.program(), argv=old_server(old, cluster)))
    try:
        connect = {"host": str(cluster.sockets), "user": "postgres"}
        connect["password"] = secrets.postgres_superuser_password
        with patiently_connect(dbname="postgres", **connect) as connection:
            connection.execute(
                f"CREATE ROLE gatehouse LOGIN PASSWORD '{secrets.postgres_password}'".encode()
            )
            connection.execute("CREATE DATABASE gatehouse OWNER gatehouse")
        with psycopg.connect(cluster.url) as connection:
            connection.execute("CREATE TABLE kept (text text)")
            connection.execute("INSERT INTO kept VALUES ('Grüße aus der Sechzehn')")
    finally:
        server.send_signal(signal.SIGINT)
        server.wait()


def old_server(old: Binaries, cluster: Cluster) -> list[str]:
    sockets = f"unix_socket_directories={cluster.sockets}"
    words = [old.program("postgres"), "-D", str(cluster.folder), "-c", "listen_addresses="]
    return [*words, "-c", sockets]


def patiently_connect(**where: Any) -> psycopg.Connection:
    deadline = time.monotonic() + 20
    while True:
        try:
            return psycopg.connect(**where, autocommit=True)
        except psycopg.OperationalError:
            assert time.monotonic() < deadline
            time.sleep(0.05)


def test_it_goes_when_the_process_that_started_it_is_killed(folder: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from tests.house.test_cluster import *\n"
        "with cluster_in(Path(sys.argv[1])).running(): print('ready', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, str(folder)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "ready\n"
        pid = int((folder / "postgres" / "postmaster.pid").read_text().split()[0])
        owner.kill()
    until(lambda: not is_running(pid), 20, "PostgreSQL outlived the process that started it")


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] != "Z"
