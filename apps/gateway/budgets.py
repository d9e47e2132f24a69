"""Which budgets bind a call, as a web process knows it: whom each covers, and the windows that run.
A view, never the truth: a budget that was made or removed since shows as a version that differs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple, TypeVar

from django.utils import timezone

from apps.accounts.models import Household
from apps.budgets.calendar import Span
from apps.budgets.models import Budget, BudgetMember, BudgetWindow
from apps.gateway.snapshot import Caller
from apps.keys.models import ApiKey
from apps.projects.models import Project

Ids = tuple[int, ...]
Key = TypeVar("Key")
Value = TypeVar("Value")


class Window(NamedTuple):
    """One that runs, or that begins later."""

    id: int
    span: Span


@dataclass(frozen=True)
class Budgets:
    """Ids of budgets by whom they cover, their windows, and the versions this was read at."""

    everywhere: Ids = ()
    of_person: Mapping[int | None, Ids] = field(default_factory=dict)
    of_project: Mapping[int | None, Ids] = field(default_factory=dict)
    of_member: Mapping[tuple[int, int], Ids] = field(default_factory=dict)
    of_key: Mapping[int, Ids] = field(default_factory=dict)
    windows: Mapping[int, tuple[Window, ...]] = field(default_factory=dict)
    house_version: int = 0
    project_versions: Mapping[int, int] = field(default_factory=dict)
    are_none: bool = True

    def binding(self, caller: Caller) -> Ids:
        """The budgets a call of this caller meets, each once."""
        if self.are_none:
            return ()
        person, project = caller.user_id, caller.project_id
        found = {
            *self.everywhere,
            *self.of_person.get(person, ()),
            *self.of_project.get(project, ()),
            *self.of_member.get((project, person), ()),
        }
        if caller.key_id is not None:
            found.update(self.of_key.get(caller.key_id, ()))
        return tuple(sorted(found))

    def window(self, budget_id: int, moment: datetime) -> Window | None:
        return next((w for w in self.windows.get(budget_id, ()) if w.span.covers(moment)), None)

    def knows(self, caller: Caller) -> bool:
        """Whether the caller was judged by the rules this was read with."""
        seen = self.house_version + self.project_versions.get(caller.project_id, 0)
        return caller.policy.version == seen + caller.key_version


def load_budgets() -> Budgets:
    """The versions are read first: what was changed in between then shows as a version too old, and
    the call is judged once more."""
    house_version = Household.objects.values_list("policy_version", flat=True).get(id=1)
    versions = dict(Project.objects.active().values_list("pk", "policy_version"))
    covers = Budget.Covers
    budgets = list(Budget.objects.active())
    members = BudgetMember.objects.filter(budget__is_active=True).values_list(
        "membership__project_id", "membership__user_id", "budget_id"
    )
    keys = ApiKey.budgets.through.objects.filter(budget__is_active=True).values_list(
        "apikey_id", "budget_id"
    )
    windows = BudgetWindow.objects.filter(budget__is_active=True).exclude(
        ends_at__lte=timezone.now()
    )
    return Budgets(
        everywhere=tuple(b.pk for b in budgets if b.covers == covers.HOUSEHOLD),
        of_person=_grouped((b.user_id, b.pk) for b in budgets if b.covers == covers.PERSON),
        of_project=_grouped((b.project_id, b.pk) for b in budgets if b.covers == covers.PROJECT),
        of_member=_grouped(((project, user), pk) for project, user, pk in members),
        of_key=_grouped(keys),
        windows=_grouped((w.budget_id, Window(w.pk, w.span)) for w in windows),
        house_version=house_version,
        project_versions=versions,
        are_none=not budgets,
    )


def _grouped(pairs: Iterable[tuple[Key, Value]]) -> dict[Key, tuple[Value, ...]]:
    found: dict[Key, list[Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
