"""Apps that several people share, such as Open WebUI. The key of one that the household trusts may
say in headers who asks: the call is then that member's, under their budgets and guardrails. A key
that is not trusted says nothing by them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from apps.gateway.frozen import Frozen
from apps.gateway.rails import Rails
from apps.guardrails.compile import compiled
from apps.keys.models import ApiKey
from apps.projects.access import AT_LEAST, MEMBER
from apps.projects.models import Membership
from apps.routing.errors import Refusal

if TYPE_CHECKING:
    from apps.gateway.snapshot import Caller

EMAIL = b"x-openwebui-user-email"
ABOUT_SOMEBODY = b"x-openwebui-user-"
LONGEST_EMAIL = 320
NOT_SAID = (
    "This app says that somebody asks, but not with which e-mail address. It has to send "
    "X-OpenWebUI-User-Email with every call made for a person."
)
NO_MEMBER = (
    "The person this app asks for is no member of the project who may make calls. Someone who "
    "looks after the project can add them, with the e-mail address they have in the app."
)


def acting(caller: "Caller", headers: Mapping[bytes, bytes]) -> "Caller":
    """Who the call is made for: the key's owner where the app names nobody. Raises Refusal (403)
    where it names somebody who may not call, so that nobody spends what is another's."""
    if caller.members is None:
        return caller
    said = headers.get(EMAIL)
    if said is None:
        if any(name.startswith(ABOUT_SOMEBODY) for name in headers):
            raise _refused(NOT_SAID)
        return caller
    email = said[:LONGEST_EMAIL].decode("utf-8", "replace").strip().lower()
    if not email:
        raise _refused(NOT_SAID)
    member = caller.members.get(email)
    if member is None:
        raise _refused(NO_MEMBER)
    return member


class FrontEnds:
    """The members that keys of trusted front ends may name, read once for all such keys."""

    def __init__(self, keys: Iterable[ApiKey], rails: Rails, frozen: Frozen) -> None:
        self._rails, self._frozen = rails, frozen
        self._people: dict[int, list[tuple[int, str]]] = defaultdict(list)
        places = {key.project_id for key in keys if key.is_front_end}
        if not places:
            return
        members = Membership.objects.filter(
            project__in=places,
            is_active=True,
            role__in=AT_LEAST[MEMBER],
            user__is_active=True,
            user__email__isnull=False,
        )
        for project_id, user_id, email in members.values_list(
            "project_id", "user_id", "user__email"
        ):
            self._people[project_id].append((user_id, (email or "").lower()))

    def with_members(self, caller: "Caller", key: ApiKey) -> "Caller":
        """The same caller, and where its key is trusted, all whom it may name."""
        if not key.is_front_end:
            return caller
        people = self._people[key.project_id]
        return replace(caller, members={email: self._as(who, caller, key) for who, email in people})

    def _as(self, user_id: int, caller: "Caller", key: ApiKey) -> "Caller":
        """The member's own guardrail and what they accepted; the key's limits stay."""
        place = {"project_id": key.project_id, "user_id": user_id}
        return replace(
            caller,
            user_id=user_id,
            policy=compiled(
                self._rails.binding(**place, key_rail=key.guardrail_id),
                key_models=key.allowed_models,
                accepted=self._rails.accepted_by(user_id),
                version=caller.policy.version,
            ),
            frozen=caller.frozen or self._frozen.stops(**place, key_id=key.pk),
        )


def _refused(sentence: str) -> Refusal:
    return Refusal(403, "permission_denied", sentence)
