"""A person as a caller, for pages that talk to a model without an API key. It asks the database
each time, so somebody who left is refused at the next message."""

from collections.abc import Sequence

from apps.accounts.models import Household, User
from apps.gateway.snapshot import Caller
from apps.guardrails.compile import compiled
from apps.guardrails.models import Guardrail
from apps.projects.access import what_stops, workplaces_of
from apps.projects.models import Project
from apps.routing.errors import unauthenticated
from apps.routing.types import Policy


def caller_of_person(user: User, project: Project) -> Caller:
    """Raises Refusal where `user` may not, or no longer, make calls in the project."""
    person = User.objects.filter(pk=user.pk, is_active=True).first()
    place = workplaces_of(person).filter(pk=project.pk).first() if person else None
    if person is None or place is None:
        raise unauthenticated(f"You do not make calls in {project} any more.")
    return Caller(
        key_id=None,
        user_id=person.pk,
        project_id=place.pk,
        policy=policy_of_project(place),
        frozen=what_stops(person, place),
    )


def policy_of_project(project: Project, key_models: Sequence[str] = ()) -> Policy:
    """What the house and the project allow, asked of the database, within a key's own list."""
    return compiled(
        floor=Guardrail.objects.filter(covers="household").first(),
        own=Guardrail.objects.filter(project=project).first(),
        key_models=list(key_models),
        version=Household.objects.get(id=1).policy_version + project.policy_version,
    )
