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
from apps.routing.policy import WORDS, closing_rule
from apps.routing.types import Policy


@dataclass(frozen=True)
class Here:
    project: Project
    policy: Policy
    catalog: Catalog

    def closed(self, slug: str) -> str:
        """Why nothing of this model is left, in words that follow “it”; empty where something is,
        and where no rule is to blame."""
        rules = list(self._rules(slug).values())
        return WORDS[rules[0]] if rules and all(rules) else ""

    def closed_endpoints(self, slug: str) -> dict[int, str]:
        """The endpoints of this name that are connected and closed, each with its rule's words."""
        return {endpoint: WORDS[rule] for endpoint, rule in self._rules(slug).items() if rule}

    def _rules(self, slug: str) -> dict[int, str]:
        """By connected endpoint the rule that closes it, empty where one way to it is open."""
        if not self.policy.restricts:
            return {}
        found: dict[int, str] = {}
        for one in self.catalog.routes.get(slug, ()):
            rule = closing_rule(one, self.policy) or ""
            found[one.endpoint_id] = rule and found.get(one.endpoint_id, rule)
        return found


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
