"""The only way out of the house: every request to a provider goes through these clients."""

from apps.core.outbound.connector import Connector
from apps.core.outbound.errors import OutboundRefused
from apps.core.outbound.guard import Guard, Lookup, system_lookup
from apps.core.outbound.own import own_ports
from apps.core.outbound.sync import AnswerTooLarge, client, read
from apps.core.outbound.target import Target

__all__ = [
    "AnswerTooLarge",
    "Connector",
    "Guard",
    "Lookup",
    "OutboundRefused",
    "Target",
    "client",
    "own_ports",
    "read",
    "system_lookup",
]
