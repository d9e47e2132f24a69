"""The key of one conversation: random, kept locked with the house's own, and gone with its row.
Nothing here writes a word in the clear."""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from apps.core.vault import VaultError


class ThreadKey:
    """Locks and opens texts of one conversation; `what` says which kind a text is."""

    def __init__(self, key: bytes) -> None:
        self._box = AESGCM(key)
        self._key = key

    @classmethod
    def new(cls) -> "ThreadKey":
        return cls(AESGCM.generate_key(256))

    @classmethod
    def opened(cls, locked: str, conversation_id: int) -> "ThreadKey":
        """Raises VaultError when the house's secrets do not open it."""
        plain = settings.HOUSE_SECRETS.decrypt(locked, _row(conversation_id))
        return cls(base64.b64decode(plain))

    def locked(self, conversation_id: int) -> str:
        plain = base64.b64encode(self._key).decode()
        locked: str = settings.HOUSE_SECRETS.encrypt(plain, _row(conversation_id))
        return locked

    def lock(self, text: str, what: str) -> str:
        return base64.b64encode(self.lock_bytes(text.encode("utf-8", "replace"), what)).decode()

    def lock_bytes(self, data: bytes, what: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._box.encrypt(nonce, data, what.encode())

    def open(self, locked: str, what: str) -> str:
        """Raises VaultError when the text was changed or belongs elsewhere."""
        if not locked:
            return ""
        try:
            return self.open_bytes(base64.b64decode(locked, validate=True), what).decode()
        except ValueError as problem:
            raise VaultError("A stored message does not open with its key.") from problem

    def open_bytes(self, locked: bytes, what: str) -> bytes:
        try:
            return self._box.decrypt(locked[:12], locked[12:], what.encode())
        except (ValueError, InvalidTag) as problem:
            raise VaultError("A stored message does not open with its key.") from problem


def _row(conversation_id: int) -> str:
    return f"chat_conversation:{conversation_id}"
