"""Saying something in a private chat: nothing is written down. The thread goes on in memory for as
long as its answer takes, and back to the page that sent it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson
from django.http import Http404

from apps.accounts.models import User
from apps.chat.carried import ASSISTANT, USER, Carried, Line
from apps.chat.forms import SayForm
from apps.chat.models import Conversation
from apps.chat.saying import Ending, body_of, scope_of
from apps.chat.threads import Tree, as_sent
from apps.projects.models import Project


@dataclass
class Carries:
    """An answer that is wanted in a private chat; `thread` ends with it."""

    thread: Carried
    owner: User
    project: Project
    body: bytes
    said: Line | None
    keeps_nothing = True

    @property
    def answer(self) -> Line:
        return self.thread.lines[-1]

    @property
    def scope(self) -> str:
        return scope_of(self.owner.pk, self.thread.name)

    @property
    def vault(self) -> Mapping[str, str]:
        return self.thread.vault

    def tree(self) -> Tree:
        return Tree.carried(self.thread, self.owner.pk)

    def note(self, generation_id: str, tokens_applied: int | None) -> None:
        """There is no row to note it on."""

    def end(self, ending: Ending) -> None:
        ended = self.thread.with_last(
            text=ending.text,
            problem=ending.problem,
            state=ending.state,
            generation_id=ending.generation_id,
            tokens_applied=ending.tokens_applied,
            offers=tuple(ending.offers),
        )
        self.thread = replace(ended, vault={**ended.vault, **ending.vault})


def carry(form: SayForm, *, owner: User, project: Project) -> Carries:
    """What the person says, behind the thread that came with it."""
    wish, thread = form.cleaned_data, form.carried or Carried.new()
    thread = replace(thread, project_id=project.pk)
    if wish["again"]:
        thread, said = _asked(thread, wish["again"]), None
    else:
        thread = _before(thread, wish["parent"]).with_line(USER, wish["text"])
        said = thread.lines[-1]
    messages = as_sent(thread.lines)
    body = body_of(wish["model"], messages, wish["instructions"], wish["temperature"])
    thread = thread.with_line(ASSISTANT, "", model=wish["model"], state="writing")
    return Carries(thread, owner, project, orjson.dumps(_keeping_nothing(body)), said)


def ask_once(
    text: str, model: str, *, owner: User, project: Project, is_private: bool, most: int
) -> Carries:
    """A message by itself, for an answer of at most so many tokens. It is not stored either way;
    where it is private, nor does its provider keep it."""
    thread = Carried.new().with_line(USER, text)
    body = body_of(model, as_sent(thread.lines), "", None) | {"max_tokens": most}
    body = _keeping_nothing(body) if is_private else body
    said, thread = thread.lines[-1], thread.with_line(ASSISTANT, "", model=model, state="writing")
    return Carries(thread, owner, project, orjson.dumps(body), said)


def carried_from(conversation: Conversation, at: int | None) -> Carried:
    """A stored chat as a private one goes on from it, under the same name, so that its private
    values keep their placeholders."""
    tree = Tree.of(conversation)
    thread = Carried(str(conversation.pk), conversation.project_id, vault=tree.vault)
    for one in tree.path(at):
        facts: dict[str, Any] = {}
        if one.role == USER and len(thread.lines) % 2:
            thread = thread.with_line(ASSISTANT, "")  # two messages on end; people take turns here
        if one.role == ASSISTANT:
            facts = {"model": one.model, "generation_id": one.generation_id}
            facts |= {"state": one.state, "problem": one.problem}
        thread = thread.with_line(str(one.role), one.text, **facts)
    return thread


def _asked(thread: Carried, place: int) -> Carried:
    """Up to the message that is answered again."""
    asked = thread.upto(place)
    if len(asked.lines) != place or asked.lines[-1].role != USER:
        raise Http404
    return asked


def _before(thread: Carried, place: int | None) -> Carried:
    """Up to the answer that is gone on from. People speak behind answers alone."""
    kept = thread.upto(place)
    return kept.upto(len(kept.lines) - 1) if len(kept.lines) % 2 else kept


def _keeping_nothing(body: dict[str, Any]) -> dict[str, Any]:
    """Whatever the project's rules become while the page stands, a private chat keeps its word."""
    return body | {"provider": {**body.get("provider", {}), "zdr": True}}
