"""Whose calls and sums somebody may see: one rule for every page, list, route and file. Members see
what they did themselves; admins of a project also what was done in it, by anybody; who looks after
the house sees all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.projects.access import ADMIN, every_project_for

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User


@dataclass(frozen=True, slots=True)
class Reach:
    """Plain data. One that names nothing reaches nothing."""

    is_everything: bool = False
    person: int | None = None
    projects: frozenset[int] = frozenset()
    key: int | None = None

    @classmethod
    def of(cls, user: "User | AnonymousUser") -> "Reach":
        """Of a project that was archived its admin still sees what it cost."""
        if not user.is_authenticated:
            return cls()
        if user.looks_after_house:
            return cls.everything()
        mine = every_project_for(user, ADMIN).order_by().values_list("pk", flat=True)
        return cls(person=user.pk, projects=frozenset(mine))

    @classmethod
    def of_key(cls, key_id: int) -> "Reach":
        """What an API key may read: its own calls."""
        return cls(key=key_id)

    @classmethod
    def everything(cls) -> "Reach":
        return cls(is_everything=True)

    @property
    def sees_others(self) -> bool:
        return self.is_everything or bool(self.projects)

    @property
    def any_of(self) -> Mapping[str, list[int]]:
        """Columns of calls and sums with the numbers in them, each of which is enough."""
        named = {
            "user_id": [] if self.person is None else [self.person],
            "project_id": sorted(self.projects),
            "key_id": [] if self.key is None else [self.key],
        }
        return {column: numbers for column, numbers in named.items() if numbers}

    @property
    def condition(self) -> Q:
        """The same for a queryset of such rows."""
        if self.is_everything:
            return Q()
        found = Q(pk__in=[])
        for column, numbers in self.any_of.items():
            found |= Q(**{f"{column}__in": numbers})
        return found
