"""What may be sent along with a message: pictures by their first bytes, and text that reads as
text. Names and types a browser claims count for nothing."""

import codecs
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile

MB = 1024 * 1024
MOST_FILES = 6
LARGEST_PICTURE, LARGEST_TEXT = 5 * MB, 200_000
LARGEST_MESSAGE, LARGEST_THREAD = 12 * MB, 24 * MB
LONGEST_NAME = 80
TEXT = "text/plain"
PICTURES = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
RIFF, WEBP = b"RIFF", b"WEBP"
KINDS = [*PICTURES, "image/webp"]
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True)
class File:
    """A file that may be sent: its own type, as its bytes tell."""

    name: str
    media_type: str
    data: bytes

    @property
    def is_picture(self) -> bool:
        return self.media_type != TEXT


class WrongFile(Exception):
    """The text is for the person who chose it."""


def checked(uploads: "Sequence[UploadedFile[bytes]]", *, kept: int = 0) -> list[File]:
    """`kept` files come along from an earlier version of the message."""
    if len(uploads) + kept > MOST_FILES:
        raise WrongFile(f"A message takes {MOST_FILES} files. Send the others with the next one.")
    if sum(one.size or 0 for one in uploads) > LARGEST_MESSAGE:
        raise WrongFile(
            f"These files are larger than {shown_size(LARGEST_MESSAGE)} together. "
            "Send them with several messages."
        )
    return [_checked(one) for one in uploads]


def picture_type(data: bytes) -> str:
    for media_type, starts in PICTURES.items():
        if data.startswith(starts):
            return media_type
    return "image/webp" if data[:4] == RIFF and data[8:12] == WEBP else ""


def read_text(data: bytes) -> str | None:
    """None where it is no text: what a model would be sent must be what the person sees."""
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text.replace("\r\n", "\n")


def shown_size(size: int) -> str:
    if size >= MB:
        return f"{size / MB:.1f}".removesuffix(".0") + " MB"
    return f"{max(1, round(size / 1000))} kB"


def _checked(upload: "UploadedFile[bytes]") -> File:
    name, size = _name(upload.name or ""), upload.size or 0
    if not size:
        raise WrongFile(f"{name} is empty.")
    if size > LARGEST_PICTURE:
        raise WrongFile(
            f"{name} has {shown_size(size)}, and {shown_size(LARGEST_PICTURE)} is the most. "
            "Make it smaller, then add it again."
        )
    data = upload.read()
    if media_type := picture_type(data):
        return File(name, media_type, data)
    text = read_text(data)
    if text is None:
        raise WrongFile(
            f"{name} is neither a picture (PNG, JPEG, GIF or WebP) nor plain text. "
            "Save it as one of these, or copy its words into the message."
        )
    if len(data) > LARGEST_TEXT:
        raise WrongFile(
            f"{name} has {shown_size(size)} of text, and {shown_size(LARGEST_TEXT)} is the most. "
            "Send the part that matters."
        )
    return File(name, TEXT, text.encode())


def _name(given: str) -> str:
    """The last part of a path, in one printable line."""
    last = given.replace("\\", "/").rpartition("/")[2]
    clean = "".join(one for one in last if unicodedata.category(one)[0] not in "CZ" or one == " ")
    return clean.strip()[-LONGEST_NAME:].strip() or "file"
