"""Search in one's own chats. Nothing is indexed, since everything is locked: each chat is opened,
read and forgotten, newest first, until enough are found."""

from collections.abc import Iterable, Iterator
from itertools import islice

from apps.chat.models import Conversation, ConversationSet, Message
from apps.chat.pills import Vault, restored
from apps.core.vault import VaultError

AROUND = 60  # letters shown on either side of the first hit
MOST_TITLES = 2000  # opened for one search as somebody types


def found_in(own: ConversationSet, wanted: str, *, most: int) -> list[Conversation]:
    """Those whose title and texts hold every word, each with the place of the first as
    `excerpt`."""
    words = wanted.casefold().split()
    found: list[Conversation] = []
    for conversation in own.prefetch_related("messages").iterator(chunk_size=50):
        if len(found) >= most:
            break
        excerpt = _excerpt(conversation, words)
        if excerpt is not None:
            conversation.excerpt = excerpt  # type: ignore[attr-defined]
            found.append(conversation)
    return found


def titled(own: ConversationSet, words: Iterable[str], *, most: int) -> list[Conversation]:
    """The newest whose title holds every word; `words` are casefolded."""
    wanted = list(words)
    newest = own.select_related(None).only("locked_key", "locked_title")[:MOST_TITLES]
    fitting = (
        one
        for one in newest.iterator(chunk_size=100)
        if all(word in one.title.casefold() for word in wanted)
    )
    return list(islice(fitting, most))


def _excerpt(conversation: Conversation, words: list[str]) -> str | None:
    """None where a word is missing; empty where the title alone holds them all."""
    try:
        vault = conversation.vault
        texts = [_text(conversation, one, vault) for one in conversation.messages.all()]
        everything = "\n".join([conversation.title, *texts]).casefold()
    except VaultError:
        return None
    if not all(word in everything for word in words):
        return None
    return next(_around(texts, words), "")


def _text(conversation: Conversation, message: Message, vault: Vault) -> str:
    message.conversation = conversation
    return restored(message.text, vault)


def _around(texts: list[str], words: list[str]) -> Iterator[str]:
    for text in texts:
        at = text.casefold().find(words[0])
        if at >= 0:
            start, stop = max(0, at - AROUND), at + len(words[0]) + AROUND
            piece = " ".join(text[start:stop].split())
            before, after = "…" if start else "", "…" if stop < len(text) else ""
            yield f"{before}{piece}{after}"
