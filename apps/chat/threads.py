"""A conversation as one reads it, stored or carried by its page: the path through its branches,
what each answer cost, and what a model is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.safestring import SafeString

from apps.chat.attachments import Files, contents_on, files_of, parts_of
from apps.chat.carried import Carried, Line
from apps.chat.choices import longest_context, shown_name
from apps.chat.markdown import rendered
from apps.chat.models import Attachment, Conversation, Message
from apps.chat.pills import marked, restored, with_pills
from apps.gateway.house import current_catalog
from apps.usage.models import Generation

ASSISTANT, USER = Message.Role.ASSISTANT, Message.Role.USER
Spoken = Message | Line
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
    """One message with everything its article shows. `context`: what its model reads at once;
    `vault`: what the placeholders of its chat stand for."""

    message: Spoken
    place: int = 1
    siblings: Sequence[int] = ()
    name: str = ""
    context: int = 0
    call: Generation | None = None
    is_last: bool = False
    files: Sequence[Attachment] = ()
    offers: Sequence[Offer] = ()
    vault: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_mine(self) -> bool:
        return self.message.role == USER

    @property
    def is_carried(self) -> bool:
        return isinstance(self.message, Line)

    @cached_property
    def text(self) -> str:
        """As its person reads it, private values in their places."""
        text = self.message.text
        return text if self.is_mine else restored(text, self.vault)

    @cached_property
    def html(self) -> SafeString:
        if self.is_mine:
            return marked(self.message.text, self.vault)
        return with_pills(rendered(self.message.text), self.vault)

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

    messages: list[Spoken]
    owner_id: int = 0
    files: Files = field(default_factory=dict)
    vault: Mapping[str, str] = field(default_factory=dict)
    thread: Carried | None = None
    children: dict[int | None, list[Spoken]] = field(init=False)

    def __post_init__(self) -> None:
        self.children = {}
        for message in self.messages:
            self.children.setdefault(message.parent_id, []).append(message)

    @classmethod
    def of(cls, conversation: Conversation) -> "Tree":
        messages = list(conversation.messages.order_by("id"))
        for message in messages:
            message.conversation = conversation  # one key for all of them
        files = files_of(conversation)
        return cls([*messages], conversation.owner_id, files, conversation.vault)

    @classmethod
    def carried(cls, thread: Carried, owner_id: int) -> "Tree":
        return cls([*thread.lines], owner_id, vault=thread.vault, thread=thread)

    def path(self, at: int | None = None) -> list[Spoken]:
        """From the first message to the newest leaf, or to the newest one below `at`."""
        by_id = {message.pk: message for message in self.messages}
        leaf = self._newest_below(by_id[at]) if at in by_id else None
        if leaf is None:
            leaf = self.messages[-1] if self.messages else None
        return self.upto(leaf)

    def upto(self, leaf: Spoken | None) -> list[Spoken]:
        by_id = {message.pk: message for message in self.messages}
        found: list[Spoken] = []
        while leaf is not None:
            found.append(leaf)
            leaf = by_id.get(leaf.parent_id) if leaf.parent_id else None
        return found[::-1]

    def _newest_below(self, message: Spoken) -> Spoken:
        while below := self.children.get(message.pk):
            message = below[-1]
        return message


def turns_of(tree: Tree, path: Sequence[Spoken]) -> list[Turn]:
    """For one query in all, however long the conversation. A page may claim any call as its own:
    only those of the chat's person are looked up."""
    own = Generation.objects.filter(user_id=tree.owner_id)
    calls = own.in_bulk([one.generation_id for one in path if one.generation_id])
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
                vault=tree.vault,
            )
        )
    return turns


def as_sent(path: Sequence[Spoken]) -> list[dict[str, Any]]:
    """What a model reads: whole turns, without answers of which nothing came."""
    files = contents_on([one for one in path if isinstance(one, Message)])
    said = ((one.role, _content(one, files)) for one in path)
    return [{"role": str(role), "content": content} for role, content in said if content]


def _content(message: Spoken, files: Files) -> str | list[dict[str, Any]]:
    if isinstance(message, Message) and message.pk in files:
        return parts_of(message, files[message.pk])
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
