"""The only way out of the house: every request to a provider goes through these clients."""

from apps.core.outbound.aio import aio_url, session
from apps.core.outbound.errors import OutboundRefused
from apps.core.outbound.guard import Guard, Lookup, system_lookup
from apps.core.outbound.own import own_ports
from apps.core.outbound.sync import AnswerTooLarge, client, read
from apps.core.outbound.target import Target

__all__ = [
    "AnswerTooLarge",
    "Guard",
    "Lookup",
    "OutboundRefused",
    "Target",
    "aio_url",
    "client",
    "own_ports",
    "read",
    "session",
    "system_lookup",
]
