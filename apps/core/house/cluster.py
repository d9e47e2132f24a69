"""The embedded PostgreSQL: makes its data folder, and says how to run it and whether it is ready.
Listens on a Unix socket alone, trusts nobody without a password, and never runs as root."""

import contextlib
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from apps.core.house import child
from apps.core.house.account import postgres_account
from apps.core.house.binaries import MAJOR, find_binaries
from apps.core.house.errors import CannotStart
from apps.core.house.leftovers import clear_leftovers
from apps.core.place import socket_dir
from apps.core.vault import HouseSecrets

SUPERUSER = "postgres"
ROLE = DATABASE = "gatehouse"
LARGEST_LOG = 10 * 1024 * 1024
CONNECTIONS_PER_PROCESS = 9
SPARE_CONNECTIONS = 20
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


class Cluster:
    """`processes` is how many processes will connect. A cluster that is not `is_durable` is for
    tests: it forgets what was committed when the machine loses power."""

    def __init__(
        self,
        data_dir: Path,
        house_secrets: HouseSecrets,
        *,
        processes: int,
        may_create_databases: bool = False,
        is_durable: bool = True,
    ) -> None:
        self.data_dir = data_dir.resolve()
        self.folder = self.data_dir / "postgres"
        self.sockets = socket_dir(data_dir)
        self.log = self.data_dir / "postgres.log"
        self._secrets = house_secrets
        self._connections = CONNECTIONS_PER_PROCESS * processes + SPARE_CONNECTIONS
        self._may_create_databases = may_create_databases
        self._is_durable = is_durable

    def prepare(self) -> None:
        """Makes whatever is missing; raises CannotStart with a sentence. May run repeatedly."""
        self.prepare_surroundings()
        if not self.folder.exists():
            self._create()
        if (found := self.found_major()) != MAJOR:
            raise CannotStart(
                f"The data in {self.folder} was written by PostgreSQL {found} and this house runs "
                f"PostgreSQL {MAJOR}; move it with “make move-data” and start again."
            )
        clear_leftovers(self.folder, self.sockets)
        _trim(self.log)

    def prepare_surroundings(self) -> None:
        """Everything a PostgreSQL program needs, except the data."""
        self.account = postgres_account(self.folder)
        self._make_reachable()
        self.binaries = find_binaries(self.data_dir, self.account)
        self._make_socket_folder()

    def found_major(self) -> int:
        try:
            return int((self.folder / "PG_VERSION").read_text())
        except (OSError, ValueError) as problem:
            raise CannotStart(
                f"{self.folder} holds no PostgreSQL data that can be read; move the folder away, "
                "or put back a copy of it."
            ) from problem

    def program(self) -> child.Program:
        return self._program(self.folder)

    def _program(self, folder: Path) -> child.Program:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": "5432",
            "max_connections": str(self._connections),
            # One fewer kind of process at rest; a household's data sits in memory anyway.
            "io_method": "sync",
            # A statement or a row could hold what somebody wrote; the log never does.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
            "log_checkpoints": "off",
            "log_timezone": "UTC",
            "timezone": "UTC",
        }
        if not self._is_durable:
            settings |= {
                "fsync": "off",
                "synchronous_commit": "off",
                "full_page_writes": "off",
            }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return child.Program(
            name="postgres",
            argv=[self.binaries.program("postgres"), "-D", str(folder), *options],
            cwd=folder,
            endings=((signal.SIGINT, 60.0), (signal.SIGQUIT, 8.0)),
            hurried_seconds=10.0,
            # Immediate: the only stop that always ends within seconds. The next start recovers.
            death_signal=signal.SIGQUIT,
            environment=ENVIRONMENT,
            account=self.account,
            log=self.log,
            is_ready=lambda pid: _is_ready(folder, pid),
            before_start=lambda: clear_leftovers(folder, self.sockets),
            last_words=self.last_words,
        )

    def last_words(self) -> str:
        """The last line of PostgreSQL's log, for the sentence that says why it does not start."""
        with contextlib.suppress(OSError):
            lines = self.log.read_text(errors="replace").splitlines()
            grave = [line for line in lines[-40:] if "FATAL" in line or "PANIC" in line]
            return (grave or lines or [""])[-1].strip()
        return ""

    @property
    def url(self) -> str:
        password = quote(self._secrets.postgres_password, safe="")
        return (
            f"postgresql://{ROLE}:{password}@/{DATABASE}?host={quote(str(self.sockets), safe='')}"
        )

    @contextlib.contextmanager
    def running(self) -> Iterator[str]:
        """The cluster alone, without a house around it; gives its URL."""
        self.prepare()
        with self._serving(self.folder):
            yield self.url

    def _make_reachable(self) -> None:
        if self.account is None:
            return
        self.data_dir.chmod(self.data_dir.stat().st_mode | 0o011)
        barred = self.account.first_barred(self.data_dir)
        if barred is not None:
            raise CannotStart(
                f"PostgreSQL runs as the user “{self.account.name}”, who may not enter {barred}; "
                "choose a data folder elsewhere with GATEHOUSE_DATA_DIR, or start the house as an "
                "ordinary user."
            )

    def _make_socket_folder(self) -> None:
        owner = self.account.uid if self.account else os.geteuid()
        with contextlib.suppress(FileExistsError):
            self.sockets.mkdir(mode=0o700)
        state = self.sockets.lstat()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in {owner, os.geteuid()}:
            raise CannotStart(
                f"{self.sockets} belongs to somebody else, so PostgreSQL's socket would not be "
                "safe there; remove it, or choose a data folder with a shorter path."
            )
        self.sockets.chmod(0o700)
        self._give(self.sockets)

    def _create(self) -> None:
        draft = self.make_draft()
        self._create_role(draft)
        # Only now is it data: a first start that is cut off leaves a draft, which is thrown away.
        draft.rename(self.folder)

    def make_draft(self, *more_options: str) -> Path:
        """A new data folder beside the real one, with the superuser alone."""
        draft = self.folder.with_name("postgres.new")
        password_file = self.sockets / f"password.{secrets.token_hex(8)}"
        shutil.rmtree(draft, ignore_errors=True)
        try:
            draft.mkdir(mode=0o700)
            self._give(draft)
            self._write_private(password_file, self._secrets.postgres_superuser_password)
            self._run(
                "initdb", "-D", str(draft), "-U", SUPERUSER, "-E", "UTF8",
                "--auth=scram-sha-256", f"--pwfile={password_file}",
                "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
                *([] if self._is_durable else ["--no-sync"]), *more_options,
            )  # fmt: skip
        except OSError as problem:
            raise CannotStart(
                f"The folder {self.data_dir} cannot be written: {problem.strerror}."
            ) from problem
        finally:
            password_file.unlink(missing_ok=True)
        return draft

    def _create_role(self, draft: Path) -> None:
        rights = "NOSUPERUSER NOCREATEROLE NOREPLICATION"
        rights += " CREATEDB" if self._may_create_databases else " NOCREATEDB"
        password = self._secrets.postgres_password.replace("'", "''")
        with self._serving(draft):
            self._run(
                "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1",
                f"--host={self.sockets}", f"--username={SUPERUSER}", "--dbname=postgres",
                password=self._secrets.postgres_superuser_password,
                typed=f"CREATE ROLE {ROLE} LOGIN {rights} PASSWORD '{password}';\n"
                f"CREATE DATABASE {DATABASE} OWNER {ROLE};\n",
            )  # fmt: skip

    @contextlib.contextmanager
    def _serving(self, folder: Path) -> Iterator[None]:
        process = child.start(self._program(folder))
        try:
            deadline = time.monotonic() + 60
            while not _is_ready(folder, process.pid):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise CannotStart(f"PostgreSQL does not start: {self.last_words()}")
                time.sleep(0.02)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait()

    def _run(self, program: str, *arguments: str, typed: str = "", password: str = "") -> None:
        done = child.run(
            [self.binaries.program(program), *arguments],
            account=self.account,
            cwd=self.data_dir,
            environment=ENVIRONMENT | {"PGPASSWORD": password},
            typed=typed,
        )
        if done.returncode:
            words = (done.stdout.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
            raise CannotStart(f"PostgreSQL's data folder could not be made: {words}")

    def _write_private(self, path: Path, text: str) -> None:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(text)
        self._give(path)

    def _give(self, path: Path) -> None:
        if self.account:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)


def _is_ready(folder: Path, pid: int) -> bool:
    """PostgreSQL writes its state into the lock file; nobody has to connect to learn it."""
    try:
        lines = (folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return len(lines) > 7 and lines[0] == str(pid) and lines[7].startswith("ready")


def _trim(log: Path) -> None:
    """Sets a log aside that has grown large; the one set aside before goes."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > LARGEST_LOG:
            log.replace(log.with_suffix(".log.1"))
