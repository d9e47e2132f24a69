"""A household for the question who sees what: people of every standing, two projects, keys, and one
call for each of them in each place. Each call bears a mark of its own as its app, and costs a power
of two, so that from any sum on any page it can be read which calls are in it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from apps.accounts.models import User
from apps.chat.models import Conversation, Message
from apps.keys.models import ApiKey
from apps.projects.models import Membership, Project
from apps.usage.models import App
from tests.cast import Cast, make_call, make_person, make_quarter
from tests.catalog.shelf import offer

MODEL = "openai/gpt-5-mini"
ASKED, ANSWERED = "where does the cat sleep", "on the warm shelf"  # by the child, in the browser
MARK = re.compile(r"Mark\d\dx")
SUM = re.compile(r"\$([\d,]+)\.00\b")
LEAST = 16  # dollars: smaller sums on a page are about something else
Role = Membership.Role


@dataclass(frozen=True)
class Made:
    """One call; `cost` is a power of two."""

    id: str
    mark: str
    cost: int
    person: User
    project: Project
    key: ApiKey | None


@dataclass
class House:
    people: dict[str, User] = field(default_factory=dict)
    projects: dict[str, Project] = field(default_factory=dict)
    keys: dict[str, ApiKey] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    calls: list[Made] = field(default_factory=list)

    def may_see(self, reader: str) -> list[Made]:
        """The rule, written once more and on its own."""
        person = self.people[reader]
        if person.role in ("owner", "admin"):
            return self.calls
        mine = Membership.objects.filter(user=person, role=Role.ADMIN, is_active=True)
        runs = set(mine.values_list("project_id", flat=True))
        return [one for one in self.calls if one.person == person or one.project.pk in runs]

    def of_key(self, key: str) -> list[Made]:
        return [one for one in self.calls if one.key == self.keys[key]]


def marks_in(text: str) -> set[str]:
    return set(MARK.findall(text))


def marks_of(calls: Collection[Made]) -> set[str]:
    return {one.mark for one in calls}


def costs_in(text: str) -> int:
    """All calls that any sum of whole dollars in this text is made of, as one number."""
    found = 0
    for sum_ in SUM.findall(text):
        found |= int(sum_.replace(",", ""))
    return found // LEAST * LEAST


def costs_of(calls: Collection[Made]) -> int:
    return sum(one.cost for one in calls)


def make_house(cast: Cast) -> House:
    """`lead` runs Home and belongs to Club, which `clubber` runs; `former` left Home."""
    club = Project.start(name="Club", owner=make_person("clubber"))
    child = User.objects.create_user(username="child", name="The child")
    lead, former = make_person("lead"), make_person("former")
    house = House(
        people={
            **{name: getattr(cast, name) for name in ("owner", "admin", "member", "viewer")},
            "lead": lead,
            "child": child,
            "former": former,
            "stranger": cast.stranger,
            "clubber": User.objects.get(email="clubber@house.example"),
        },
        projects={"home": cast.project, "club": club},
    )
    join(cast.project, lead, Role.ADMIN)
    join(cast.project, child)
    join(cast.project, former).delete()
    join(club, lead)
    join(club, cast.member)
    offer(MODEL, "openai", pricing={"prompt": "0.25", "completion": "0.75"})
    for number, (project, name, by_key) in enumerate(places()):
        key = make_key(house, project, name) if by_key else None
        house.calls.append(call(cast, house, number, house.people[name], project, key))
    talk(house, next(one for one in house.calls if one.person == child and not one.key))
    return house


def places() -> Iterator[tuple[str, str, bool]]:
    for name in ("owner", "lead", "member", "child", "former", "viewer"):
        yield "home", name, False
    for name in ("clubber", "member", "lead"):
        yield "club", name, False
    for project, name in (("home", "lead"), ("home", "member"), ("home", "child")):
        yield project, name, True
    yield "club", "clubber", True
    yield "club", "member", True


def join(project: Project, person: User, role: Role = Role.MEMBER) -> Membership:
    return Membership.objects.create(project=project, user=person, role=role)


def make_key(house: House, project: str, name: str) -> ApiKey:
    place = house.projects[project]
    label = f"{name} in {project}"
    key, secret = ApiKey.mint(project=place, owner=house.people[name], name=label)
    house.keys[label], house.secrets[label] = key, secret
    return key


def call(
    cast: Cast, house: House, number: int, person: User, project: str, key: ApiKey | None
) -> Made:
    mark, cost, place = f"Mark{number:02d}x", LEAST * 2**number, house.projects[project]
    at = lately()
    shared = {"project_id": place.pk, "app": mark, "cost_usd": Decimal(cost)}
    made = make_call(
        cast, person, number=number, created_at=at, key_id=key and key.pk, model=MODEL, **shared
    )
    del shared["cost_usd"]
    numbers = {"requests": 1, "key_id": key.pk if key else 0, "model": MODEL}
    make_quarter(cast, person, str(cost), at=at, **shared, **numbers)
    App.objects.create(identity=mark, slug=mark.lower(), name=mark)
    return Made(made.pk, mark, cost, person, place, key)


def talk(house: House, made: Made) -> None:
    """The chat that this call was part of."""
    thread = Conversation.begin(owner=made.person, project=made.project, first_words=ASKED)
    for role, words in ((Message.Role.USER, ASKED), (Message.Role.ASSISTANT, ANSWERED)):
        message = Message(conversation=thread, role=role, generation_id=made.id, model=MODEL)
        message.write(words)
        message.save()


def lately() -> datetime:
    """A quarter of an hour of the day before, which has ended in UTC."""
    noon = timezone.now().replace(hour=12, minute=0, second=0, microsecond=0)
    return noon - timedelta(days=1)
