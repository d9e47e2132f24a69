"""What was used and spent, for pages of the rooms below, which know nothing of calls."""

from collections.abc import Iterable
from typing import TypeVar

from django import template
from django.utils import timezone

from apps.catalog.measured import Measured
from apps.connections.models import Connection
from apps.keys.models import ApiKey
from apps.usage.connection_spend import ConnectionSpend, spending
from apps.usage.health.reading import NOTHING, read
from apps.usage.key_uses import KeyUse, uses_of
from apps.usage.spend import KeySpend, key_spend

register = template.Library()

Row = TypeVar("Row")


@register.simple_tag
def key_uses(keys: Iterable[ApiKey]) -> list[KeyUse]:
    return uses_of(keys)


@register.simple_tag
def key_use(key: ApiKey) -> KeyUse:
    return uses_of([key])[0]


@register.simple_tag
def spent_by(key: ApiKey) -> KeySpend:
    return key_spend(key.pk, now=timezone.now())


@register.simple_tag
def connection_spending(connections: Iterable[Connection]) -> dict[int, ConnectionSpend]:
    """By the connection's number, for the filter below."""
    return {one.pk: spent for one, spent in spending(connections, now=timezone.now())}


@register.simple_tag
def connection_health(connections: Iterable[Connection]) -> dict[int, Measured]:
    """How each answers, by its number, for the filter below."""
    told = read(timezone.now()).by_connection
    return {one.pk: told.get(one.pk, NOTHING) for one in connections}


@register.filter
def of(found: dict[int, Row], connection: Connection) -> Row:
    return found[connection.pk]
