"""Passwords, keys and tokens: those that say what they are, and those that stand behind a name
which does, `api_key = "…"`, and look like nothing but chance."""

import re
from collections.abc import Iterator
from math import log2

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import ALNUM, FRESH, Scanner, before, word_end
from apps.routing.redaction.secret_formats import FORMATS, SERVICES
from apps.routing.redaction.shadow import Shadow

_ANY_FORMAT = f"(?:{'|'.join(f'(?:{one})' for one in FORMATS)})"
_FORMAT, _FRESH_FORMAT = (
    Scanner(pattern, memory=64 << 20) for pattern in (_ANY_FORMAT, FRESH + _ANY_FORMAT)
)
_CUES = (
    r"key|token|secret|passw|passphrase|pwd|auth|credential|bearer|creds|kennwort|\bpat\b|"
    + "|".join(sorted(SERVICES))
)
_SAYS_SECRET = Scanner(
    rf"{_CUES}|pass(?:word|wort|code)? is|mot de passe|contrase\xf1a|wachtwoord|pin code",
    ignore_case=True,
)
_NAMED = Scanner(
    rf"(?:{_CUES})[A-Z0-9_.\-]{{0,40}}[\"'`\])]{{0,3}}(?:[ \t]*:?[ \t]*\bstr(?:ing)?)?[ \t]{{0,8}}"
    r"(?::{1,3}=|=>|\?=|\|{1,2}=?|\.=|[=:]=?|>|,|<-|value[ \t]?=)[ \t]{0,8}"
    r"(?:[BRUF]?[\"'`]{1,3}|\\\")?"
    r"(?:Bearer |Token |Basic )?",
    ignore_case=True,
)
_SERVICE = Scanner("|".join(sorted(service for service in SERVICES if len(service) > 5)))
_VALUE = re.compile(rb"[^\s\"'`,;<>(){}\[\]|\\\x00]{6,256}+")
_HAS_BOTH = re.compile(rb"(?=[^0-9]*+[0-9])[^A-Za-z]*+[A-Za-z]")
_IN_NAMES, _LONGEST_NAME = bytes(sorted(ALNUM)) + b"_.-", 64
_REST_OF_NAME = re.compile(rb"[A-Za-z0-9_.\-]{0,64}+")
_IS = r"(?: is| ist| est| es| lautet| ?:| =)[ :]{1,2}[\"'`]?"
_SAID_PASSWORD = Scanner(
    r"(?:pass(?:word|wort|phrase|code)?|kennwort|mot de passe|contrase\xf1a|pin code|wachtwoord)"
    + _IS,
    ignore_case=True,
)
_SAID_KEY = Scanner(
    r"(?:api[ _\-]?key|(?:access|secret|auth)[ _\-]?(?:key|token)|secret|token)" + _IS,
    ignore_case=True,
)
_HEADER = Scanner(r"(?:Bearer|[Tt]oken|Basic|ApiKey|Api-Key) ")
_CURL = Scanner(r"""curl\b[^\n]{0,400}?\s(?:-u|--user)[ =]?["']?[^\s:"'$<{]{0,64}:""")
# What a Kubernetes secret holds, line by line, in base64.
_KEPT = Scanner(
    r"(?m)^[ \t]+[A-Za-z0-9_.\-]{1,80}:[ \t]+[\"']?([A-Za-z0-9+/]{8,900}={0,2})[\"']?[ \t]*$"
)
_IS_KEPT = re.compile(rb"kind:[ \t]*[\"']?Secret\b")
_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_PASSWORDS = frozenset(
    {"password", "passwd", "passwort", "pwd", "passphrase", "pass", "kennwort", "passcode", "pw"}
)
_SECRETS = _PASSWORDS | {
    *(
        "secret",
        "secrets",
        "token",
        "apikey",
        "credential",
        "credentials",
        "auth",
        "bearer",
        "creds",
    ),
    *("authorization", "authtoken", "accesskey", "secretkey", "privatekey", "accesstoken", "pat"),
}
_BEFORE_KEY_WORDS = """
    api access secret private auth app application encryption encrypt signing sign service
    master license client account consumer storage shared sas admin write read deploy
    webhook integration rest user bot server session security jwt hmac aes cipher root
    ingest subscription registration
"""
_BEFORE_KEY = frozenset(_BEFORE_KEY_WORDS.split())
_NOT_SECRET_WORDS = """
    public pub publishable primary foreign cache sort partition id ids name type file
    filename path dir url uri endpoint length len size count max min limit expires expiry
    expiration ttl hint field label column index hash checksum sha sha1 sha256 md5 digest
    fingerprint thumbprint idempotency etag version example dummy placeholder object
    keyboard regex pattern format prefix suffix test_id arn template policy reset usage
    budget tokens commit revision rev integrity color colour author
"""
_NOT_SECRET = frozenset(_NOT_SECRET_WORDS.split())
_STAND_IN = re.compile(
    r"example|sample|placeholder|your[_-]?|changeme|change[_-]me|redacted|dummy|fake|insert"
    r"|x{4,}|\*{3,}|\.{3,}|replace|<|\$\{|\{\{|0{8,}|abcdef0123|0123456789",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(r"[-_./:@+=&?%]")
_WORD = re.compile(r"[A-Za-z]*[0-9]{0,3}|[0-9]{1,8}")
_CALLED = re.compile(r"[A-Za-z_$][\w$]*(?:(?:\.|->|::)[A-Za-z_$][\w$]*)+")
_SHORTEST = {"login": 5, "password": 8, "secret": 14, "key": 20}
_SAME_SIX = re.compile(r"(.)\1{5}", re.DOTALL)
_MOST, _TO_JUDGE = 24_000, 3  # most names are passed over quickly, a value takes longer
_LEAST = {"login": 2.0, "password": 2.5, "secret": 2.8, "key": 3.3}  # bits a character


def secrets(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text = shadow.bytes
    bound = Bound(text, _MOST)
    found = list(_told(text, bound))
    if _SAYS_SECRET.meets(text):
        found += _named(text, bound)
    if b"curl" in text:
        found += _behind(_CURL, text, "login", bound)
    if b"Secret" in text and _IS_KEPT.search(text):
        found += (span for span in _kept(text, bound) if (span[1] - span[0]) % 4 == 0)
    last = 0
    for start, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if start >= last:
            yield start, end
            last = end


def _told(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    at = 0
    while (hit := _FRESH_FORMAT.next(text, at)) is not None:
        bound.spend(_TO_JUDGE)
        start, end = _without_what_is_before(text, hit[0])
        at = end if _ends(text, end) else word_end(text, end)
        if at == end and not _is_stand_in(text[start:end].decode("latin-1"), 2.6):
            yield start, end


def _without_what_is_before(text: bytes, hit: int) -> tuple[int, int]:
    """It begins right here, behind a sign, or behind a written \\n."""
    for start in (0, 1, 2) if hit == 0 else (1, 2):
        end = _FORMAT.at(text, hit + start)
        if end is not None:
            return hit + start, end
    raise AssertionError("what begins fresh begins somewhere")


def _kept(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    for span in _KEPT.groups(text):
        bound.spend()
        yield span


def _named(text: bytes, bound: Bound) -> Iterator[tuple[int, int]]:
    kinds: dict[str, str | None] = {}
    for start, end in _NAMED.spans(text):
        bound.spend()
        value = _value(text, end)
        if value is not None:
            bound.spend(_TO_JUDGE)
            name = _name(text, start)
            if name not in kinds:
                kinds[name] = _kind(name)
            kind = kinds[name]
            found = None if kind is None else _secret_in(text, value, kind)
            if found is not None:
                yield found
    yield from _behind(_SAID_PASSWORD, text, "password", bound)
    yield from _behind(_SAID_KEY, text, "secret", bound)
    yield from _behind(_HEADER, text, "secret", bound)


def _value(text: bytes, start: int) -> tuple[int, int] | None:
    """What stands right here, if it has letters and digits at all."""
    value = _VALUE.match(text, start)
    return value.span() if value is not None and _HAS_BOTH.match(value.group()) else None


def _behind(scanner: Scanner, text: bytes, kind: str, bound: Bound) -> Iterator[tuple[int, int]]:
    for _start, end in scanner.spans(text):
        bound.spend()
        value = _value(text, end)
        if value is not None:
            bound.spend(_TO_JUDGE)
            found = _secret_in(text, value, kind)
            if found is not None:
                yield found


def _name(text: bytes, cue: int) -> str:
    """The whole name the cue stands in."""
    near = before(text, cue, _LONGEST_NAME)
    start = cue - len(near) + len(near.rstrip(_IN_NAMES))
    rest = _REST_OF_NAME.match(text, cue)
    assert rest is not None
    return text[start : rest.end()].decode("latin-1")


def _kind(name: str) -> str | None:
    """What a name promises: a password, a secret, a mere key, or nothing."""
    parts = [part.lower() for part in _PART.findall(name)]
    of_service = not SERVICES.isdisjoint(parts) or _SERVICE.meets("".join(parts).encode("latin-1"))
    if not _NOT_SECRET.isdisjoint(parts[:-1] if of_service else parts):
        return "password" if parts[-1:] and parts[-1] in _PASSWORDS else None
    if not _PASSWORDS.isdisjoint(parts):
        return "password"
    if of_service or not _SECRETS.isdisjoint(parts):
        return "secret"
    pairs = zip(parts, parts[1:], strict=False)
    if any(after in ("key", "keys") and one in _BEFORE_KEY for one, after in pairs):
        return "secret"
    return "key" if parts == ["key"] else None


def _secret_in(text: bytes, span: tuple[int, int], kind: str) -> tuple[int, int] | None:
    start, end = span
    value = text[start:end].decode("latin-1").rstrip(".:!?")
    end = start + len(value)
    if len(value) < _SHORTEST[kind] or _CALLED.fullmatch(value) or value[0] in "$%@/~":
        return None
    if "://" in value or _is_stand_in(value, _LEAST[kind]):
        return None
    if kind in ("secret", "key") and _is_made_of_words(value):
        return None
    return start, end


def _is_stand_in(value: str, least: float) -> bool:
    """`AKIA…EXAMPLE`, `xxxx`, too regular to be chance."""
    if len(set(value)) < 2**least or _SAME_SIX.search(value) or _STAND_IN.search(value):
        return True
    return entropy(value) < least


def _is_made_of_words(value: str) -> bool:
    """`my-service-account-2024`"""
    return all(_WORD.fullmatch(part) for part in _SEPARATOR.split(value))


def entropy(value: str) -> float:
    """Shannon's, in bits a character."""
    shares = [value.count(sign) / len(value) for sign in dict.fromkeys(value)]
    return -sum(share * log2(share) for share in shares)


def _ends(text: bytes, end: int) -> bool:
    return end == len(text) or text[end] not in ALNUM
