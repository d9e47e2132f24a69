"""A person as a caller, for pages that talk to a model without an API key. It asks the database
each time, so somebody who left is refused at the next message."""

from apps.accounts.models import User
from apps.gateway.rails import policy_of_person
from apps.gateway.snapshot import Caller
from apps.projects.access import what_stops, workplaces_of
from apps.projects.models import Project
from apps.routing.errors import unauthenticated


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
        policy=policy_of_person(person.pk, place),
        frozen=what_stops(person, place),
    )
