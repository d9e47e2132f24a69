"""A conversation as one reads it: the path through its branches, what each answer cost, and what a
model is sent."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from apps.chat.attachments import Files, contents_on, files_of, parts_of
from apps.chat.choices import longest_context, shown_name
from apps.chat.markdown import rendered
from apps.chat.models import Attachment, Conversation, Message
from apps.gateway.house import current_catalog
from apps.usage.models import Generation

ASSISTANT, USER = Message.Role.ASSISTANT, Message.Role.USER
GRACE = timedelta(seconds=60)
NEARLY_FULL = 80  # percent
STOPPED = "The house was stopped while this was written, so the answer is not whole."

FROZEN = {
    "project": "This project was frozen, so this answer goes no further. Someone who looks after "
    "the project can thaw it.",
    "member": "Your calls in this project were frozen, so this answer goes no further. Someone who "
    "looks after the project can thaw them.",
}


@dataclass(frozen=True)
class Fill:
    """How much of what a model reads at once a chat has taken up; the next message brings all of
    it again."""

    tokens: int
    context: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.tokens // self.context)

    @property
    def is_nearly_full(self) -> bool:
        return self.percent >= NEARLY_FULL


@dataclass(frozen=True)
class Offer:
    """A model that would have fitted where this one did not."""

    slug: str
    name: str


@dataclass
class Turn:
    """One message with everything its article shows. `context`: what its model reads at once."""

    message: Message
    place: int = 1
    siblings: Sequence[int] = ()
    name: str = ""
    context: int = 0
    call: Generation | None = None
    is_last: bool = False
    files: Sequence[Attachment] = ()
    offers: Sequence[Offer] = ()

    @property
    def is_mine(self) -> bool:
        return self.message.role == USER

    @cached_property
    def text(self) -> str:
        return self.message.text

    @cached_property
    def html(self) -> SafeString:
        return rendered(self.text)

    @property
    def is_writing(self) -> bool:
        return self.message.state == Message.State.WRITING and not self.is_lost

    @property
    def is_lost(self) -> bool:
        """Nobody writes it any more: the process that did is gone."""
        limit = timedelta(seconds=settings.GATEHOUSE_CALL_SECONDS) + GRACE
        is_open = self.message.state == Message.State.WRITING
        ended = self.call and self.call.closed_at and self.call.closed_at < timezone.now() - GRACE
        return is_open and bool(ended or self.message.created_at < timezone.now() - limit)

    @property
    def problem(self) -> str:
        return STOPPED if self.is_lost else self.message.problem

    @property
    def is_frozen(self) -> bool:
        """Asking again would not help."""
        return self.problem in FROZEN.values()

    @property
    def is_cut(self) -> bool:
        return bool(self.call and self.call.finish_reason == "length")

    @property
    def seconds(self) -> str:
        took = self.call.duration_ms if self.call else None
        return "" if took is None else f"{took / 1000:.1f} s"

    @property
    def fill(self) -> Fill | None:
        if not (self.context and self.call and self.call.prompt_tokens):
            return None
        return Fill(self.call.prompt_tokens + self.call.completion_tokens, self.context)

    @property
    def before(self) -> int | None:
        return self.siblings[self.place - 2] if self.place > 1 else None

    @property
    def after(self) -> int | None:
        return self.siblings[self.place] if self.place < len(self.siblings) else None


@dataclass
class Tree:
    """All messages of a conversation, by parent."""

    messages: list[Message]
    children: dict[int | None, list[Message]] = field(default_factory=dict)
    files: Files = field(default_factory=dict)

    @classmethod
    def of(cls, conversation: Conversation) -> "Tree":
        messages = list(conversation.messages.order_by("id"))
        tree = cls(messages, files=files_of(conversation))
        for message in messages:
            message.conversation = conversation  # one key for all of them
            tree.children.setdefault(message.parent_id, []).append(message)
        return tree

    def path(self, at: int | None = None) -> list[Message]:
        """From the first message to the newest leaf, or to the newest one below `at`."""
        by_id = {message.pk: message for message in self.messages}
        leaf = self._newest_below(by_id[at]) if at in by_id else None
        if leaf is None:
            leaf = self.messages[-1] if self.messages else None
        return self.upto(leaf)

    def upto(self, leaf: Message | None) -> list[Message]:
        by_id = {message.pk: message for message in self.messages}
        found: list[Message] = []
        while leaf is not None:
            found.append(leaf)
            leaf = by_id.get(leaf.parent_id) if leaf.parent_id else None
        return found[::-1]

    def _newest_below(self, message: Message) -> Message:
        while below := self.children.get(message.pk):
            message = below[-1]
        return message


def turns_of(tree: Tree, path: Sequence[Message]) -> list[Turn]:
    """For one query in all, however long the conversation."""
    calls = Generation.objects.in_bulk([m.generation_id for m in path if m.generation_id])
    catalog = current_catalog()
    turns = []
    for message in path:
        siblings = [one.pk for one in tree.children.get(message.parent_id, [message])]
        turns.append(
            Turn(
                message,
                place=siblings.index(message.pk) + 1,
                siblings=siblings,
                name=shown_name(catalog, message.model) if message.model else "",
                context=longest_context(catalog, message.model),
                call=calls.get(message.generation_id),
                is_last=message is path[-1],
                files=tree.files.get(message.pk, ()),
                offers=[Offer(slug, shown_name(catalog, slug)) for slug in message.offers],
            )
        )
    return turns


def as_sent(path: Sequence[Message]) -> list[dict[str, Any]]:
    """What a model reads: whole turns, without answers of which nothing came."""
    files = contents_on(path)
    said = ((one.role, _content(one, files.get(one.pk, ()))) for one in path)
    return [{"role": str(role), "content": content} for role, content in said if content]


def _content(message: Message, files: Sequence[Attachment]) -> str | list[dict[str, Any]]:
    if files:
        return parts_of(message, files)
    return message.text if message.text.strip() else ""


def as_markdown(conversation: Conversation, turns: Sequence[Turn]) -> str:
    """The thread as a file one can keep."""
    parts = [f"# {conversation.title}\n"]
    for turn in turns:
        who = "You" if turn.is_mine else turn.name or "Answer"
        parts.append(f"## {who}\n\n{turn.text.strip()}\n")
        parts += [f"> With the file {one.name} ({one.shown_size})\n" for one in turn.files]
        if turn.problem:
            parts.append(f"> {turn.problem}\n")
    return "\n".join(parts)
