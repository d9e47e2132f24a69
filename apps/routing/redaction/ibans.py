"""IBANs: a country's own length and make-up, and ISO 7064's check digits."""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import numdb
from stdnum.iso7064 import mod_97_10

from apps.routing.redaction.scan import Scanner, stands_alone
from apps.routing.redaction.shadow import Shadow

_START = Scanner(r"\b[A-Za-z]{2}[0-9]{2}[ \t\-.]{0,2}[A-Za-z0-9]")
_BETWEEN = rb"[ \t\r\n\-.]{0,2}"
_NO_SIGN = b" \t\r\n-."
_PART = re.compile(r"([0-9]+)!([nac])")
_KINDS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def ibans(shadow: Shadow) -> list[tuple[int, int]]:
    """Kept beside the shadow: who looks for other numbers passes over these."""
    kept: list[tuple[int, int]] | None = shadow.__dict__.get("ibans")
    if kept is None:
        kept = shadow.__dict__["ibans"] = list(_find(shadow)) if shadow.has_digit else []
    return kept


def _find(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text, at = shadow.bytes, 0
    while (hit := _START.next(text, at)) is not None:
        start = hit[0]
        end = _end(text, start)
        if end is not None:
            yield start, end
        at = start + 4 if end is None else end


def _end(text: bytes, start: int) -> int | None:
    country = _country(text[start : start + 2].decode("ascii").upper())
    if country is None:
        return None
    spelled, made = country
    hit = spelled.match(text, start)
    if hit is None or not stands_alone(text, start, hit.end()):
        return None
    sign = hit.group().translate(None, _NO_SIGN).upper()
    if made.fullmatch(sign) is None:
        return None
    turned = (sign[4:] + sign[:4]).decode("ascii")
    return hit.end() if mod_97_10.is_valid(turned) else None


@cache
def _country(letters: str) -> tuple[re.Pattern[bytes], re.Pattern[bytes]] | None:
    """How its IBANs may be spaced, and what they are made of."""
    parts: list[tuple[str, dict[str, str]]] = numdb.get("iban").info(letters)
    made_up = parts[0][1].get("bban", "") if parts else ""
    pieces = _PART.findall(made_up)
    if not pieces:
        return None
    length = sum(int(count) for count, _kind in pieces)
    spelled = rb"[A-Za-z]{2}[0-9]{2}(?:%b[A-Za-z0-9]){%d}" % (_BETWEEN, length)
    made = "".join(f"{_KINDS[kind]}{{{count}}}" for count, kind in pieces)
    return re.compile(spelled), re.compile(f"[A-Z]{{2}}[0-9]{{2}}{made}".encode())
