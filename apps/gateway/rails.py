"""The one place that collects the guardrails of a call: the house's floor, its project's, its
member's and its key's. Whoever reads them has read the versions before: what changes in between is
then judged by an older version, and once more."""

from collections.abc import Iterable, Mapping

from apps.accounts.models import Household
from apps.catalog.models import FreeAcceptance
from apps.guardrails.compile import compiled
from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Rail
from apps.keys.models import ApiKey
from apps.projects.models import Project
from apps.routing.types import Policy

NOTHING: Mapping[int, frozenset[str]] = {}


class Rails:
    """Guardrails by whom they cover, and what people accepted of free endpoints, each read once."""

    def __init__(
        self, guardrails: Iterable[Guardrail], accepted: Mapping[int, frozenset[str]] = NOTHING
    ) -> None:
        self._accepted = accepted
        self._house: list[Rail] = []
        self._projects: dict[int | None, Rail] = {}
        self._members: dict[tuple[int, int], Rail] = {}
        self._keys: dict[int | None, Rail] = {}
        for one in guardrails:
            rail = Rail.of(one)
            if one.covers == Guardrail.Covers.HOUSEHOLD:
                self._house.append(rail)
            elif one.membership is not None:
                self._members[one.membership.project_id, one.membership.user_id] = rail
            elif one.covers == Guardrail.Covers.KEY:
                self._keys[one.pk] = rail
            else:
                self._projects[one.project_id] = rail

    @classmethod
    def load(cls) -> "Rails":
        rows = Guardrail.objects.with_rules().select_related("membership")
        return cls(rows, FreeAcceptance.objects.by_person())

    def accepted_by(self, user_id: int) -> frozenset[str]:
        """The terms of free endpoints."""
        return self._accepted.get(user_id, frozenset())

    def binding(self, *, project_id: int, user_id: int, key_rail: int | None = None) -> list[Rail]:
        own = (
            self._projects.get(project_id),
            self._members.get((project_id, user_id)),
            self._keys.get(key_rail) if key_rail is not None else None,
        )
        return [*self._house, *(rail for rail in own if rail is not None)]


def policy_of_person(user_id: int, project: Project) -> Policy:
    """What binds this person at the chat page, asked of the database. `project` as it was read
    before."""
    return _policy(project, user_id, version=_house_version() + project.policy_version)


def policy_of_key(key: ApiKey) -> Policy:
    """What binds this key's calls, asked of the database. `key` as it was read before."""
    version = _house_version() + key.project.policy_version + key.policy_version
    return _policy(key.project, key.owner_id, version=version, key=key)


def _policy(project: Project, user_id: int, *, version: int, key: ApiKey | None = None) -> Policy:
    """The versions were read before the guardrails are."""
    key_rail = key.guardrail_id if key else None
    rows = Guardrail.objects.binding(project_id=project.pk, user_id=user_id, key_rail=key_rail)
    rails = Rails(rows.with_rules().select_related("membership"))
    return compiled(
        rails.binding(project_id=project.pk, user_id=user_id, key_rail=key_rail),
        key_models=key.allowed_models if key else (),
        version=version,
        accepted=FreeAcceptance.objects.of_person(user_id),
    )


def _house_version() -> int:
    return Household.objects.get(id=1).policy_version
