"""Makes the demonstration's house by the same ways as people do: its people, projects, accounts at
providers, keys and budgets, all of them a year old."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from django.contrib.auth.hashers import make_password
from django.db import connection

from apps.accounts.models import Household, User
from apps.budgets import changing
from apps.budgets.calendar import Span, span_at
from apps.budgets.changing import Terms
from apps.budgets.models import Budget, BudgetEvent
from apps.budgets.windows import calendar_of
from apps.catalog.models import LanguageModel, Provider
from apps.connections import own_models
from apps.connections.models import Connection
from apps.connections.own_models import Facts
from apps.connections.saving import save_connection
from apps.gateway import known_apps
from apps.gateway.demo_house.books import Caller
from apps.gateway.demo_house.cast import CHAT, LIMITS, MEMBERS, OWNER, PEOPLE, USES, Limit
from apps.gateway.demo_house.tastes import AT_HOME, TASTES
from apps.gateway.demo_house.wallet import Purse, Window
from apps.keys.limiting import make_for_keys
from apps.keys.making import Rules, make_key
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from apps.usage.app_names import learn
from apps.usage.models import App

ACCOUNTS = ("openai", "anthropic", "google", "mistral", "groq", "xai", "openrouter")
# Nobody answers there, so that nothing that somebody tries in this house leaves it.
NOWHERE = "https://{}.invalid/v1"
AT_HOME_ADDRESS = "http://study-pc.invalid:11434/v1"
NO_KEY = "the-demonstration-has-no-key"
FAR_TOO_MUCH = 10**30
MOST = Decimal(10_000_000)
OPEN = """
    SELECT (ledger_open(budget, begins, finishes, most)).id
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::numeric[])
           WITH ORDINALITY AS w(budget, begins, finishes, most, place)
     ORDER BY place
"""


class NameTaken(Exception):
    """Somebody of the demonstration's names lives here; says which."""


class House(NamedTuple):
    """`callers` stand in the order of USES."""

    people: dict[str, User]
    projects: dict[str, Project]
    keys: dict[int, ApiKey]
    callers: list[Caller]


def furnish(owner: User, password: str, since: datetime) -> House:
    """Everybody but the owner comes new, and has the same password. Raises NameTaken."""
    people = _people(owner, password, since)
    projects = {name: _project(name, people, since) for name in MEMBERS}
    keys: dict[int, ApiKey] = {}
    callers = []
    apps = {use.app: known_apps.named(use.app) for use in USES}
    learn(apps.values())
    App.objects.update(first_seen_at=since)
    for number, use in enumerate(USES):
        project, person = projects[use.project], people[use.person]
        if use.key != CHAT:
            rules = Rules(use.key, app_name=use.app)
            keys[number], _ = make_key(rules, project=project, owner=person, actor=None)
        key_id = keys[number].pk if number in keys else None
        streams = TASTES[use.taste].streams
        callers.append(Caller(project.pk, key_id, person.pk, apps[use.app].identity, streams))
    made = [key.pk for key in keys.values()]
    ApiKey.objects.filter(pk__in=made).update(created_at=since)
    return House(people, projects, keys, callers)


def connect(owner: User) -> dict[str, Connection]:
    """The household's accounts, by provider, and its own machine; each at an address that does not
    exist."""
    slugs = [*ACCOUNTS, Provider.CUSTOM]
    providers = {provider.slug: provider for provider in Provider.objects.filter(slug__in=slugs)}
    made = {}
    for slug in providers:
        at_home = slug == Provider.CUSTOM
        made[slug] = save_connection(
            providers[slug],
            "Study PC" if at_home else providers[slug].name,
            base_url=AT_HOME_ADDRESS if at_home else NOWHERE.format(slug),
            credential="" if at_home else NO_KEY,
            at_home=at_home,
            by=owner,
            resolver=_nobody,
        )
    for model in LanguageModel.objects.filter(slug__in=AT_HOME):
        facts = Facts(upstream_id=model.slug.partition("/")[2], name=model.name)
        own_models.add(made[Provider.CUSTOM], facts, slug=model.slug, by=owner)
    return made


def set_limits(house: House, costs: Sequence[int], since: datetime, now: datetime) -> list[Purse]:
    """A budget for each of LIMITS with all its windows up to now. `costs`: what an average interval
    of each costs."""
    owner = house.people[OWNER]
    budgets = [
        _budget(limit, house, _round_up(cost * limit.room), owner, since)
        for limit, cost in zip(LIMITS, costs, strict=True)
    ]
    _open_windows(budgets, now)
    found = []
    for budget, limit in zip(budgets, LIMITS, strict=True):
        windows = budget.windows.order_by("starts_at")
        most = int(budget.limit_usd.scaleb(12))
        found.append(
            Purse(bound_by(limit), [Window(row.pk, row.starts_at, most) for row in windows])
        )
    return found


def bound_by(limit: Limit) -> frozenset[int]:
    """Which uses meet this budget."""
    return frozenset(
        number
        for number, use in enumerate(USES)
        if (not limit.project or use.project == limit.project)
        and (
            limit.covers in {"household", "project"}
            or (use.key if limit.covers == "keys" else use.person) in limit.whom
        )
    )


def _people(owner: User, password: str, since: datetime) -> dict[str, User]:
    hashed = make_password(password)  # slow on purpose: once is enough
    people = {OWNER: owner}
    for person in PEOPLE:
        if person.name == OWNER:
            continue
        named = (
            {"username": person.handle}
            if person.is_child
            else {"email": f"{person.handle}@house.example"}
        )
        if User.objects.filter(**named).exists():
            raise NameTaken(*named.values())
        user = User.objects.create_user(name=person.name, role=person.role, **named)
        people[person.name] = user
    everybody = User.objects.filter(pk__in=[one.pk for one in people.values()])
    everybody.update(created_at=since)
    everybody.exclude(pk=owner.pk).update(password=hashed)
    return people


def _project(name: str, people: dict[str, User], since: datetime) -> Project:
    owner = people[OWNER]
    project = Project.objects.active().filter(name=name).first()
    project = project or Project.start(name=name, owner=owner)
    Membership.objects.get_or_create(
        project=project, user=owner, defaults={"role": Membership.Role.ADMIN}
    )
    for person, role in MEMBERS[name].items():
        Membership.objects.create(project=project, user=people[person], role=role)
    project.memberships.update(created_at=since)
    Project.objects.filter(pk=project.pk).update(created_at=since)
    return project


def _budget(limit: Limit, house: House, usd: Decimal, owner: User, since: datetime) -> Budget:
    project = house.projects.get(limit.project)
    works = Membership.objects.filter(project=project, user__name__in=limit.whom)
    terms = Terms(
        name=limit.name,
        covers=limit.covers,
        limit_usd=usd,
        interval=limit.interval,
        project=project,
        user=house.people[limit.whom[0]] if limit.covers == "person" else None,
        members=tuple(works) if limit.covers == "members" else (),
    )
    made: dict[str, Any] = {"actor": owner, "now": since, "created_at": since}
    if limit.covers != "keys":
        return changing.make(terms, **made)
    keys = [house.keys[use] for use in bound_by(limit)]
    return make_for_keys(terms, keys, **made)


def _open_windows(budgets: Iterable[Budget], now: datetime) -> None:
    """Each as soon as the one before has ended, and noted, as the minute's tick does."""
    household = Household.current()
    found: list[tuple[Budget, Span]] = []
    for budget in budgets:
        by, last = calendar_of(budget, household), budget.windows.get().span
        while last.ends_at is not None and last.ends_at <= now:
            last = span_at(budget.interval, by, last.ends_at, last)
            found.append((budget, last))
    rows: list[list[Any]] = [
        [budget.pk for budget, _ in found],
        [span.starts_at for _, span in found],
        [span.ends_at for _, span in found],
        [budget.limit_usd for budget, _ in found],
    ]
    with connection.cursor() as cursor:
        cursor.execute(OPEN, rows)
        windows = [window for (window,) in cursor.fetchall()]
    begun = {"kind": BudgetEvent.Kind.RESET}
    BudgetEvent.objects.bulk_create(
        BudgetEvent(
            budget=budget, window_id=window, at=span.starts_at, told_at=span.starts_at, **begun
        )
        for (budget, span), window in zip(found, windows, strict=True)
    )


def _round_up(cost: float) -> Decimal:
    """To one or two leading digits, as people choose their limits; a dollar at least."""
    usd = Decimal(cost).scaleb(-12)
    if usd <= 1:
        return Decimal(1)
    step = Decimal(1).scaleb(usd.adjusted()) / 2
    return min(MOST, (usd / step).to_integral_value(rounding="ROUND_CEILING") * step)


def _nobody(host: str, port: int) -> list[str]:
    raise OSError(f"nobody is asked for {host}")
