"""Texts made to be slow: nearly all of it is nearly a hit, and none of it the same."""

import random
import string
from collections.abc import Callable
from functools import cache

LENGTH = 300_000
_COUNTRIES = ("DE", "GB", "FR", "MT", "NO")
_ALNUM = string.ascii_letters + string.digits
Make = Callable[[random.Random], str]


@cache
def text(piece: str | Make, most: int = LENGTH) -> str:
    if isinstance(piece, str):
        return piece * (most // len(piece))
    chance = random.Random("near hits")
    pieces: list[str] = []
    length = 0
    while length < most:
        pieces.append(piece(chance))
        length += len(pieces[-1])
    return "".join(pieces)


def digits(chance: random.Random, many: int) -> str:
    return f"{chance.randrange(10**many):0{many}}"


def _prose(chance: random.Random) -> str:
    words = "the of house garden people see price open windows tower gate answer stream help please"
    return chance.choice(words.split()) + chance.choice("    .,\n")


def _letters(chance: random.Random, signs: str, many: int) -> str:
    return "".join(chance.choices(signs, k=many))


def _coded_line(chance: random.Random) -> str:
    return f"L898902C36UTO{digits(chance, 6)}2F1204159ZE184226B<<<<<1{digits(chance, 1)}\n"


def _groups(head: str, *sizes: int, mark: str = " ") -> Make:
    return lambda chance: f"{head}{mark.join(digits(chance, size) for size in sizes)} "


# By what they are, and the rule they are made for: "" for none.
TEXTS: dict[str, tuple[str, str | Make]] = {
    "prose": ("", _prose),
    "digits": ("", lambda chance: digits(chance, 500)),
    "ones": ("card", "1 "),
    "fours": ("card", "4111 "),
    "a refused card again and again": ("card", "4111 1111 1111 1112 "),
    "cards with a wrong digit": ("card", _groups("4", 3, 4, 4, 4)),
    "cards in one piece": ("card", _groups("4", 15)),
    "digits and marks": ("card", lambda chance: "".join(chance.choices("0123456789 -.", k=100))),
    "beginnings of ibans": ("iban", "DE89 "),
    "ibans with a wrong digit": ("iban", _groups("DE", 20)),
    "german ibans in groups": ("iban", _groups("DE", 2, 4, 4, 4, 4, 2)),
    "countries": ("iban", lambda chance: chance.choice(_COUNTRIES) + digits(chance, 2)),
    "order numbers": ("phone", "order 1234567 "),
    "numbers in a list": ("phone", _groups("", 7, mark=",")),
    "numbers like phones": ("phone", lambda chance: f"0{digits(chance, 6)}-1 x "),
    "dates": ("phone", lambda chance: f"{digits(chance, 2)}.0{chance.randint(1, 9)}.2026 "),
    "calls about orders": ("phone", lambda chance: f"call order {digits(chance, 7)} "),
    "keys of keys": ("secrets", "key="),
    "tokens": ("secrets", "token: "),
    "passwords of two signs": ("secrets", "password: a1"),
    "keys of three letters": ("secrets", lambda chance: f"api_key={_letters(chance, 'ab1', 14)} "),
    "keys too regular": ("secrets", lambda chance: f"sk-ant-api03-{_letters(chance, 'ab', 24)} "),
    "words of chance": ("secrets", lambda chance: f"{_letters(chance, _ALNUM, 40)} "),
    "passports of nobody": ("passport", "passport 1 "),
    "short passports": ("passport", lambda chance: f"passport AB{digits(chance, 4)} "),
    "coded lines": ("passport", _coded_line),
    "areas nobody has": ("ssn", _groups("", 3, 2, 4, mark="-")),
    "nine digits": ("ssn", lambda chance: f"SSN x {digits(chance, 9)} "),
    "tax numbers again and again": ("national-id", "tax id 12345678 "),
    "tax numbers": ("national-id", lambda chance: f"tax id {digits(chance, 11)} "),
    "eight digits and a letter": ("national-id", lambda chance: f"{digits(chance, 8)}A "),
    "six digits and four": ("national-id", _groups("", 6, 4, mark="-")),
    "births without a date": ("birth-date", "born 1 "),
    "births of a sentence before": ("birth-date", "geb. x 1.1.1999. A "),
    "years": ("birth-date", lambda chance: f"1.{chance.randint(1, 9)}.19{digits(chance, 2)} née "),
    "addresses too large": ("ip", lambda chance: f"{digits(chance, 3)}.300.1.1 "),
    "versions": ("ip", "version 1.2.3.4 "),
    "colons": ("ip", "1:2:3:4:5:6:7:8:9 "),
    "pictures": ("email", "a@2x.png "),
    "halves of addresses": ("email", "a@b."),
    "logins without a password": ("url-credentials", "ab://b:pass@c "),
    "keys that only begin": ("private-key", "-----BEGIN PRIVATE KEY-----"),
    "tokens without a head": ("jwt", "eyAAAAAAAAAAAAAAAA.AAAAAAAA.AAAAAAAA "),
}  # fmt: skip
