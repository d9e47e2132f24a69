"""What a key has spent and what is left to it, for programs that show a balance: they subtract the
one from the other."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import orjson

from apps.gateway.key_facts import as_told, binding_budgets, tightest
from apps.keys.models import ApiKey
from apps.routing.wire.answer import plain_number
from apps.usage.spend import ever_spent

# Where no budget binds a key there is no balance, yet its field must be a number. Clients that look
# before they call would stop at nothing left, so it is more than any of them spends.
NO_LIMIT = Decimal(1_000_000)


def credits_of(key: ApiKey, now: datetime) -> dict[str, Any]:
    """`effective_budget` as in GET /key: the one with the least left, or null where none binds."""
    effective = tightest(binding_budgets(key, now))
    used = ever_spent(key.pk, now=now)
    return {
        "total_credits": exact(used + (effective.left if effective else NO_LIMIT)),
        "total_usage": exact(used),
        "effective_budget": as_told(effective) if effective else None,
    }


def exact(amount: Decimal) -> orjson.Fragment:
    """A JSON number with all of its digits."""
    return orjson.Fragment(plain_number(amount))
