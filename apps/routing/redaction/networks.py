"""IP addresses, and URLs that carry a name and a password."""

import socket
from collections.abc import Iterator
from heapq import merge

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import ALNUM, Scanner, before, stands_alone
from apps.routing.redaction.shadow import Shadow, fold

_FOUR = Scanner(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3,}")
_HEX = r"[0-9A-Fa-f]{1,4}"
_TAIL = r"(?:[0-9]{1,3}(?:\.[0-9]{1,3}){3})"
_SHORT_SIX = Scanner(rf"(?:{_HEX}(?::{_HEX}){{0,6}})?::(?:(?:{_HEX}:){{0,6}}(?:{_TAIL}|{_HEX}))?")
_FULL_SIX = Scanner(rf"{_HEX}(?::{_HEX}){{7,}}|{_HEX}(?::{_HEX}){{5}}:{_TAIL}")
_BYTES = Scanner(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){7}")  # a hardware address of eight bytes
_NUMBERED = Scanner(
    r"(?:version|ver\.?|release|build|firmware|upgrade|patch|section|chapter|clause|kapitel"
    r"|abschnitt|art(?:icle|\.)|==|>=|<=|~=|~|\^|@|\xa7)[ \t]*(?:to|nr\.?|no\.?|is)?[ \t:=]*$",
    ignore_case=True,
)
_NEAR, _LONGEST_FOUR, _LONGEST_SIX = 24, 15, 45
_MOST, _MOST_LOGINS = 16_000, 8_000
# They name no one: nothing, everyone, this machine, masks.
_NOBODYS = frozenset({b"0.0.0.0", b"127.0.0.1", b"255.255.255.255"})
_LOGIN = Scanner(
    r"[A-Za-z][A-Za-z0-9+.\-]{1,30}://([^\s/?#@:\"'<>`]{0,256}:[^\s/?#\"'<>`]{1,256}@"
    r"[A-Za-z0-9\xc0-\xff_.\-\[\]:]{1,253})"
)
_NO_PASSWORD = Scanner(
    r"(?:[$%{(\[*].*|x+|\.+|pass(?:word|wd)?|pwd|your.*|my.?pass.*|changeme|secret)",
    ignore_case=True,
)


def ips(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text = shadow.bytes
    bound = Bound(text, _MOST)
    found = _sixes(text, bound) if text.count(b":") > 1 else iter(())
    last = 0
    for start, end in merge(found, _fours(text, bound)):
        if start >= last:
            yield start, end
            last = end


def logins(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    if b"://" not in text or b"@" not in text:
        return
    bound = Bound(text, _MOST_LOGINS)
    for start, end in _LOGIN.groups(text):
        bound.spend()
        at = text.rfind(b"@", start, end)
        password = text.index(b":", start) + 1
        if not _NO_PASSWORD.fills(text[password:at]):
            yield start, end


def same_ip(value: str) -> str:
    """The shortest spelling of IPv6; of IPv4 the numbers alone."""
    seen = fold(value).lower()
    if ":" in seen:
        return socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, seen))
    return ".".join(str(int(part)) for part in seen.split("."))


def _fours(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    if text.count(b".") < 3:
        return
    for start, end in _FOUR.spans(text):
        bound.spend()
        value = text[start:end]
        if (
            end - start <= _LONGEST_FOUR
            and value.count(b".") == 3
            and stands_alone(text, start, end)
            and not _goes_on(text, start, end)
            and max(map(int, value.split(b"."))) <= 255
            and value not in _NOBODYS
            and not value.startswith(b"255.255.")
            and not _NUMBERED.meets(before(text, start, _NEAR))
        ):
            yield start, end


def _goes_on(text: bytes, start: int, end: int) -> bool:
    """Is it a piece of something longer: 1.2.3.4.5, lib-1.2.3.4, Lib/1.2.3.4, 1.2.3.4-beta?"""
    last, after = before(text, start, 3), text[end : end + 2]
    if last.endswith((b".", b"_")) or (last[-1:] == b"/" and last[-2:-1].isalpha()):
        return True
    if last[-1:] == b"-" and last[-2:-1].isalpha() and last.lower() != b"ip-":
        return True
    if after[:1] == b"." and after[1:].isdigit():
        return True
    return after[:1] == b"_" or (after[:1] == b"-" and after[1:].isalpha())


def _sixes(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    scanners = [_SHORT_SIX] if b"::" in text else []
    scanners += [_FULL_SIX] if text.count(b":") > 5 else []
    for start, end in merge(*(scanner.spans(text) for scanner in scanners)):
        bound.spend()
        value = text[start:end]
        if (
            end - start <= _LONGEST_SIX
            and stands_alone(text, start, end)
            and text[start - 1 : start] != b":"
            and text[end : end + 1] != b":"
            and (b"::" not in value or _says_enough(value))
            and not _BYTES.fills(value)
            and _is_six(value)
        ):
            yield start, end


def _says_enough(value: bytes) -> bool:
    """`a::b` is code more often than an address."""
    return sum(one in ALNUM for one in value) > 4 and any(one in b"0123456789" for one in value)


def _is_six(value: bytes) -> bool:
    try:
        socket.inet_pton(socket.AF_INET6, value.decode("ascii"))
    except OSError:
        return False
    return True
