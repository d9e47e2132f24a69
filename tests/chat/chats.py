"""Chats as they are stored, for tests that need one."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.chat.models import Conversation, Message
from tests.cast import Cast


def make_chat(cast: Cast, owner: User, *texts: str) -> Conversation:
    """Texts in turn from the person and the model."""
    with transaction.atomic():
        chat = Conversation.begin(owner=owner, project=cast.project, first_words=texts[0])
    parent = None
    for number, text in enumerate(texts):
        role = Message.Role.ASSISTANT if number % 2 else Message.Role.USER
        parent = add_message(chat, role, text, parent)
    return chat


def add_message(
    chat: Conversation, role: str, text: str, parent: Message | None = None, **facts: Any
) -> Message:
    message = Message(conversation=chat, role=role, parent=parent, **facts)
    message.write(text)
    message.save()
    return message
