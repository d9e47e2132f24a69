"""One web process with two scripted upstreams behind it, started once for each pytest worker on a
database of its own. Knows how to ask it, and how to read what it wrote down."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
from psycopg import sql as pgsql
from psycopg.rows import dict_row

from tests.gateway.behaviours import AsAsked
from tests.gateway.founding import FIRST, SECOND, address_of
from tests.gateway.upstream import Upstream, scripted_upstream
from tests.house.running import CHECKOUT, free_port
from tests.waiting import until

CALL_SECONDS, FIRST_BYTE_SECONDS = 14, 6
LIMITS = {
    "GATEHOUSE_CALL_SECONDS": str(CALL_SECONDS),
    "GATEHOUSE_FIRST_BYTE_SECONDS": str(FIRST_BYTE_SECONDS),
}
FOUNDING = "tests.gateway.founding"
PATH = "/api/v1/chat/completions"
Row = dict[str, Any]


@dataclass
class WebHouse:
    """A running web process and everything around it."""

    port: int
    database_url: str
    first: Upstream
    second: Upstream
    facts: Row
    environment: dict[str, str]
    process: "subprocess.Popen[bytes] | None" = None
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}", timeout=30, trust_env=False
        )

    @property
    def key(self) -> str:
        return str(self.facts["keys"]["main"]["secret"])

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}

    # --- asking ---

    def ask(self, model: str = "test/one", **fields: Any) -> httpx.Response:
        """One chat call; a field that is None is left out."""
        body = {"model": model, "messages": [{"role": "user", "content": "Hello?"}], **fields}
        return self.post(json.dumps({k: v for k, v in body.items() if v is not None}).encode())

    def post(
        self, body: bytes, *, headers: dict[str, Any] | None = None, path: str = PATH
    ) -> httpx.Response:
        sent = {"Content-Type": "application/json", **self.headers, **(headers or {})}
        return self.client.post(path, content=body, headers=sent)

    def stream(self, model: str = "test/one", **fields: Any) -> "Streamed":
        return Streamed.read(self.ask(model, stream=True, **fields))

    # --- reading what it wrote down ---

    def rows(self, query: str, *values: Any) -> list[Row]:
        with psycopg.connect(self.database_url, autocommit=True, row_factory=dict_row) as one:
            cursor = one.execute(query.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def receipt(self, generation_id: str) -> Row:
        """The generation with its details, both as they stand now."""
        found = self.rows(
            "SELECT g.*, d.details FROM usage_generation g "
            "LEFT JOIN usage_generationdetail d ON d.generation_id = g.id WHERE g.id = %s",
            generation_id,
        )
        assert len(found) == 1, f"{len(found)} rows of {generation_id}"
        return found[0]

    def closed_receipt(self, generation_id: str, seconds: float = 10) -> Row:
        """The receipt once the call is closed, which may be after the client has left."""
        until(lambda: self.receipt(generation_id)["state"] != "open", seconds, "still open")
        return self.receipt(generation_id)

    def newest(self) -> Row:
        found = self.rows("SELECT id FROM usage_generation ORDER BY id DESC LIMIT 1")
        return self.receipt(found[0]["id"])

    def count(self) -> int:
        return int(self.rows("SELECT count(*) AS n FROM usage_generation")[0]["n"])

    def open_calls(self) -> list[str]:
        found = self.rows("SELECT id FROM usage_generation WHERE state = 'open'")
        return [row["id"] for row in found]

    def sums(self) -> tuple[Decimal, Decimal]:
        """What the receipts add up to, and what the quarter-hours do."""
        found = self.rows(
            "SELECT (SELECT coalesce(sum(cost_usd), 0) FROM usage_generation"
            "         WHERE state = 'closed') AS receipts,"
            "       (SELECT coalesce(sum(cost_usd), 0) FROM usage_usagequarter) AS quarters"
        )[0]
        return found["receipts"], found["quarters"]

    def tables_with(self, text: str) -> list[str]:
        """The tables that hold it in some row, as letters or as bytes."""
        found = self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        names = [row["tablename"] for row in found]
        assert len(names) > 20
        holds = 'SELECT 1 FROM "{}" t WHERE t::text LIKE ANY (%s) LIMIT 1'
        spelled = [f"%{text}%", f"%{text.encode().hex()}%"]
        return [name for name in names if self.rows(holds.format(name), spelled)]

    def files_with(self, text: str) -> list[str]:
        """The files of the house that hold it: its log, and those of an embedded PostgreSQL."""
        folder = self.environment["GATEHOUSE_DATA_DIR"]
        words = ["grep", "--recursive", "--files-with-matches", "--text", "--fixed-strings"]
        done = subprocess.run([*words, "--", text, folder], capture_output=True, text=True)
        return done.stdout.splitlines()

    # --- processes ---

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "web", "--port", str(self.port)],
            cwd=CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=self.log.open("wb"),
            stderr=subprocess.STDOUT,
        )
        until(self._is_ready, 60, f"not ready: {self.log}")

    def stop(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        finally:
            self.process.kill()

    @property
    def log(self) -> Path:
        return Path(self.environment["GATEHOUSE_DATA_DIR"]) / f"web-{self.port}.log"

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        with contextlib.suppress(httpx.HTTPError):
            return self.client.get("/healthz").status_code == 200
        return False


@dataclass
class Streamed:
    """A stream that was read to its end."""

    response: httpx.Response
    events: list[Row]
    comments: list[str]
    is_done: bool

    @classmethod
    def read(cls, response: httpx.Response) -> "Streamed":
        events: list[Row] = []
        comments: list[str] = []
        is_done = False
        for block in response.text.split("\n\n"):
            if block.startswith(":"):
                comments.append(block)
            elif block == "data: [DONE]":
                is_done = True
            elif block:
                assert not is_done, "something stands behind [DONE]"
                events.append(decoded(block.removeprefix("data: ")))
        return cls(response, events, comments, is_done)

    @property
    def text(self) -> str:
        return "".join(
            choice["delta"].get("content") or ""
            for event in self.events
            for choice in event.get("choices", [])
        )

    @property
    def usages(self) -> list[Row]:
        return [event["usage"] for event in self.events if event.get("usage")]

    @property
    def error(self) -> Row | None:
        return next((event["error"] for event in self.events if "error" in event), None)

    @property
    def finish_reasons(self) -> list[str]:
        return [
            choice["finish_reason"]
            for event in self.events
            for choice in event.get("choices", [])
            if choice.get("finish_reason") is not None
        ]


def decoded(text: str | bytes) -> Row:
    """JSON with its numbers to the last digit."""
    return dict(json.loads(text, parse_float=Decimal))


@contextlib.contextmanager
def a_web_house(founding: str = FOUNDING, **environment: str) -> Iterator[WebHouse]:
    """A running house with its two upstreams, on a fresh copy of the database that the program
    `founding` has furnished."""
    facts, template = _founded(founding), _template(founding)
    port, name = free_port(), f"{template}_{os.getpid()}_{time.monotonic_ns() % 10**6}"
    _copy_database(template, name)
    with scripted_upstream(AsAsked()) as first, scripted_upstream(AsAsked()) as second:
        url = _url_of(name)
        house = WebHouse(
            port=port,
            database_url=url,
            first=first,
            second=second,
            facts=facts,
            environment=_environment(url) | {"GATEHOUSE_PORT": str(port), **LIMITS, **environment},
        )
        for place, upstream in ((FIRST, first), (SECOND, second)):
            house.rows(
                "UPDATE connections_connection SET base_url = %s WHERE name = %s",
                address_of(place, upstream.port),
                place,
            )
        house.start()
        try:
            yield house
        finally:
            house.stop()


def _template(founding: str) -> str:
    return founding.replace(".", "_")


def _founded(founding: str) -> Row:
    """The template database, made by whichever worker comes first."""
    template = _template(founding)
    note = Path(os.environ["GATEHOUSE_DATA_DIR"]) / f"{template}.json"
    with note.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not note.exists():
            _execute(pgsql.SQL("CREATE DATABASE {}").format(pgsql.Identifier(template)))
            done = subprocess.run(
                [sys.executable, "-m", founding],
                cwd=CHECKOUT,
                env=_environment(_url_of(template)),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr
            note.write_text(done.stdout.splitlines()[-1])
        return dict(json.loads(note.read_text()))


def _copy_database(template: str, name: str) -> None:
    words = pgsql.SQL("CREATE DATABASE {} TEMPLATE {}")
    deadline = time.monotonic() + 30
    while True:
        try:
            _execute(words.format(pgsql.Identifier(name), pgsql.Identifier(template)))
        except psycopg.errors.ObjectInUse:  # another worker copies it just now
            assert time.monotonic() < deadline
            time.sleep(0.1)
        else:
            return


def _execute(statement: pgsql.Composed) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)


def _url_of(database: str) -> str:
    return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}").geturl()


def _environment(url: str) -> dict[str, str]:
    foreign = ("PYTEST_", "CELERY_")
    kept = {name: text for name, text in os.environ.items() if not name.startswith(foreign)}
    return kept | {"DATABASE_URL": url}
