"""What the supervisor needs to know from the environment; the settings read the same names."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from apps.core.house.errors import CannotStart
from apps.core.place import data_dir


@dataclass(frozen=True)
class Options:
    data_dir: Path
    secrets_file: Path | None
    bind: str
    port: int
    url: str
    web_processes: int
    database_url: str

    @property
    def host(self) -> str:
        """What a browser would write into the Host header."""
        return urlsplit(self.url).netloc


def read_options(environment: Mapping[str, str] = os.environ) -> Options:
    def text(name: str, default: str = "") -> str:
        return environment.get(name, "").strip() or default

    port = _number("GATEHOUSE_PORT", text("GATEHOUSE_PORT", "8000"), least=1, most=65535)
    processes = _number(
        "GATEHOUSE_WEB_PROCESSES",
        text("GATEHOUSE_WEB_PROCESSES", "0"),
        least=0,
        most=64,
    )
    secrets_file = text("GATEHOUSE_SECRETS_FILE")
    return Options(
        data_dir=data_dir(),
        secrets_file=Path(secrets_file) if secrets_file else None,
        bind=text("GATEHOUSE_BIND", "127.0.0.1"),
        port=port,
        url=text("GATEHOUSE_URL", f"http://localhost:{port}").rstrip("/"),
        web_processes=processes or len(os.sched_getaffinity(0)),
        database_url=text("DATABASE_URL"),
    )


def _number(name: str, value: str, *, least: int, most: int) -> int:
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise CannotStart(f"{name} is “{value}”; write a whole number from {least} to {most}.")
    return int(value)
