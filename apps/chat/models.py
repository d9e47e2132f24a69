"""Conversations of the chat page, encrypted for their owner."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from apps.projects.models import Project


class Conversation(models.Model):
    """A thread of messages. Title and texts are locked with a key of its own, which is locked with
    the house's; deleting the row destroys that key."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    project = models.ForeignKey(Project, on_delete=models.CASCADE)
    locked_key = models.TextField()
    locked_title = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-updated_at"]

    def __str__(self) -> str:
        return f"conversation {self.pk}"


class Message(models.Model):
    """One turn; `parent` makes branches."""

    class Role(models.TextChoices):
        SYSTEM = "system", "System"
        USER = "user", "User"
        ASSISTANT = "assistant", "Assistant"

    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="+")
    role = models.CharField(max_length=10, choices=Role)
    locked_content = models.TextField()
    generation_id = models.CharField(max_length=40, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.role} {self.pk}"
