"""E-mail addresses. What is spelled out for people, “name (at) example (dot) com”, is not found."""

from collections.abc import Iterator

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import Scanner
from apps.routing.redaction.shadow import Shadow, fold

_LETTERS = r"A-Za-z\xc0-\xfe"
_LOCAL = (
    rf"(?:[{_LETTERS}0-9_][{_LETTERS}0-9._%+&'~\-]{{0,63}}"  # Latin letters,
    r"|\xff[\xff0-9._\-]{0,63}"  # those of another script,
    r'|"[^"@\r\n]{1,62}")'  # or quoted
)
_TOP = r"(?:[xX][nN]--[A-Za-z0-9\-]{2,58}|[A-Za-z]{2,24}|[\xc0-\xff]{2,24})"
_EMAIL = Scanner(
    rf"{_LOCAL}(?:@|%40)(?:(?:[{_LETTERS}\xff0-9\-]{{1,63}}\.){{1,8}}{_TOP}"
    r"|\[(?:[0-9]{1,3}\.){3}[0-9]{1,3}\])"
)
_PICTURE = Scanner(r"(?:@|%40)[1-4](?:\.[0-9])?x\.")  # logo@2x.png
_NOBODY = (b"git@",)
_MOST = 16_000


def emails(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    if b"@" not in text and b"%40" not in text:
        return
    bound = Bound(text, _MOST)
    for start, end in _EMAIL.spans(text):
        bound.spend()
        if not text.startswith(_NOBODY, start) and not _is_picture(text[start:end]):
            yield start, end


def _is_picture(found: bytes) -> bool:
    return b"x." in found and _PICTURE.meets(found)


def same_email(value: str) -> str:
    """A domain is one in any case; what stands before it is its own server's business."""
    local, _, domain = fold(value).replace("%40", "@").rpartition("@")
    return f"{local}@{domain.lower()}"
