"""Tries a connection: asks the provider for its models and names what happened. It follows no
redirect, and neither the credential nor a word of the provider's answer stands in a sentence."""

import json
import socket
import ssl
import time
import zlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeGuard

import httpx

from apps.connections.models import Connection
from apps.core.outbound import AnswerTooLarge, OutboundRefused, Target, client, own_ports, read
from apps.core.vault import VaultError

SENTENCES = {
    "ok": "{name} answers and lists {count}.",
    "built_in": "The demonstration answers inside this house; it needs no test.",
    "dns": "{host} was not found; check how it is spelled, and that this house is online.",
    "refused": "Nothing answers at {host}:{port}; check the address and whether it is running.",
    "timeout": "{host} did not answer in time; check that it is running and can be reached.",
    "tls": "{host}:{port} could not prove who it is; check whether the address starts with the "
    "right one of http and https, and its certificate.",
    "unauthorized": "{name} does not accept the key; copy it once more from your account there.",
    "keyless": "{name} wants a key; add one from your account there.",
    "forbidden": "{name} knows the key but permits it nothing; check the account’s rights and "
    "balance there.",
    "not_found": "{host} answers, but has no list of models at {path}; check the path of the base "
    "URL, which often ends in /v1.",
    "rate_limited": "{name} wants fewer requests for now; test again in a minute.",
    "server_error": "{name} has trouble of its own (status {status}); test again later.",
    "redirect": "{host} sends requests on to another address, which the house never follows; enter "
    "the address it really answers at.",
    "no_models": "{name} answers, but has no model to offer; load one there and test again.",
    "wrong_wire": "{host} answers, but not as a service that speaks OpenAI’s protocol does; check "
    "the base URL.",
    "outbound_refused": "{reason}",
    "locked": "{reason}",
}

# Curated exceptions, by provider. How its list of models wants the key, when not as Bearer:
KEY_HEADERS = {
    "anthropic": {"x-api-key": "{key}", "anthropic-version": "2023-06-01"},
}
# Where a wrong key is noticed, when everybody may read the list of models:
KEY_PATHS = {"openrouter": "/key"}
# What else than 401 a wrong key gives:
WRONG_KEY = {"google": {400}}

MOST_MODELS = 5000


@dataclass(frozen=True)
class TestResult:
    """`code` is one of SENTENCES; `models` are the provider's own names, in its order."""

    __test__ = False  # not a test, whatever its name says to pytest

    code: str
    sentence: str
    latency_ms: int = 0
    models: list[str] = field(default_factory=list)

    @property
    def is_ok(self) -> bool:
        return self.code in {"ok", "built_in"}

    @property
    def has_list(self) -> bool:
        """Whether `models` is what the provider said, rather than nothing learnt."""
        return self.code in {"ok", "no_models"}


class _Found(Exception):
    """What a step of the test ended with."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def test(connection: Connection, *, client: httpx.Client | None = None) -> TestResult:
    """Never raises for what a provider does. `client` defaults to the guarded one. Only for a
    person who looks after the house, which the caller checks; stores nothing."""
    started = time.monotonic()
    models: list[str] = []
    try:
        if connection.is_built_in:
            raise _Found("built_in")
        target = Target.from_url(connection.base_url)
        models = _models(connection, target, client)
        found = _Found("ok" if models else "no_models", count=_counted(len(models)))
    except _Found as early:
        found = early
    except OutboundRefused as refused:
        found = _Found("outbound_refused", reason=refused.reason)
    except VaultError as problem:
        found = _Found("locked", reason=str(problem))
    sentence = _sentence(connection, found)
    return TestResult(found.code, sentence, round((time.monotonic() - started) * 1000), models)


test.__test__ = False  # type: ignore[attr-defined]


def _models(connection: Connection, target: Target, web: httpx.Client | None) -> list[str]:
    headers = _headers(connection)
    if web is None:
        with client(own_ports=own_ports(), at_home=connection.home) as web:
            return _models_through(web, connection, target, headers)
    return _models_through(web, connection, target, headers)


def _models_through(
    web: httpx.Client, connection: Connection, target: Target, headers: dict[str, str]
) -> list[str]:
    slug = connection.provider.slug
    models = _ids(_fetch(web, target.url("/models"), headers, wrong_key=WRONG_KEY.get(slug)))
    if slug in KEY_PATHS:
        _fetch(web, target.url(KEY_PATHS[slug]), headers, wrong_key=None)
    return models


def _headers(connection: Connection) -> dict[str, str]:
    key = connection.open_credential()
    if not key:
        return {}
    wanted = KEY_HEADERS.get(connection.provider.slug, {"Authorization": "Bearer {key}"})
    return {name: value.replace("{key}", key) for name, value in wanted.items()}


def _fetch(
    web: httpx.Client, url: str, headers: dict[str, str], *, wrong_key: set[int] | None
) -> bytes:
    try:
        with web.stream("GET", url, headers=headers, follow_redirects=False) as answer:
            status = 401 if answer.status_code in (wrong_key or ()) else answer.status_code
            if status != HTTPStatus.OK:
                raise _Found(_code_of(status, has_key=bool(headers)), status=status)
            return read(answer)
    except httpx.TimeoutException:
        raise _Found("timeout") from None
    except httpx.TransportError as problem:
        raise _Found(_code_of_transport(problem)) from None
    except (AnswerTooLarge, zlib.error):
        raise _Found("wrong_wire") from None


def _code_of(status: int, *, has_key: bool) -> str:
    if status == 401 and not has_key:
        return "keyless"
    named = {
        401: "unauthorized",
        402: "forbidden",
        403: "forbidden",
        404: "not_found",
        405: "not_found",
        410: "not_found",
        429: "rate_limited",
    }
    if status >= 500:
        return "server_error"
    return "redirect" if 300 <= status < 400 else named.get(status, "wrong_wire")


def _code_of_transport(problem: httpx.TransportError) -> str:
    causes: list[BaseException] = [problem]
    while (cause := causes[-1].__cause__ or causes[-1].__context__) is not None:
        causes.append(cause)
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return "dns"
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "tls"
    return "wrong_wire" if isinstance(problem, httpx.ProtocolError) else "refused"


def _ids(body: bytes) -> list[str]:
    """OpenAI's shape `{"data": [{"id": …}]}`; some send the bare list, some null for none."""
    try:
        shape = json.loads(body)
    except (ValueError, RecursionError):
        raise _Found("wrong_wire") from None
    is_wrapped = isinstance(shape, dict) and "data" in shape
    entries = (shape["data"] or []) if is_wrapped else shape
    if not isinstance(entries, list):
        raise _Found("wrong_wire")
    ids = (entry.get("id") for entry in entries[:MOST_MODELS] if isinstance(entry, dict))
    named = list(dict.fromkeys(name for name in ids if _is_name(name)))
    if entries and not named:
        raise _Found("wrong_wire")
    return named


def _is_name(name: object) -> TypeGuard[str]:
    return isinstance(name, str) and 0 < len(name) <= 250 and name.isprintable()


def _counted(count: int) -> str:
    return "1 model" if count == 1 else f"{count} models"


def _sentence(connection: Connection, found: _Found) -> str:
    try:
        target = Target.from_url(connection.base_url)
    except OutboundRefused:
        target = Target("http", "", 0)
    facts = {
        "name": connection.name,
        "host": target.host,
        "port": target.port,
        "path": f"{target.path}/models",
        **found.facts,
    }
    return SENTENCES[found.code].format(**facts)
