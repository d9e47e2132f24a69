"""What the list of calls lets somebody choose among: their own, and what stands in their reach."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q

from apps.accounts.models import User
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from apps.usage.app_names import NO_NAME, names_of_apps
from apps.usage.grouping import NOBODY, NONE, provider_names
from apps.usage.models import Generation
from apps.usage.periods import Period
from apps.usage.reach import Reach

if TYPE_CHECKING:
    from collections.abc import Iterable

LATELY = 1000  # calls: the apps and providers among them are offered
LONGEST = 200
IN_THE_BROWSER = "In the browser"
NO_PROVIDER = "None answered"


@dataclass(frozen=True)
class Offered:
    """By what stands in the address, in the order they are shown."""

    keys: Mapping[str, str] = field(default_factory=dict)
    people: Mapping[str, str] = field(default_factory=dict)
    projects: Mapping[str, str] = field(default_factory=dict)
    apps: Mapping[str, str] = field(default_factory=dict)
    providers: Mapping[str, str] = field(default_factory=dict)
    periods: Mapping[str, Period] = field(default_factory=dict)


def offered_to(
    user: User,
    reach: Reach,
    *,
    places: "Iterable[Project]",
    periods: Mapping[str, Period],
    wanted: Mapping[str, str],
) -> Offered:
    """`places` are the projects one may look into. What is `wanted` is among what is offered, a key
    that is gone as well, and whoever called last long ago."""
    people = _people(reach) if reach.sees_others else []
    apps, providers = _lately(reach)
    apps = (apps | {_short(wanted, "app")}) - {"", NONE}
    providers = (providers | {_short(wanted, "provider")}) - {"", NONE}
    names = {identity: app.name for identity, app in names_of_apps(apps).items()}
    return Offered(
        keys={NOBODY: IN_THE_BROWSER} | _keys(user, wanted.get("key", "")),
        people={str(one.pk): one.shown_name for one in people},
        projects={one.slug: one.name for one in places},
        apps={**_by_name(names), NONE: NO_NAME},
        providers={**_by_name(provider_names(providers)), NONE: NO_PROVIDER},
        periods=periods,
    )


def _keys(user: User, wanted: str) -> dict[str, str]:
    number = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else 0
    keys = ApiKey.objects.for_user(user).filter(Q(revoked_at=None) | Q(pk=number))
    return {str(key): name for key, name in keys.order_by("name", "id").values_list("id", "name")}


def _people(reach: Reach) -> "Iterable[User]":
    """Everybody, or whoever is or was in a project that one runs."""
    people = User.objects.order_by("name", "email", "username")
    if reach.is_everything:
        return people
    members = Membership.objects.filter(project__in=reach.projects).values("user")
    return people.filter(pk__in=members)


def _lately(reach: Reach) -> tuple[set[str], set[str]]:
    rows = Generation.objects.within(reach).order_by("-id").values_list("app", "provider")
    found = set(rows[:LATELY])
    return {app for app, _ in found}, {provider for _, provider in found}


def _short(wanted: Mapping[str, str], name: str) -> str:
    return wanted.get(name, "").replace("\0", "").strip()[:LONGEST]


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    return dict(sorted(names.items(), key=lambda one: one[1].casefold()))
