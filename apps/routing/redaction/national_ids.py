"""National identity, tax and health numbers. Those whose make-up says what they are stand alone;
a mere row of digits counts beside a word that says so, and with its country's check digits."""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module

import re2

from apps.routing.redaction.bounds import Bound
from apps.routing.redaction.check_digits import may_be_one_of
from apps.routing.redaction.scan import Scanner, before, options, stands_alone, word_end
from apps.routing.redaction.shadow import Shadow

# What it looks like, and which module of python-stdnum knows its check digits: "" for none.
_TELLING = (
    (
        r"[A-Z]{6}[0-9LMNP-V]{2}[A-EHLMPRST][0-9LMNP-V]{2}[A-Z][0-9LMNP-V]{3}[A-Z]",
        "it.codicefiscale",
    ),
    (r"[0-9]{8}[ \-]?[A-HJ-NP-TV-Z]", "es.dni"),
    (r"[XYZ][ \-]?[0-9]{7}[ \-]?[A-HJ-NP-TV-Z]", "es.nie"),
    (r"[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9X]", "cn.ric"),  # it begins like the next, and goes on
    (r"[1-478] ?[0-9]{2} ?[0-9]{2} ?(?:[0-9]{2}|2[AB]) ?[0-9]{3} ?[0-9]{3} ?[0-9]{2}", "fr.nir"),
    (r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]", ""),
    (r"[0-9]{2} ?(?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2} ?[A-Z] ?[0-9]{3}", "germany"),
    (r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}-[0-9]{3}\.[0-9]{2}", "be.nn"),
    (r"(?:19|20)?[0-9]{6}[\-+][0-9]{4}", "se.personnummer"),
    (r"[0-3][0-9][01][0-9]{3}[\-+A-FU-Y][0-9]{3}[0-9A-Y]", "fi.hetu"),
    (r"[0-9]{6} [0-9]{5}", "no.fodselsnummer"),
    (r"756\.?[0-9]{4}\.?[0-9]{4}\.?[0-9]{2}", "ch.ssn"),
    (r"[0-9]{6}/[0-9]{3,4}", "cz.rc"),
    (r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}", "br.cpf"),
    (r"[0-9]{2}-[0-9]{8}-[0-9]", "ar.cuit"),
    (r"[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}-[0-9kK]", "cl.rut"),
    (r"[A-Z]{4}[0-9]{6}[HM][A-Z]{5}[A-Z0-9][0-9]", "mx.curp"),
    (r"[A-Z]{3}[PCHABGJLFT][A-Z][0-9]{4}[A-Z]", "in_.pan"),
    (r"[0-9]{6}-[1-8][0-9]{6}", "kr.rrn"),
    (r"[0-9]{6}-[0-9]{2}-[0-9]{4}", "my.nric"),
    (r"[0-9]-[0-9]{4}-[0-9]{5}-[0-9]{2}-[0-9]", "th.pin"),
    (r"9[0-9]{2}-[5-9][0-9]-[0-9]{4}", "us.itin"),
    (r"[0-9]{3}-[0-9]{7}-[0-9]", "do.cedula"),
)
# By how many signs are left without blanks, dots, dashes and slashes.
_BY_LENGTH = {
    8: ("ie.pps", "cl.rut"),
    9: ("nl.bsn", "il.idnr", "au.tfn", "ca.sin", "nz.ird", "pt.nif", "cl.rut", "ie.pps", "us.itin"),
    10: ("gb.nhs", "at.vnr", "bg.egn", "dk.cpr", "is_.kennitala", "ua.rntrc", "gb.utr", "ec.ci",
         "se.personnummer", "cz.rc", "germany.card"),
    11: ("de.idnr", "pl.pesel", "hr.oib", "gr.amka", "tr.tckimlik", "ee.ik", "lt.asmens", "be.nn",
         "br.cpf", "no.fodselsnummer", "ar.cuit", "do.cedula"),
    12: ("ru.inn", "in_.aadhaar", "pt.cc", "my.nric", "se.personnummer"),
    13: ("ro.cnp", "si.emso", "za.idnr", "th.pin", "kr.rrn", "mx.rfc"),
    16: ("id.nik",),
}  # fmt: skip
_SAYS_ID = Scanner(
    r"steuer|idnr|id-nr|\btin\b|tax[ _-]?(?:id|no|num|file|payer)|identit|identif"
    r"|national[ _-]?(?:id|ins)|social|sozial|insur|versicherung|\bnhs\b|\bnino?\b|\butr\b|\bbsn\b"
    r"|burgerservice|sofi|rijksregister|registre nat|\bpesel\b|\bnip\b|personnummer|personnr"
    r"|\bcpr\b|f[\xf8o]dselsn|svnr|sv-nr|\bahv\b|\bavs\b|\bpps\b|\bcnp\b|\begn\b|\boib\b|\bemso\b"
    r"|\bamka\b|kimlik|isikukood|asmens|kennitala|\bcpf\b|\brut\b|\brun\b|\bcurp\b|\brfc\b|aadhaar"
    r"|\bsin\b|\btfn\b|\bird\b|\binn\b|\bnik\b|\bdni\b|\bnie\b|\bnif\b|\bnss\b|\bnir\b"
    r"|\bc[e\xe9]dula|fiscal|ausweis|carte d.identit|\bid[ -]?(?:card|number|no\b)|teudat|citizen"
    r"|cart\xe3o de cidad|rodn\xe9|personal (?:id|number|code)",
    ignore_case=True,
)
_ROW = Scanner(r"[0-9A-Z](?:[ .\-/]?[0-9A-Z]){7,19}")
_NEAR = 56
_PIECE = re.compile(rb"[0-9A-Z]+")
_DIGITS, _MARKS = b"0123456789", b" .-/+"
_MOST, _TO_JUDGE = 24_000, 2
_TELLINGS = re2.Set.FullMatchSet(options(latin=True))
for _shape, _module in _TELLING:
    _TELLINGS.Add(_shape.encode())
_TELLINGS.Compile()
_ANY = Scanner(rf"\b(?:{'|'.join(f'(?:{shape})' for shape, _module in _TELLING)})")


def national_ids(shadow: Shadow) -> Iterator[tuple[int, int]]:
    if not shadow.has_digit:
        return
    text, last = shadow.bytes, 0
    judged = _Judged(text)
    for start, end in sorted({*_telling(text, judged), *_beside_words(text, judged)}):
        if start >= last:
            yield start, end
            last = end


class _Judged:
    """What was told of one text's values: the same again is not worked out again."""

    def __init__(self, text: bytes) -> None:
        self.bound = Bound(text, _MOST)
        self._alone: dict[bytes, bool] = {}
        self._beside: dict[bytes, bool] = {}

    def stands_alone(self, value: bytes) -> bool:
        known = self._alone.get(value)
        if known is None:
            self.bound.spend(_TO_JUDGE)
            modules = [_TELLING[place][1] for place in _TELLINGS.Match(value) or ()]
            known = self._alone[value] = _is_one_of(modules, value)
        return known

    def is_beside_word(self, value: bytes) -> bool:
        known = self._beside.get(value)
        if known is None:
            self.bound.spend(_TO_JUDGE)
            known = self._beside[value] = _is_one_of(_BY_LENGTH[len(value)], value)
        return known


def _telling(text: bytes, judged: _Judged) -> Iterator[tuple[int, int]]:
    at = 0
    while (hit := _ANY.next(text, at)) is not None:
        judged.bound.spend()
        start, end = hit
        at = word_end(text, start)
        if (
            stands_alone(text, start, end)
            and not _is_middle(text, start, end)
            and judged.stands_alone(text[start:end])
        ):
            yield start, end
            at = end


def _beside_words(text: bytes, judged: _Judged) -> Iterator[tuple[int, int]]:
    for _cue, end in _SAYS_ID.spans(text):
        judged.bound.spend(_TO_JUDGE)
        near = text[end : end + _NEAR]
        for start, to in _ROW.spans(near):
            judged.bound.spend(_TO_JUDGE)
            found = _valid_part(near, start, to, judged)
            if found is not None:
                yield end + found[0], end + found[1]
                break


def _valid_part(near: bytes, start: int, end: int, judged: _Judged) -> tuple[int, int] | None:
    """The row or, when words in capitals run into it, the longest part of it that is an id."""
    pieces = [hit.span() for hit in _PIECE.finditer(near, start, end)]
    for place, (first, _end) in enumerate(pieces):
        for after in range(len(pieces), place, -1):
            value = b"".join([near[one:to] for one, to in pieces[place:after]])
            if len(value) < 8 or len(value.translate(None, _DIGITS)) > len(value) - 7:
                break
            last = pieces[after - 1][1]
            if (
                len(value) in _BY_LENGTH
                and stands_alone(near, first, last)
                and judged.is_beside_word(value)
            ):
                return first, last
    return None


def _is_middle(text: bytes, start: int, end: int) -> bool:
    around = before(text, start, 2), text[end : end + 2]
    return (around[0][-1:] in (b"-", b".", b"/", b"_") and around[0][:1].isalnum()) or (
        around[1][:1] in (b"-", b".", b"/", b"_") and around[1][1:].isalnum()
    )


def _is_one_of(modules: Iterable[str], value: bytes) -> bool:
    seen = value.decode("latin-1")
    bare = value.translate(None, _MARKS).decode("latin-1")
    return any(not module or _is_valid(module, seen) for module in may_be_one_of(modules, bare))


def _is_valid(module: str, value: str) -> bool:
    try:
        return _validator(module)(value)
    except LookupError:  # python-stdnum stumbles over counties it has no name for
        return True


@cache
def _validator(module: str) -> Callable[[str], bool]:
    ours = {"germany": _is_german_pension, "germany.card": _is_german_card}
    if module in ours:
        return ours[module]
    found: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return found


def _is_german_pension(value: str) -> bool:
    """A letter counts as its two-digit place in the alphabet; weights as the pension office's."""
    seen = value.replace(" ", "")
    digits = f"{seen[:8]}{ord(seen[8]) - 64:02}{seen[9:11]}"
    sums = (
        int(one) * weight
        for one, weight in zip(digits, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    )
    return sum(part // 10 + part % 10 for part in sums) % 10 == int(seen[11])


def _is_german_card(value: str) -> bool:
    """Nine signs and their check digit, weighted 7, 3, 1."""
    if not value[-1].isdigit():
        return False
    total = sum(int(one, 36) * weight for one, weight in zip(value, (7, 3, 1) * 3, strict=False))
    return total % 10 == int(value[-1])
