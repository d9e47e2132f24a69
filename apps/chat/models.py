"""Conversations of the chat page, encrypted for their owner."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, ClassVar, Self

import orjson
from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.chat.files import TEXT, shown_size
from apps.chat.locks import ThreadKey
from apps.core.vault import VaultError
from apps.projects.models import Project

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from apps.accounts.models import User

TITLE_WORDS, TITLE_LETTERS = 8, 60
UNREADABLE = "A chat that cannot be opened"


class ConversationSet(models.QuerySet["Conversation"]):
    def of(self, user: "User | AnonymousUser") -> Self:
        """One's own, newest first. Nobody else's, whoever one is."""
        return self.filter(owner_id=user.pk).select_related("project") if user.pk else self.none()


class Conversation(models.Model):
    """A thread of messages. Title and texts are locked with a key of its own, which is locked with
    the house's; deleting the row destroys that key."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    locked_key = models.TextField()
    locked_title = models.TextField(blank=True)
    locked_instructions = models.TextField(blank=True, default="")
    temperature = models.FloatField(null=True, help_text="Empty: as the model has it.")
    locked_vault = models.TextField(
        blank=True, default="", help_text="What the placeholders in its answers stand for."
    )
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ConversationSet.as_manager()

    class Meta:
        ordering: ClassVar = ["-updated_at"]

    def __str__(self) -> str:
        return f"conversation {self.pk}"

    @classmethod
    def begin(cls, *, owner: "User", project: Project, first_words: str) -> "Conversation":
        """Call it inside a transaction: the key is bound to the row, which must exist first."""
        row = cls.objects.create(owner=owner, project=project)
        row.key = ThreadKey.new()
        row.locked_key = row.key.locked(row.pk)
        row.name(title_of(first_words))
        row.save(update_fields=["locked_key", "locked_title"])
        return row

    @cached_property
    def key(self) -> ThreadKey:
        return ThreadKey.opened(self.locked_key, self.pk)

    @property
    def title(self) -> str:
        try:
            return self.key.open(self.locked_title, "title")
        except VaultError:
            return UNREADABLE

    @property
    def is_readable(self) -> bool:
        try:
            return bool(self.key)
        except VaultError:
            return False

    @property
    def instructions(self) -> str:
        return self.key.open(self.locked_instructions, "instructions")

    def instruct(self, text: str, temperature: float | None) -> None:
        """What every answer of this chat is asked with."""
        self.locked_instructions = self.key.lock(text, "instructions") if text.strip() else ""
        self.temperature = temperature

    @property
    def vault(self) -> dict[str, str]:
        """Placeholder → private value."""
        found: dict[str, str] = orjson.loads(self.key.open(self.locked_vault, "vault") or "{}")
        return found

    def put_away(self, values: Mapping[str, str]) -> None:
        """Inside a transaction: two answers of one chat may end at once."""
        rows = Conversation.objects.filter(pk=self.pk)
        row = rows.only("locked_vault").select_for_update().first() if values else None
        if row is None:
            return
        self.locked_vault = row.locked_vault
        together = orjson.dumps({**self.vault, **values}).decode()
        self.locked_vault = self.key.lock(together, "vault")
        rows.update(locked_vault=self.locked_vault)

    def name(self, title: str) -> None:
        self.locked_title = self.key.lock(title[:TITLE_LETTERS], "title")


class Message(models.Model):
    """One turn; `parent` makes branches."""

    class Role(models.TextChoices):
        SYSTEM = "system", "System"
        USER = "user", "User"
        ASSISTANT = "assistant", "Assistant"

    class State(models.TextChoices):
        WRITING = "writing", "Being written"
        DONE = "done", "Done"
        STOPPED = "stopped", "Stopped"
        FAILED = "failed", "Failed"

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    state = models.CharField(max_length=10, choices=State, default=State.DONE)
    locked_content = models.TextField()
    locked_problem = models.TextField(blank=True, default="")
    model = models.CharField(max_length=200, blank=True, default="")
    generation_id = models.CharField(max_length=40, blank=True)
    tokens_applied = models.PositiveIntegerField(
        null=True, help_text="The longest answer its budget had room for, where that bound it."
    )
    offers = models.JSONField(
        default=list, help_text="Models that would have fitted, where a budget had no room."
    )
    once = models.BinaryField(
        max_length=32, null=True, unique=True, help_text="Which sending of a form made it."
    )
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"

    def write(self, text: str, problem: str = "") -> None:
        key = self.conversation.key
        self.locked_content = key.lock(text, self.role)
        self.locked_problem = key.lock(problem, "problem") if problem else ""

    @property
    def text(self) -> str:
        return self.conversation.key.open(self.locked_content, self.role)

    @property
    def problem(self) -> str:
        return self.conversation.key.open(self.locked_problem, "problem")


class Attachment(models.Model):
    """A picture or a text that came with a message, locked with the key of its conversation."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    media_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField(help_text="Bytes before they were locked.")
    locked_name = models.TextField()
    locked_content = models.BinaryField()

    name = ""  # opened where it is shown

    def __str__(self) -> str:
        return f"attachment {self.pk}"

    @property
    def is_picture(self) -> bool:
        return self.media_type != TEXT

    @property
    def shown_size(self) -> str:
        return shown_size(self.size)


def title_of(text: str) -> str:
    """The first words of a message, in one line."""
    words = text.split(None, TITLE_WORDS)
    title = " ".join(words[:TITLE_WORDS])
    return title[: TITLE_LETTERS - 1] + "…" if len(title) > TITLE_LETTERS else title
