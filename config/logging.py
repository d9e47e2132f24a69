"""Logs as one JSON line each on standard error. Whatever looks like a secret is masked last, so
that no caller can forget to; prompts and answers are never passed to a logger at all."""

import logging
import re
import sys
from typing import Any

import structlog

SECRETS = re.compile(
    r"gate_live_[0-9A-Za-z]+"
    r"|\bsk-[0-9A-Za-z_\-]{8,}"
    r"|(?i:bearer)\s+[^\s\"',]+"
    r"|(?i:(?:api[_-]?key|password|token|secret)[\"']?\s*[=:]\s*)[\"']?[^\s\"',&]+"
)


NOISY = (
    "httpx",
    "httpcore",
    "celery.beat",
    "celery.app.trace",
    "celery.worker",
    "kombu",
    "psycopg.pool",
    "uvicorn.error",
)


def mask(text: str) -> str:
    return SECRETS.sub("[secret]", text)


def configure(options: dict[str, Any]) -> None:
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
                lambda _logger, _name, line: mask(str(line)),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(options["level"])
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a 404 would log set-up links
    # Its complaint about a missing host name: this broker is reached by a connection string.
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)
    for noisy in NOISY:
        logging.getLogger(noisy).setLevel(logging.WARNING)
