"""The refusal of a call that only free endpoints could serve whose provider may learn from it,
while nobody has accepted that for the caller. Accepting happens on a page (gateway/free_pages)."""

from collections.abc import Iterable

from django.conf import settings
from django.urls import reverse

from apps.gateway.snapshot import Caller
from apps.routing.errors import Refusal
from apps.routing.policy import FREE_TERMS
from apps.routing.types import Dropped


class Unaccepted(Refusal):
    """`terms` are the digests that would open the way."""

    def __init__(self, caller: Caller, dropped: Iterable[Dropped]) -> None:
        closed = [drop.candidate for drop in dropped if drop.rule == FREE_TERMS]
        first = closed[0]
        address = settings.GATEHOUSE_URL + reverse("free:terms", args=[first.provider])
        who = f"{caller.owner}, who owns this key," if caller.owner else "You"
        has = "has" if caller.owner else "have"
        super().__init__(
            403,
            "permission_denied",
            f"{first.provider_name} may learn from what its free models are sent. {who} {has} to "
            f"accept that once before the first call: {address}",
            metadata={
                "reason": "free_terms",
                "provider": first.provider,
                "accept_at": address,
                "accepted_by": caller.owner or None,
            },
        )
        self.terms = frozenset(one.terms for one in closed if one.provider == first.provider)
