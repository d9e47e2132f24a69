"""Whom a budget concerns: the people it is for, and those who look after it."""

from dataclasses import dataclass

from django.db.models import Q

from apps.accounts.models import User
from apps.budgets.models import Budget
from apps.projects.models import Membership, Project

Covers = Budget.Covers


@dataclass(frozen=True, slots=True)
class Audience:
    """`subjects` spend from it; `everybody` is they and its admins, each once."""

    subjects: list[User]
    everybody: list[User]

    @property
    def alone(self) -> User | None:
        """The one person whose budget it is, where it is one person's."""
        return self.subjects[0] if len(self.subjects) == 1 else None


def audience_of(budget: Budget) -> Audience:
    """Only people who have an account that works."""
    subjects = list(_subjects(budget))
    people = {person.pk: person for person in (*subjects, *_admins(budget))}
    return Audience(subjects, list(people.values()))


def _subjects(budget: Budget) -> list[User]:
    """Nobody stands for a whole project or household: its admins hear of it."""
    if budget.covers == Covers.PERSON:
        return _people(Q(pk=budget.user_id))
    if budget.covers == Covers.MEMBERS:
        bound = budget.members.filter(membership__is_active=True)
        return _people(Q(pk__in=bound.values("membership__user")))
    if budget.covers == Covers.KEYS:
        keys = budget.keys.filter(revoked_at=None)  # they stand above
        return _people(Q(pk__in=keys.values("owner")))
    return []


def _admins(budget: Budget) -> list[User]:
    """Of its project; where that has none, and for the household's budgets, of the house."""
    found = project_admins(budget.project) if budget.project else []
    return found or house_admins()


def project_admins(project: Project) -> list[User]:
    ties = Membership.objects.filter(project=project, is_active=True, role=Membership.Role.ADMIN)
    return _people(Q(pk__in=ties.values("user")))


def house_admins() -> list[User]:
    return _people(Q(role__in=User.LOOKS_AFTER_HOUSE))


def _people(which: Q) -> list[User]:
    return list(User.objects.filter(which, is_active=True).order_by("pk"))
