"""Turns DATABASE_URL, or the embedded cluster's place, into Django's and libpq's settings."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from psycopg.conninfo import make_conninfo

from config.env import BadSetting

# A pool that keeps trying waits twice as long each time; one that gives up after a second tries
# anew whenever somebody asks, so pages come back as soon as the database does.
POOL = {"min_size": 0, "max_size": 4, "timeout": 5, "reconnect_timeout": 1}


@dataclass(frozen=True)
class Database:
    """Where PostgreSQL answers. `host` is a host name or a folder that holds a Unix socket."""

    name: str
    user: str
    password: str
    host: str
    port: str
    options: dict[str, str]

    def for_django(self) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "CONN_MAX_AGE": 0,
            "OPTIONS": {**self.options, "pool": POOL},
        }

    def for_libpq(self, **defaults: Any) -> str:
        """`defaults` are for what DATABASE_URL leaves open."""
        return make_conninfo(
            "",
            dbname=self.name,
            user=self.user,
            password=self.password,
            host=self.host,
            port=self.port,
            **defaults | self.options,
        )


def from_url(url: str) -> Database:
    """Reads `postgres://user:password@host:port/name?sslmode=…`; `host=` may name a folder."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise BadSetting("DATABASE_URL must look like postgres://user:password@host:5432/name.")
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", "") or unquote(parts.hostname or "")
    return Database(
        name=unquote(parts.path.strip("/")),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=host,
        port=options.pop("port", "") or str(parts.port or 5432),
        options=options,
    )
