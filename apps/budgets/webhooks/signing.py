"""How a message to a webhook proves that it comes from this house: as Standard Webhooks has it, so
that receivers may check it with a library. Pure."""

import base64
import hashlib
import hmac
import os

PREFIX = "whsec_"


def new_secret() -> str:
    return PREFIX + base64.b64encode(os.urandom(24)).decode()


def signed_headers(secret: str, *, message_id: str, seconds: int, body: bytes) -> dict[str, str]:
    """Over the number of the message, the time it is sent at, and every byte of the body."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = b".".join((message_id.encode(), str(seconds).encode(), body))
    proof = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": f"v1,{proof}",
    }
