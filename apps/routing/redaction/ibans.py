"""IBANs: a country's own length and make-up, and ISO 7064's check digits."""

import re
from collections.abc import Iterator
from functools import cache

from stdnum import numdb

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.scan import Scanner, stands_alone
from apps.routing.redaction.shadow import Shadow

_BETWEEN = rb"[ \t\r\n\-.]{0,2}"
_NO_SIGN = b" \t\r\n-."
_PART = re.compile(r"([0-9]+)!([nac])")
_VALUES = {sign: str(int(sign, 36)) for sign in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
_KINDS = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}


def ibans(shadow: Shadow) -> list[tuple[int, int]]:
    """Kept beside the shadow: who looks for other numbers passes over these."""
    kept: list[tuple[int, int]] | None = shadow.__dict__.get("ibans")
    if kept is None:
        kept = shadow.__dict__["ibans"] = list(_find(shadow)) if shadow.has_digit else []
    return kept


def _find(shadow: Shadow) -> Iterator[tuple[int, int]]:
    text, at = shadow.bytes, 0
    bound, starts = Bound(text), _starts()
    while (hit := starts.next(text, at)) is not None:
        start = hit[0]
        bound.spend()
        end = _end(text, start, *_country(text[start : start + 2].upper()))
        if end is not None:
            yield start, end
        at = start + 4 if end is None else end


def _end(
    text: bytes, start: int, spelled: re.Pattern[bytes], made: re.Pattern[bytes]
) -> int | None:
    hit = spelled.match(text, start)
    if hit is None or not stands_alone(text, start, hit.end()):
        return None
    sign = hit[0].translate(None, _NO_SIGN).upper()
    return hit.end() if made.fullmatch(sign) is not None and _checks(sign.decode("ascii")) else None


def _checks(sign: str) -> bool:
    """ISO 7064's mod 97, 10, letters read as numbers from 10 on."""
    return int("".join([_VALUES[one] for one in sign[4:] + sign[:4]])) % 97 == 1


@cache
def _starts() -> Scanner:
    """A country that has IBANs, check digits, and as many signs as the shortest has."""
    countries = "|".join(letters for _length, letters, *_rest in numdb.get("iban").prefixes)
    return Scanner(
        rf"\b(?:{countries})[0-9]{{2}}(?:[ \t\r\n\-.]{{0,2}}[A-Z0-9]){{11}}", ignore_case=True
    )


@cache
def _country(letters: bytes) -> tuple[re.Pattern[bytes], re.Pattern[bytes]]:
    """How its IBANs may be spaced, and what they are made of."""
    pieces = _make_up(letters.decode("ascii"))
    length = sum(int(count) for count, _kind in pieces)
    spelled = rb"[A-Za-z]{2}[0-9]{2}(?:%b[A-Za-z0-9]){%d}" % (_BETWEEN, length)
    made = "".join(f"{_KINDS[kind]}{{{count}}}" for count, kind in pieces)
    return re.compile(spelled), re.compile(f"[A-Z]{{2}}[0-9]{{2}}{made}".encode())


def _make_up(country: str) -> list[tuple[str, str]]:
    """How many signs of which kinds stand behind the check digits; nothing where there are none."""
    parts: list[tuple[str, dict[str, str]]] = numdb.get("iban").info(country)
    return _PART.findall(parts[0][1].get("bban", "")) if parts else []
