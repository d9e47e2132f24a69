"""What the pages of the chat show: one's own threads, one thread and the form below it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.chat.choices import Choice, Shelf, current_shelf
from apps.chat.closed import Closed, why_closed
from apps.chat.files import KINDS, LARGEST_MESSAGE, LARGEST_PICTURE, LARGEST_TEXT, MOST_FILES
from apps.chat.forms import LONGEST_MESSAGE, SayForm
from apps.chat.models import Conversation, Message
from apps.chat.picking import Picker, Row, lately_of, picker_of, suggested
from apps.chat.threads import ASSISTANT, Tree, Turn, turns_of
from apps.gateway.rails import policy_of_person
from apps.projects.access import what_stops, workplaces_of
from apps.projects.current import current_project
from apps.projects.models import Project
from apps.routing.types import Policy
from apps.usage.budget_pages.figures import tightest

PAST = 40
LONGEST_NUMBER = 18
LATELY = 40  # answers in which one looks for the models one used
NOWHERE = (
    "You belong to no project that may make calls yet. Someone who looks after the house can "
    "change that."
)
KEPT_NOTHING = (
    "{place} keeps nothing, and a chat is kept. Use an API key of this project with an app instead."
)
FROZEN = {
    "project": "{place} is frozen: no call runs in it until someone who looks after it thaws it.",
    "member": "Your calls in {place} are frozen until someone who looks after the project thaws "
    "them.",
}
GONE = "You do not make calls in {place} any more. This chat can still be read and exported."
NO_MODEL = "No model can answer here yet: no provider is connected that runs one."
ALL_CLOSED = (
    "The rules of {place} leave no model open. Someone who looks after the house can change them."
)
LOCKED = (
    "This chat was locked with secrets that this house does not have any more. With the secrets "
    "file of that time it opens again."
)


LIMITS = {
    "letters": LONGEST_MESSAGE,
    "most": MOST_FILES,
    "picture": LARGEST_PICTURE,
    "text": LARGEST_TEXT,
    "together": LARGEST_MESSAGE,
    "kinds": ",".join(KINDS),
}


@dataclass
class Desk:
    """Where a message would be asked: the project, its models, or why not."""

    place: Project | None
    places: list[Project] = field(default_factory=list)
    choices: Mapping[str, Choice] = field(default_factory=dict)
    closed: str = ""
    policy: Policy = field(default_factory=Policy)
    shelf: Shelf | None = None

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
        return picker_of(self.shelf, self.policy, q=q, chosen=chosen, lately=lately)


def desk_of(user: User, conversation: Conversation | None, wanted: object = None) -> Desk:
    """`wanted` is the project's number as a form or an address gave it."""
    if conversation is not None and not conversation.is_readable:
        return Desk(None, closed=LOCKED)
    places = list(workplaces_of(user).order_by("id"))
    if conversation is not None:
        place = next((one for one in places if one.pk == conversation.project_id), None)
        if place is None:
            return Desk(None, closed=GONE.format(place=conversation.project))
    elif places:
        place = next((one for one in places if str(one.pk) == str(wanted)), None)
        place = place or next((one for one in places if not what_stops(user, one)), places[0])
    else:
        return Desk(None, closed=NOWHERE)
    if what := what_stops(user, place):
        return Desk(place, places, closed=FROZEN[what].format(place=place))
    policy = policy_of_person(user.pk, place)
    if policy.zero_retention:
        return Desk(place, places, closed=KEPT_NOTHING.format(place=place))
    shelf = current_shelf()
    choices = shelf.choices(policy)
    closed = ""
    if not choices:
        closed = ALL_CLOSED.format(place=place) if shelf.catalog.routes else NO_MODEL
    return Desk(place, places, choices, closed, policy, shelf)


def show_thread(
    request: HttpRequest, conversation: Conversation | None, form: SayForm | None = None
) -> HttpResponse:
    """The page; with `form`, what was sent and what is wrong with it."""
    user = person_of(request)
    wanted = (form.data if form else request.GET).get("project") or _current_place(request)
    desk = desk_of(user, conversation, wanted)
    is_readable = conversation is not None and conversation.is_readable
    tree = Tree.of(conversation) if conversation and is_readable else Tree([])
    editing = _message(tree, request.GET.get("edit"))
    path = _path(tree, editing, number_of((form.data if form else {}).get("parent")), request)
    lately = lately_models(user)
    chosen = _chosen(desk, path, _wanted_model(request, form), lately)
    turns = turns_of(tree, path)
    context = {
        **past_of(user, conversation),
        "conversation": conversation,
        "title": conversation.title if conversation else "New chat",
        "turns": turns,
        "turn": turns[-1] if turns else None,
        "editing": editing,
        **_asked_with(conversation if is_readable else None, form),
        "desk": desk,
        "chosen": chosen,
        "picker": desk.picker(q="", chosen=chosen, lately=lately),
        "missed": _missed(desk, path),
        "token": new_token(),
        "parent": path[-1].pk if path else "",
        "draft": form.data.get("text", "") if form else editing.text if editing else "",
        "problem": form.sentence if form else "",
        "offers": form.offers if form else (),
        "again": form.to_answer_again if form else None,
        "lost_files": bool(form and form.files),
        "kept": tree.files.get(editing.pk, ()) if editing else (),
        "limits": LIMITS,
    }
    return render(request, "chat/talk.html", context, status=422 if form else 200)


def past_of(user: User, here: Conversation | None = None) -> dict[str, Any]:
    rows = list(Conversation.objects.of(user)[: PAST + 1])
    now = timezone.localtime()
    groups = groupby(rows[:PAST], key=lambda row: age_of(row.updated_at, now))
    return {
        "past": [(name, list(found)) for name, found in groups],
        "has_more": len(rows) > PAST,
        "conversation": here,
    }


def age_of(moment: datetime, now: datetime) -> str:
    days = (now.date() - timezone.localtime(moment).date()) // timedelta(days=1)
    if days < 1:
        return "Today"
    if days < 7:
        return "This week"
    return "This month" if days < 31 else "Earlier"


def new_token() -> str:
    return secrets.token_urlsafe(16)


def turn_html(turn: Turn) -> str:
    """One article by itself, for a page that stands."""
    return render_to_string("chat/_turn.html", {"turn": turn})


def fill_html(turn: Turn) -> str:
    """How full the chat is with it."""
    return render_to_string("chat/_fill.html", {"turn": turn})


def left_html(conversation: Conversation) -> str:
    """What the tightest budget leaves its owner now."""
    tight = tightest(conversation.owner, conversation.project, timezone.now())
    return render_to_string("budgets/_left.html", {"meter": tight})


def more_html(request: HttpRequest, conversation: Conversation) -> str:
    """What one may do with a chat that has just begun."""
    facts = {"conversation": conversation, "title": conversation.title}
    facts |= _asked_with(conversation, None)
    return render_to_string("chat/_more.html", facts, request=request)


def own_turns(conversation: Conversation, at: int | None = None) -> list[Turn]:
    tree = Tree.of(conversation)
    return turns_of(tree, tree.path(at))


def _asked_with(conversation: Conversation | None, form: SayForm | None) -> dict[str, Any]:
    if conversation is not None:
        temperature, instructions = conversation.temperature, conversation.instructions
        shown = "" if temperature is None else f"{temperature:g}"
        return {"instructions": instructions, "temperature": shown}
    sent = form.data if form else {}
    return {name: sent.get(name, "") for name in ("instructions", "temperature")}


def _path(
    tree: Tree, editing: Message | None, parent: int | None, request: HttpRequest
) -> list[Message]:
    if editing is not None:
        return tree.upto(_message(tree, editing.parent_id))
    if parent is not None:
        return tree.upto(_message(tree, parent))
    return tree.path(number_of(request.GET.get("at")))


def _message(tree: Tree, wanted: object) -> Message | None:
    number = number_of(wanted)
    return next((one for one in tree.messages if one.pk == number), None)


def number_of(wanted: object) -> int | None:
    text = str(wanted or "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _current_place(request: HttpRequest) -> int | None:
    project = current_project(request)
    return project.pk if project else None


def _wanted_model(request: HttpRequest, form: SayForm | None) -> str:
    return str((form.data if form else request.GET).get("model", ""))


def lately_models(user: User) -> list[str]:
    mine = Message.objects.filter(conversation__owner=user, role=ASSISTANT).order_by("-id")
    return lately_of(mine.values_list("model", flat=True)[:LATELY])


def _chosen(
    desk: Desk, path: Sequence[Message], wanted: str, lately: Sequence[str]
) -> Choice | None:
    """The model asked for, else this chat's last, else the person's last, else a suggestion."""
    answered = (one.model for one in reversed(path) if one.role == ASSISTANT)
    return desk.first_of(wanted, *answered, *lately)


def _missed(desk: Desk, path: Sequence[Message]) -> Closed | None:
    """The model that answered last, where it cannot any more."""
    last = next((one.model for one in reversed(path) if one.role == ASSISTANT and one.model), "")
    return desk.why_not(last) if last and not desk.closed else None
