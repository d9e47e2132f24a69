"""A file that stands in its own page until the question about its columns is answered, so that
nothing of it is stored and nobody chooses it twice. Pure."""

import base64
import binascii
import zlib

MOST_CARRIED = 2_000_000  # letters; Django reads 2.5 MB of a form's fields
MOST_BYTES = 16 * 1024 * 1024


def packed(data: bytes) -> str:
    """Nothing where it is too large to travel with a page."""
    text = base64.b64encode(zlib.compress(data, 6)).decode()
    return text if len(text) <= MOST_CARRIED else ""


def unpacked(text: str) -> bytes | None:
    """None for what this page did not make."""
    if not text or len(text) > MOST_CARRIED:
        return None
    try:
        packed_bytes = base64.b64decode(text, validate=True)
        opened = zlib.decompressobj()
        data = opened.decompress(packed_bytes, MOST_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return None
    return data if opened.eof else None
