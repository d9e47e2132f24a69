"""Files that belong to messages: kept locked like these, sent to the model with them, shown to the
owner of the chat, and gone with it."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from apps.chat.files import TEXT, File
from apps.chat.models import Attachment, Conversation, Message

Files = Mapping[int, list[Attachment]]


def attach(message: Message, files: Iterable[File]) -> None:
    key = message.conversation.key
    Attachment.objects.bulk_create(
        Attachment(
            message=message,
            media_type=one.media_type,
            size=len(one.data),
            locked_name=key.lock(one.name, "file name"),
            locked_content=key.lock_bytes(one.data, "file"),
        )
        for one in files
    )


def carry_over(message: Message, rows: Iterable[Attachment]) -> None:
    """The same files for another version of a message; locked as they stand, for the key of a
    conversation is one."""
    for row in rows:
        row.pk, row._state.adding, row.message = None, True, message
        row.save()


def kept_from(conversation: Conversation | None, wanted: Sequence[int]) -> list[Attachment]:
    """Those of `wanted` that belong to this conversation, with their content."""
    if conversation is None or not wanted:
        return []
    own = Attachment.objects.filter(message__conversation=conversation, pk__in=wanted)
    return list(own.order_by("pk"))


def files_of(conversation: Conversation) -> Files:
    """Every file of a conversation by its message, without content, for one query."""
    rows = Attachment.objects.filter(message__conversation=conversation)
    found: dict[int, list[Attachment]] = {}
    for row in rows.defer("locked_content").order_by("pk"):
        row.name = conversation.key.open(row.locked_name, "file name")
        found.setdefault(row.message_id, []).append(row)
    return found


def parts_of(message: Message, rows: Iterable[Attachment]) -> list[dict[str, Any]]:
    """One message with files as a model reads it: the files, then the words about them."""
    key = message.conversation.key
    parts = []
    for row in rows:
        data = key.open_bytes(bytes(row.locked_content), "file")
        if row.media_type == TEXT:
            name = key.open(row.locked_name, "file name")
            parts.append(_words(f"The file {name}:\n\n{data.decode()}"))
        else:
            coded = base64.b64encode(data).decode()
            url = f"data:{row.media_type};base64,{coded}"
            parts.append({"type": "image_url", "image_url": {"url": url}})
    text = message.text
    return [*parts, _words(text)] if text.strip() else parts


def contents_on(path: Sequence[Message]) -> Files:
    """The files of these messages with their content."""
    rows = Attachment.objects.filter(message__in=[one.pk for one in path])
    found: dict[int, list[Attachment]] = {}
    for row in rows.order_by("pk"):
        found.setdefault(row.message_id, []).append(row)
    return found


def _words(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
