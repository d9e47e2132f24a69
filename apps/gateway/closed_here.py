"""Which models and endpoints the guardrails of the project somebody works in close for them, and by
which rule: for pages of the catalogue, which know of no rule."""

from dataclasses import dataclass

from django.http import HttpRequest

from apps.accounts.models import User
from apps.gateway.house import current_catalog
from apps.gateway.rails import policy_of_person
from apps.gateway.snapshot import Catalog
from apps.projects.access import workplaces_of
from apps.projects.current import current_project
from apps.projects.models import Project
from apps.routing.policy import WORDS, sift
from apps.routing.types import Policy
from apps.routing.wire import chat

# Any call will do: what is asked is what the rules leave.
PLAIN = chat.read(b'{"model":"any","messages":[{"role":"user","content":"?"}]}')


@dataclass(frozen=True)
class Here:
    project: Project
    policy: Policy
    catalog: Catalog

    def closed(self, slug: str) -> str:
        """Why nothing of this model is left, in words that follow “it”; empty where something is,
        and where no rule is to blame."""
        candidates = self.catalog.routes.get(slug, ())
        if not candidates or not self.policy.restricts:
            return ""
        left, dropped = sift(candidates, PLAIN, self.policy)
        return "" if left else WORDS.get(dropped[0].rule, "")

    def closed_endpoints(self, slug: str) -> dict[int, str]:
        """The endpoints of this name that are connected and closed, each with its rule's words."""
        if not self.policy.restricts:
            return {}
        left, dropped = sift(self.catalog.routes.get(slug, ()), PLAIN, self.policy)
        open_ones = {one.endpoint_id for one in left}
        return {
            drop.candidate.endpoint_id: WORDS.get(drop.rule, "")
            for drop in dropped
            if drop.candidate.endpoint_id not in open_ones
        }


def here_for(request: HttpRequest) -> Here | None:
    """Where they would chat now; nobody who makes no calls is told of rules."""
    user = request.user
    if not isinstance(user, User):
        return None
    chosen, places = current_project(request), workplaces_of(user)
    place = (places.filter(pk=chosen.pk) if chosen else places.order_by("id")).first()
    if place is None:
        return None
    return Here(place, policy_of_person(user.pk, place), current_catalog())
