"""What somebody froze, as a web process knows it: a project, one person in a project, or a key."""

from dataclasses import dataclass

from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project


@dataclass(frozen=True, slots=True)
class Frozen:
    """By number; a member is (project, person)."""

    projects: frozenset[int] = frozenset()
    members: frozenset[tuple[int, int]] = frozenset()
    keys: frozenset[int] = frozenset()

    @classmethod
    def load(cls) -> "Frozen":
        members = Membership.objects.exclude(frozen_at=None)
        return cls(
            projects=frozenset(_numbers(Project)),
            members=frozenset(members.values_list("project_id", "user_id")),
            keys=frozenset(_numbers(ApiKey)),
        )

    def __bool__(self) -> bool:
        return bool(self.projects or self.members or self.keys)

    def stops(self, *, project_id: int, user_id: int, key_id: int | None) -> str:
        """What stops such a call, in one word, the widest first; nothing where it may run."""
        if project_id in self.projects:
            return "project"
        if (project_id, user_id) in self.members:
            return "member"
        return "key" if key_id in self.keys else ""


def _numbers(model: type[Project] | type[ApiKey]) -> list[int]:
    found: list[int] = list(model.objects.exclude(frozen_at=None).values_list("id", flat=True))
    return found
