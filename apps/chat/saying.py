"""Writes down what a person says before anybody answers it, each sending of a form once, and the
answer when it ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from apps.accounts.models import User
from apps.chat.attachments import attach, carry_over, kept_from
from apps.chat.forms import SayForm
from apps.chat.models import Conversation, Message
from apps.chat.threads import Spoken, Tree, as_sent
from apps.gateway.house import current_catalog
from apps.gateway.rails import policy_of_person
from apps.projects.models import Project

ASSISTANT, USER = Message.Role.ASSISTANT, Message.Role.USER


@dataclass(frozen=True)
class Ending:
    """How an answer ended. `vault`: what the placeholders of its call stand for."""

    text: str
    problem: str
    was_stopped: bool
    generation_id: str
    tokens_applied: int | None = None
    offers: Sequence[str] = ()
    vault: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> str:
        return "failed" if self.problem else "stopped" if self.was_stopped else "done"


class Wanted(Protocol):
    """An answer that is wanted, with the body of the call that asks for it. `scope` is within what
    one private value has one placeholder; `said` is the new message, or None where an earlier one
    is answered again."""

    @property
    def body(self) -> bytes: ...
    @property
    def owner(self) -> User: ...
    @property
    def project(self) -> Project: ...
    @property
    def scope(self) -> str: ...
    @property
    def keeps_nothing(self) -> bool: ...
    @property
    def said(self) -> Spoken | None: ...
    @property
    def answer(self) -> Spoken: ...
    @property
    def vault(self) -> Mapping[str, str]: ...
    def tree(self) -> Tree: ...
    def note(self, generation_id: str, tokens_applied: int | None) -> None: ...
    def end(self, ending: Ending) -> None: ...


@dataclass(frozen=True)
class Said:
    """Of a chat that is stored."""

    conversation: Conversation
    said: Message | None
    answer: Message
    body: bytes
    is_new: bool
    keeps_nothing = False

    @property
    def owner(self) -> User:
        return self.conversation.owner

    @property
    def project(self) -> Project:
        return self.conversation.project

    @property
    def scope(self) -> str:
        return scope_of(self.conversation.owner_id, self.conversation.pk)

    @property
    def vault(self) -> Mapping[str, str]:
        return self.conversation.vault

    def tree(self) -> Tree:
        return Tree.of(self.conversation)

    def note(self, generation_id: str, tokens_applied: int | None) -> None:
        """Known as soon as the call is admitted, so that its receipt is found whatever happens."""
        Message.objects.filter(pk=self.answer.pk).update(
            generation_id=generation_id, tokens_applied=tokens_applied
        )

    def end(self, ending: Ending) -> None:
        """The answer as far as it came. A chat that was deleted meanwhile stays deleted."""
        answer = self.answer
        answer.write(ending.text, ending.problem)
        with transaction.atomic():
            self.conversation.put_away(ending.vault)
            Message.objects.filter(pk=answer.pk).update(
                locked_content=answer.locked_content,
                locked_problem=answer.locked_problem,
                state=ending.state,
                generation_id=ending.generation_id,
                tokens_applied=ending.tokens_applied,
                offers=list(ending.offers),
            )


@dataclass(frozen=True)
class Repeated:
    """This very form has been sent before: there is nothing to ask."""

    answer: Message


class KeepsNothing(Exception):
    """The project was set to keep nothing meanwhile."""


def scope_of(owner_id: int, chat: object) -> str:
    """Nobody but its owner can name it, whatever a page claims."""
    return f"chat:{owner_id}:{chat}"


def say(
    form: SayForm, *, owner: User, project: Project, conversation: Conversation | None
) -> Said | Repeated:
    """Raises KeepsNothing."""
    once = form.once(owner.pk, conversation.pk if conversation else None)
    try:
        with transaction.atomic():
            return _say(form, once, owner=owner, project=project, conversation=conversation)
    except IntegrityError:
        found = Message.objects.filter(once=once, conversation__owner=owner).first()
        if found is None:
            if conversation is not None:  # deleted meanwhile?
                get_object_or_404(Conversation, pk=conversation.pk)
            raise
        return Repeated(found)


def _say(
    form: SayForm, once: bytes, *, owner: User, project: Project, conversation: Conversation | None
) -> Said:
    wish, is_new = form.cleaned_data, conversation is None
    if conversation is None:
        named = wish["text"].strip() or next(one.name for one in wish["files"])
        conversation = Conversation.begin(owner=owner, project=project, first_words=named)
        conversation.instruct(wish["instructions"], wish["temperature"])
    tree = Tree.of(conversation)
    if wish["again"]:
        asked = get_object_or_404(conversation.messages.filter(role=USER), pk=wish["again"])
        said = None
    else:
        asked = said = _message(conversation, USER, text=wish["text"], parent=_parent(form, tree))
        attach(asked, wish["files"])
        carry_over(asked, kept_from(conversation, wish["keep"]))
        tree.messages.append(asked)
    answer = _message(
        conversation, ASSISTANT, parent=asked.pk, once=once, model=wish["model"], state="writing"
    )
    conversation.updated_at = timezone.now()
    conversation.save(update_fields=["updated_at", "locked_instructions", "temperature"])
    asked.conversation = conversation
    messages = as_sent(tree.upto(asked))
    body = body_of(wish["model"], messages, conversation.instructions, conversation.temperature)
    if policy_of_person(owner.pk, project).zero_retention:
        raise KeepsNothing
    return Said(conversation, said, answer, orjson.dumps(body), is_new)


def body_of(
    model: str, messages: list[dict[str, Any]], instructions: str, temperature: float | None
) -> dict[str, Any]:
    if instructions:
        messages.insert(0, {"role": "system", "content": instructions})
    body: dict[str, Any] = {"model": model, "messages": messages, "stream": True}
    if temperature is not None:
        body["temperature"] = temperature
    if has_picture(messages):
        body |= _only_where_pictures_are_read(model)
    return body


def has_picture(messages: list[dict[str, Any]]) -> bool:
    contents = (one["content"] for one in messages if isinstance(one["content"], list))
    return any(part["type"] == "image_url" for content in contents for part in content)


def _only_where_pictures_are_read(model: str) -> dict[str, Any]:
    """Some providers run a model without its eyes; to those the call must not fall back."""
    offers = current_catalog().endpoints.get(model, [])
    seeing = [one for one in offers if "image" in one.fact("input_modalities")]
    if len(seeing) == len(offers):
        return {}
    return {"provider": {"only": [one.key.partition("@")[2] for one in seeing]}}


def _parent(form: SayForm, tree: Tree) -> int | None:
    """Only a message of the same conversation can be gone on from."""
    wanted = form.cleaned_data["parent"]
    return wanted if any(message.pk == wanted for message in tree.messages) else None


def _message(
    conversation: Conversation,
    role: Message.Role,
    *,
    parent: int | None,
    text: str = "",
    **facts: Any,
) -> Message:
    message = Message(conversation=conversation, role=role, parent_id=parent, **facts)
    message.write(text)
    message.save()
    return message
