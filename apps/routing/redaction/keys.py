"""Private keys, from the line that begins them to the one that ends them, and JSON Web Tokens."""

import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from itertools import chain

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import ALNUM, Scanner
from apps.routing.redaction.shadow import Shadow

_OF = rb"[ A-Z0-9_]{0,60}PRIVATE KEY[ A-Z0-9_]{0,20}-----"
_BEGIN = re.compile(rb"-----BEGIN" + _OF, re.IGNORECASE)
_END = re.compile(rb"-----END" + _OF, re.IGNORECASE)
# Without its end it goes on as long as the text looks like a key: base64, headers, escaped lines.
_BODY = re.compile(rb"(?:[A-Za-z0-9+/=\s\\\"',:.-]|\\n)*+")
_NOT_ALNUM = bytes(set(range(256)) - ALNUM)
_SHORTEST_BODY, _LONGEST_BODY = 48, 100_000
_PUTTY_BEGIN = re.compile(rb"PuTTY-User-Key-File-[0-9]:")
_PUTTY_END = re.compile(rb"Private-MAC: [0-9a-f]{16,128}")
_WEB_KEY = Scanner(r'"d"\s?:\s?"[A-Za-z0-9_\-]{32,1000}"')
_TOKEN = Scanner(
    r"ey[A-Za-z0-9_\-]{14,}\.[A-Za-z0-9_\-]{8,}\.(?:[A-Za-z0-9_\-/+]{8,}={0,2})?"
    r"(?:\.[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-]{8,})?"
)
_TOKEN_IN_BASE64 = Scanner(r"ZXlK[A-Za-z0-9+/_\-]{60,}={0,2}")


def private_keys(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    if b'"kty"' in text:
        yield from _WEB_KEY.spans(text)
    if b"PuTTY-User" in text:
        yield from _between(text, _PUTTY_BEGIN, _PUTTY_END)
    if b"-----" in text:
        yield from _between(text, _BEGIN, _END)


def _between(
    text: bytes, begins: re.Pattern[bytes], ends: re.Pattern[bytes]
) -> Iterator[tuple[int, int]]:
    at, bound = 0, Bound(text)
    while (begin := begins.search(text, at)) is not None:
        start, body = begin.span()
        end = ends.search(text, body, body + _LONGEST_BODY)
        if end is None:
            rest = _BODY.match(text, body, body + _LONGEST_BODY)
            last = at = body if rest is None else rest.end()
        else:
            last, at = end.span()
        bound.spend()
        if len(text[body:last].translate(None, _NOT_ALNUM)) >= _SHORTEST_BODY:
            yield start, at


def web_tokens(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    plain = _TOKEN.spans(text) if b"ey" in text else iter(())
    wrapped = _TOKEN_IN_BASE64.spans(text) if b"ZXlK" in text else iter(())
    bound = Bound(text)
    for start, end in chain(plain, wrapped):
        bound.spend()
        if (start == 0 or text[start - 1] not in ALNUM) and _has_head(text[start:end]):
            yield start, end


def _has_head(token: bytes) -> bool:
    """Its first part is a JSON object that names its algorithm."""
    head = token.partition(b".")[0][:2048]
    if head.startswith(b"ZXlK"):
        head = _decoded(head).partition(b".")[0]
    seen = _decoded(head)
    return seen.startswith(b"{") and (b'"alg' in seen or b'"typ' in seen or b'"kid' in seen)


def _decoded(part: bytes) -> bytes:
    whole = part.rstrip(b"=")
    whole = whole[: len(whole) - (len(whole) % 4 == 1)]
    try:
        return urlsafe_b64decode(whole + b"=" * (-len(whole) % 4))
    except ValueError:
        return b""
