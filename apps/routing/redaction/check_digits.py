"""What a national number must fulfil to be one, told quickly: nearly all that only look like one
fail here, and python-stdnum, which knows the rest of the rules, is asked about the others alone."""

from collections.abc import Callable, Iterable
from importlib import import_module
from operator import mul

_Digits = tuple[int, ...]
_Check = Callable[[_Digits], bool]


def may_be_one_of(modules: Iterable[str], value: str) -> list[str]:
    """`value` without blanks and marks. What is left out is none for sure."""
    digits = tuple(map(int, value)) if value.isdigit() else None
    return [module for module in modules if _may_be(module, value, digits)]


def _may_be(module: str, value: str, digits: _Digits | None) -> bool:
    check = _CHECKS.get(module)
    if check is None:
        return True
    if digits is not None:
        return check(digits)
    return module in _WITH_LETTERS and (module != "es.dni" or _is_spanish(value))


def _weighed(weights: _Digits, digits: _Digits) -> int:
    total: int = sum(map(mul, weights, digits))
    return total


def _luhn(digits: _Digits) -> bool:
    doubled = sum([2 * one - 9 * (one > 4) for one in digits[-2::-2]])
    return (sum(digits[-1::-2]) + doubled) % 10 == 0


def _sums_to(weights: _Digits, modulus: int) -> _Check:
    """The check digit is weighted as well, and all together are nothing."""
    return lambda digits: _weighed(weights, digits) % modulus == 0


def _told_by(weights: _Digits, check: Callable[[int], int], at: int = -1) -> _Check:
    """The digit `at` that place follows from the weighted others."""
    return lambda digits: check(_weighed(weights, digits)) == digits[at]


def _number(digits: _Digits) -> int:
    return int("".join(map(str, digits)))


def _has_date(day: int, month: int) -> _Check:
    """Where day and month stand, of those who add forty for women."""
    return lambda digits: (
        1 <= (digits[day] * 10 + digits[day + 1]) % 40 <= 31
        and 1 <= digits[month] * 10 + digits[month + 1] <= 12
    )


def _mod_11_10(digits: _Digits) -> bool:
    check = 5
    for one in digits[:-1]:
        check = (((check or 10) * 2) % 11 + one) % 10
    return ((check or 10) * 2 % 11 + digits[-1]) % 10 == 1


def _is_chilean(digits: _Digits) -> bool:
    weights = (8, 9, 4, 5, 6, 7, 8, 9)[-(len(digits) - 1) :]
    return _weighed(weights, digits) % 11 == digits[-1]


def _is_baltic(digits: _Digits) -> bool:
    check = _weighed((1, 2, 3, 4, 5, 6, 7, 8, 9, 1), digits) % 11
    if check == 10:
        check = _weighed((3, 4, 5, 6, 7, 8, 9, 1, 2, 3), digits) % 11
    return check % 10 == digits[-1]


def _is_belgian(digits: _Digits) -> bool:
    body, check = _number(digits[:9]), digits[9] * 10 + digits[10]
    return check in (97 - body % 97, 97 - (2_000_000_000 + body) % 97)


def _is_german(digits: _Digits) -> bool:
    return digits[0] != 0 and len(set(digits[:10])) in (8, 9) and _mod_11_10(digits)


def _is_dominican(digits: _Digits) -> bool:
    if _luhn(digits):
        return True
    known: set[str] = import_module("stdnum.do.cedula").whitelist
    return "".join(map(str, digits)) in known


def _is_ecuadorian(digits: _Digits) -> bool:
    province = digits[0] * 10 + digits[1]
    return (province <= 24 or province in (30, 50)) and _luhn(digits)


def _is_spanish(value: str) -> bool:
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(value[:-1]) % 23] == value[-1]


def _is_czech(digits: _Digits) -> bool:
    return len(digits) < 10 or _number(digits[:9]) % 11 % 10 == digits[9]


# By the module of python-stdnum that has the last word.
_CHECKS: dict[str, _Check] = {
    "nl.bsn": _sums_to((9, 8, 7, 6, 5, 4, 3, 2, -1), 11),
    "il.idnr": _luhn,
    "au.tfn": _sums_to((1, 4, 3, 7, 5, 8, 6, 9, 10), 11),
    "ca.sin": _luhn,
    "nz.ird": lambda digits: _number(digits) < 150_000_000,
    "pt.nif": _told_by((9, 8, 7, 6, 5, 4, 3, 2), lambda total: -total % 11 % 10),
    "cl.rut": _is_chilean,
    "ie.pps": lambda _digits: False,  # it has a letter
    "us.itin": lambda digits: digits[0] == 9,
    "gb.nhs": _sums_to((10, 9, 8, 7, 6, 5, 4, 3, 2, 1), 11),
    "at.vnr": _told_by((3, 7, 9, 0, 5, 8, 4, 2, 1, 6), lambda total: total % 11, at=3),
    "bg.egn": _told_by((2, 4, 8, 5, 10, 9, 7, 3, 6), lambda total: total % 11 % 10),
    "dk.cpr": _has_date(0, 2),
    "is_.kennitala": _sums_to((3, 2, 7, 6, 5, 4, 3, 2, 1, 0), 11),
    "ua.rntrc": _told_by((-1, 5, 7, 9, 4, 6, 10, 5, 7), lambda total: total % 11 % 10),
    "gb.utr": _told_by(
        (0, 6, 7, 8, 9, 10, 5, 4, 3, 2), lambda total: int("21987654321"[total % 11]), at=0
    ),
    "ec.ci": _is_ecuadorian,
    "se.personnummer": lambda digits: _luhn(digits[-10:]),
    "cz.rc": _is_czech,
    "de.idnr": _is_german,
    "pl.pesel": _sums_to((1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1), 10),
    "hr.oib": _mod_11_10,
    "gr.amka": _luhn,
    "tr.tckimlik": lambda digits: sum(digits[:10]) % 10 == digits[10],
    "ee.ik": _is_baltic,
    "lt.asmens": _is_baltic,
    "be.nn": _is_belgian,
    "br.cpf": _told_by((10, 9, 8, 7, 6, 5, 4, 3, 2), lambda total: -total % 11 % 10, at=9),
    "no.fodselsnummer": _sums_to((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), 11),
    "ar.cuit": _told_by(
        (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), lambda total: int("012345678990"[11 - total % 11])
    ),
    "do.cedula": _is_dominican,
    "ru.inn": _told_by((7, 2, 4, 10, 3, 5, 9, 4, 6, 8), lambda total: total % 11 % 10, at=10),
    "in_.aadhaar": lambda digits: digits[0] > 1,
    "my.nric": _has_date(4, 2),
    "ro.cnp": _told_by(
        (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9), lambda total: 1 if total % 11 == 10 else total % 11
    ),
    "si.emso": _told_by((7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2), lambda total: -total % 11 % 10),
    "za.idnr": _luhn,
    "th.pin": _told_by(tuple(range(2, -10, -1)), lambda total: (1 - total % 11) % 10),
    "kr.rrn": _told_by((2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), lambda total: (11 - total % 11) % 10),
    "mx.rfc": lambda _digits: False,  # it has letters
    "id.nik": _has_date(6, 8),
    "es.dni": lambda _digits: False,
    "fr.nir": lambda digits: 97 - _number(digits[:13]) % 97 == _number(digits[13:]),
}
_WITH_LETTERS = frozenset({"cl.rut", "ie.pps", "mx.rfc", "es.dni", "fr.nir"})
