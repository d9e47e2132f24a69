"""The shape of our API keys: prefix, 32 random base62 characters, a 6-character checksum, so that
a scanner, and we, can tell a mistyped key without asking anybody."""

import re
import secrets
import zlib

PREFIX = "gate_live_"
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
SHAPE = re.compile(r"gate_live_[0-9A-Za-z]{38}")


def mint() -> str:
    body = "".join(secrets.choice(ALPHABET) for _ in range(32))
    return f"{PREFIX}{body}{_checksum(body)}"


def is_well_formed(key: str) -> bool:
    if not SHAPE.fullmatch(key):
        return False
    body, check = key[len(PREFIX) : -6], key[-6:]
    return secrets.compare_digest(_checksum(body), check)


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(6):
        number, place = divmod(number, 62)
        digits = ALPHABET[place] + digits
    return digits
