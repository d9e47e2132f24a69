"""Where a message would be asked: the project it counts in, the models open there, whether anything
of it is kept, or why nobody can ask."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from apps.accounts.models import User
from apps.chat.choices import Choice, Shelf, current_shelf
from apps.chat.closed import Closed, why_closed
from apps.chat.models import Conversation
from apps.chat.picking import Picker, Row, picker_of, suggested
from apps.gateway.house import current_measures
from apps.gateway.rails import policy_of_person
from apps.projects.access import what_stops, workplaces_of
from apps.projects.models import Project
from apps.routing.types import Policy

NOWHERE = (
    "You belong to no project that may make calls yet. Someone who looks after the house can "
    "change that."
)
KEPT_NOTHING = (
    "{place} keeps nothing now, so this chat cannot go on here. It can still be read and exported."
)
NOW_PRIVATE = (
    "{place} keeps nothing, so this is a private chat: it lives in this page and is gone when you "
    "close it. Send again if that is what you want."
)
FROZEN = {
    "project": "{place} is frozen: no call runs in it until someone who looks after it thaws it.",
    "member": "Your calls in {place} are frozen until someone who looks after the project thaws "
    "them.",
}
GONE = "You do not make calls in {place} any more. This chat can still be read and exported."
GONE_PRIVATE = (
    "You do not make calls in the project of this chat any more. Copy what you need from this page."
)
NO_MODEL = "No model can answer here yet: no provider is connected that runs one."
ALL_CLOSED = (
    "The rules of {place} leave no model open. Someone who looks after the house can change them."
)
LOCKED = (
    "This chat was locked with secrets that this house does not have any more. With the secrets "
    "file of that time it opens again."
)


@dataclass
class Desk:
    """`is_private`: nothing said here is stored. `may_go_on`: in a private chat, where the stored
    one cannot."""

    owner_id: int
    place: Project | None
    places: list[Project] = field(default_factory=list)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    closed: str = ""
    policy: Policy = field(default_factory=Policy)
    shelf: Shelf | None = None
    is_private: bool = False
    may_go_on: bool = False

    @property
    def wants_connection(self) -> bool:
        return self.closed == NO_MODEL

    def choice(self, slug: str) -> Choice | None:
        return self.choices.get(slug)

    @cached_property
    def suggestions(self) -> list[Row]:
        return suggested(self.choices.values())

    def first_of(self, *slugs: str) -> Choice | None:
        """The first of these that is a choice, else what would be suggested, else any."""
        named = (*slugs, *(row.choice.slug for row in self.suggestions), *self.choices)
        return next((self.choices[slug] for slug in named if slug in self.choices), None)

    def why_not(self, slug: str) -> Closed | None:
        """Where it is no choice: what closes it."""
        if self.shelf is None or slug in self.choices:
            return None
        return why_closed(self.shelf.catalog, slug, self.policy)

    def picker(self, *, q: str, chosen: Choice | None, lately: Sequence[str]) -> Picker:
        if self.shelf is None:
            return Picker()
        return picker_of(
            self.shelf,
            self.policy,
            q=q,
            chosen=chosen,
            lately=lately,
            measures=current_measures(self.shelf.catalog),
        )


def desk_of(
    user: User,
    conversation: Conversation | None,
    wanted: object = None,
    *,
    is_private: bool = False,
    is_bound: bool = False,
) -> Desk:
    """`wanted` is the project's number as a form or an address gave it, `is_bound` where no other
    will do. A private chat stays one, whatever the project's rules become."""
    desk = Desk(user.pk, None, is_private=is_private)
    if conversation is not None and not conversation.is_readable:
        return replace(desk, closed=LOCKED)
    places = list(workplaces_of(user).order_by("id"))
    wanted = conversation.project_id if conversation else wanted
    if not places and conversation is None:
        return replace(desk, closed=NOWHERE)
    place = next((one for one in places if str(one.pk) == str(wanted)), None)
    if place is None and conversation is None and not is_bound:
        place = next((one for one in places if not what_stops(user, one)), places[0])
    if place is None:
        gone = GONE.format(place=conversation.project) if conversation else GONE_PRIVATE
        return replace(desk, closed=gone)
    desk = replace(desk, place=place, places=places)
    if what := what_stops(user, place):
        return replace(desk, closed=FROZEN[what].format(place=place))
    policy = policy_of_person(user.pk, place)
    if policy.zero_retention and conversation is not None:
        return replace(desk, closed=KEPT_NOTHING.format(place=place), may_go_on=True)
    return _open(desk, policy)


def _open(desk: Desk, policy: Policy) -> Desk:
    is_private = desk.is_private or policy.zero_retention
    policy = replace(policy, zero_retention=is_private)
    shelf = current_shelf()
    choices = shelf.choices(policy)
    closed = ""
    if not choices:
        closed = ALL_CLOSED.format(place=desk.place) if shelf.catalog.routes else NO_MODEL
    return replace(
        desk, choices=choices, closed=closed, policy=policy, shelf=shelf, is_private=is_private
    )
