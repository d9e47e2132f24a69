"""What an endpoint costs after a source spoke, and how far that is from what it cost before."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from apps.catalog.prices import Pricing, agree, as_json
from apps.routing.pricing import PER_ONE
from apps.routing.pricing import Pricing as Rows


def merged(standing: Mapping[str, Any], said: Pricing, *, tells_all: bool) -> dict[str, Any]:
    """What the source says, and unless that is all: what another knew besides, of tokens only where
    both agree on the plain prices. Tiers and hours are always the newer word's."""
    known = None if tells_all else Rows.parse(standing)
    old: Pricing = dict(known.base) if known else {}
    kept = {key: price for key, price in old.items() if agree(old, said) or key in PER_ONE}
    return as_json({**kept, **said})


def times(before: Mapping[str, Any], after: Mapping[str, Any]) -> Decimal | None:
    """How many times dearer or cheaper, whichever price changed most; None where one is unknown.
    From nothing to something is without bound."""
    old, new = Rows.parse(before), Rows.parse(after)
    if old is None or new is None:
        return None
    most = Decimal(1)
    for key in ("prompt", "completion"):
        low, high = sorted((old.base[key], new.base[key]))
        if low != high:
            most = max(most, high / low if low else Decimal("Infinity"))
    return most
