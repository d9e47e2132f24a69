"""What the pages of the chat show: one's own threads, one thread and the form below it."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone

from apps.accounts.models import User
from apps.accounts.person import person_of
from apps.chat.carried import Carried
from apps.chat.choices import Choice
from apps.chat.closed import Closed
from apps.chat.desks import Desk, desk_of
from apps.chat.files import KINDS, LARGEST_MESSAGE, LARGEST_PICTURE, LARGEST_TEXT, MOST_FILES
from apps.chat.forms import LONGEST_MESSAGE, SayForm
from apps.chat.models import Conversation, Message
from apps.chat.picking import lately_of
from apps.chat.threads import ASSISTANT, Spoken, Tree, Turn, turns_of
from apps.projects.current import current_project
from apps.projects.models import Project
from apps.usage.budget_pages.figures import tightest

PAST = 40
LONGEST_NUMBER = 18
LATELY = 40  # answers in which one looks for the models one used
LIMITS = {
    "letters": LONGEST_MESSAGE,
    "most": MOST_FILES,
    "picture": LARGEST_PICTURE,
    "text": LARGEST_TEXT,
    "together": LARGEST_MESSAGE,
    "kinds": ",".join(KINDS),
}


def show_thread(
    request: HttpRequest,
    conversation: Conversation | None,
    form: SayForm | None = None,
    *,
    carried: Carried | None = None,
) -> HttpResponse:
    """The page; with `form`, what was sent and what is wrong with it. `carried` is the thread of a
    private chat."""
    given = form.data if form else request.GET
    desk = desk_for(request, conversation, given, carried)
    tree = _tree(conversation, desk, carried)
    editing = _message(tree, given.get("edit"))
    parent = number_of(form.data.get("parent")) if form and form.errors else None
    path = _path(tree, editing, parent, number_of(request.GET.get("at")))
    context = {
        **_thread(request, desk, tree, path, conversation, str(given.get("model", ""))),
        **_asked_with(conversation, given),
        "carried": tree.thread.written() if tree.thread else "",
        "editing": editing,
        "kept": tree.files.get(editing.pk, ()) if editing else (),
        "draft": editing.text if editing else form.data.get("text", "") if form else "",
        "problem": form.sentence if form else "",
        "offers": form.offers if form else (),
        "terms": form.terms if form else None,
        "again": form.to_answer_again if form else None,
        "lost_files": bool(form and form.files) and not desk.is_private,
    }
    return _page(request, context, status=422 if form and form.errors else 200)


def show_answered(request: HttpRequest, carried: Carried) -> HttpResponse:
    """A private chat with the answer that just came: its page is all there is of it."""
    desk = desk_for(request, None, request.POST, carried)
    tree = _tree(None, desk, carried)
    model = request.POST.get("model", "")
    context = _thread(request, desk, tree, tree.path(), None, model)
    context |= _asked_with(None, request.POST)
    return _page(request, context | {"carried": carried.written()})


def _page(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    response = render(request, "chat/talk.html", context, status=status)
    if context["desk"].is_private:
        response["Cache-Control"] = "no-store"
    return response


def _thread(
    request: HttpRequest,
    desk: Desk,
    tree: Tree,
    path: Sequence[Spoken],
    conversation: Conversation | None,
    model: str,
) -> dict[str, Any]:
    user = person_of(request)
    lately = lately_models(user)
    chosen = _chosen(desk, path, model, lately)
    turns = turns_of(tree, path)
    return {
        **past_of(user, conversation),
        "title": _title(conversation, desk),
        "turns": turns,
        "turn": turns[-1] if turns else None,
        "desk": desk,
        "chosen": chosen,
        "picker": desk.picker(q="", chosen=chosen, lately=lately),
        "missed": _missed(desk, path),
        "token": new_token(),
        "parent": path[-1].pk if path else "",
        "limits": LIMITS,
    }


def _tree(conversation: Conversation | None, desk: Desk, carried: Carried | None) -> Tree:
    if desk.is_private:
        return Tree.carried(carried or Carried.new(), desk.owner_id)
    if conversation is None or not conversation.is_readable:
        return Tree([])
    return Tree.of(conversation)


def desk_for(
    request: HttpRequest,
    conversation: Conversation | None,
    given: Mapping[str, Any],
    carried: Carried | None,
) -> Desk:
    """Where a form would be asked, or the page of an address."""
    named = carried.project_id if carried else None
    wanted = named or given.get("project") or _current_place(request)
    is_private = carried is not None or bool(given.get("private"))
    if conversation is not None:
        return desk_of(person_of(request), conversation)
    is_bound = named is not None
    return desk_of(person_of(request), None, wanted, is_private=is_private, is_bound=is_bound)


def _title(conversation: Conversation | None, desk: Desk) -> str:
    if conversation is not None:
        return conversation.title
    return "Private chat" if desk.is_private else "New chat"


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


def left_html(owner: User, project: Project) -> str:
    """What the tightest budget leaves its owner now."""
    tight = tightest(owner, project, timezone.now())
    return render_to_string("budgets/_left.html", {"meter": tight})


def more_html(request: HttpRequest, conversation: Conversation) -> str:
    """What one may do with a chat that has just begun."""
    facts = {"conversation": conversation, "title": conversation.title}
    facts |= _asked_with(conversation, {})
    return render_to_string("chat/_more.html", facts, request=request)


def own_turns(conversation: Conversation, at: int | None = None) -> list[Turn]:
    tree = Tree.of(conversation)
    return turns_of(tree, tree.path(at))


def _asked_with(conversation: Conversation | None, given: Mapping[str, Any]) -> dict[str, Any]:
    if conversation is not None and conversation.is_readable:
        temperature, instructions = conversation.temperature, conversation.instructions
        shown = "" if temperature is None else f"{temperature:g}"
        return {"instructions": instructions, "temperature": shown}
    return {name: given.get(name, "") for name in ("instructions", "temperature")}


def _path(tree: Tree, editing: Spoken | None, parent: int | None, at: int | None) -> list[Spoken]:
    if editing is not None:
        return tree.upto(_message(tree, editing.parent_id))
    if parent is not None:
        return tree.upto(_message(tree, parent))
    return tree.path(at)


def _message(tree: Tree, wanted: object) -> Spoken | None:
    number = number_of(wanted)
    return next((one for one in tree.messages if one.pk == number), None)


def number_of(wanted: object) -> int | None:
    text = str(wanted or "")
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER
    return int(text) if is_number else None


def _current_place(request: HttpRequest) -> int | None:
    project = current_project(request)
    return project.pk if project else None


def lately_models(user: User) -> list[str]:
    mine = Message.objects.filter(conversation__owner=user, role=ASSISTANT).order_by("-id")
    return lately_of(mine.values_list("model", flat=True)[:LATELY])


def _chosen(
    desk: Desk, path: Sequence[Spoken], wanted: str, lately: Sequence[str]
) -> Choice | None:
    """The model asked for, else this chat's last, else the person's last, else a suggestion."""
    answered = (one.model for one in reversed(path) if one.role == ASSISTANT)
    return desk.first_of(wanted, *answered, *lately)


def _missed(desk: Desk, path: Sequence[Spoken]) -> Closed | None:
    """The model that answered last, where it cannot any more."""
    last = next((one.model for one in reversed(path) if one.role == ASSISTANT and one.model), "")
    return desk.why_not(last) if last and not desk.closed else None
