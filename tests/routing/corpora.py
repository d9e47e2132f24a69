"""Sentences with private values in them, and sentences with what only looks like some: made here,
by the formats, the same ones each time."""

import ipaddress
import random
import re
import string
from collections.abc import Callable

from stdnum import luhn, numdb
from stdnum.iso7064 import mod_97_10

Make = Callable[[random.Random], str]

_PLAIN = (
    "{}",
    "Here it is: {}.",
    "{} is what I was given, can you check it?",
    "Bitte notiere {} und antworte kurz.",
    "Merci de noter {} avant demain.",
    "Apunta {}, por favor.",
    "Segna {} e scrivi una risposta gentile.",
    "Name: Anna Meier\n{}\nBerlin",
    '{{"value": "{}", "ok": true}}',
    "| Anna | {} | yes |",
    "She wrote “{}” – nothing else…",
    "a;b;{};c",
    "请保存 {} 谢谢",
)
_NAMES = ("anna", "joão", "m.schmidt", "o'neill", "lee_2", "x", "maria-jose", "j.r.r", "info+news")
_HOSTS = ("example", "mail.example", "müller-söhne", "uni-koeln", "a1", "x-y.co", "sub.dept.bank")
_TOPS = ("com", "de", "co.uk", "museum", "io", "org", "xn--p1ai", "photography", "fr")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
_ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def sentence(chance: random.Random, value: str, cues: tuple[str, ...] = ()) -> tuple[str, int]:
    """A sentence and where the value begins in it."""
    template = chance.choice(_PLAIN + cues * 2)
    text = template.format("\0")
    at = text.index("\0")
    return text.replace("\0", value), at


def email(chance: random.Random) -> str:
    host = f"{chance.choice(_HOSTS)}.{chance.choice(_TOPS)}"
    made = f"{chance.choice(_NAMES)}{chance.choice(('', '1987', '.k'))}@{host}"
    return chance.choice((made, made, made, made.upper(), made.replace("@", "＠")))


def card(chance: random.Random) -> str:
    prefix, length, groups = chance.choice(
        (
            ("4", 16, (4, 4, 4, 4)),
            ("4", 13, (4, 3, 3, 3)),
            ("4", 19, (4, 4, 4, 4, 3)),
            (str(chance.randint(51, 55)), 16, (4, 4, 4, 4)),
            (str(chance.randint(2221, 2720)), 16, (4, 4, 4, 4)),
            (chance.choice(("34", "37")), 15, (4, 6, 5)),
            (chance.choice(("300", "305", "36", "38")), 14, (4, 6, 4)),
            (chance.choice(("6011", "65", "644")), 16, (4, 4, 4, 4)),
            (chance.choice(("35", "3528")), 16, (4, 4, 4, 4)),
            (chance.choice(("2131", "1800")), 15, (4, 6, 5)),
            ("62", chance.choice((16, 19)), (4, 4, 4, 4, 3)),
            (chance.choice(("5018", "5020", "6304", "6759", "6763")), 12, (4, 4, 4)),
        )
    )
    digits = prefix + "".join(chance.choices(string.digits, k=length - len(prefix) - 1))
    digits += luhn.calc_check_digit(digits)
    if prefix == "4" and length == 13:
        return digits
    return spelled(chance, _grouped(digits, groups, chance.choice(("", "", "", " ", "-", "."))))


def iban(chance: random.Random) -> str:
    countries = ("DE", "GB", "FR", "NL", "ES", "IT", "CH", "AT", "PL", "NO", "MT", "SA", "BR", "BE")
    country = chance.choice(countries)
    made = ""
    shape = numdb.get("iban").info(country)[0][1]["bban"]
    for count, kind in re.findall(r"(\d+)!([nac])", shape):
        signs = {"n": string.digits, "a": string.ascii_uppercase}.get(
            kind, string.hexdigits.upper()
        )
        made += "".join(chance.choices(signs, k=int(count)))
    checked = f"{country}{mod_97_10.calc_check_digits(f'{made}{country}')}{made}"
    return spelled(chance, _grouped(checked, (4,) * 9, chance.choice(("", " ", "-"))))


def ssn(chance: random.Random) -> str:
    area = chance.choice([one for one in range(1, 900) if one != 666])
    mark = chance.choice(("-", "-", "-", " "))
    digits = f"{area:03}{mark}{chance.randint(1, 99):02}{mark}{chance.randint(1, 9999):04}"
    return spelled(chance, digits)


def ip(chance: random.Random) -> str:
    if chance.random() < 0.5:
        return ".".join(str(chance.randint(1, 254)) for _ in range(4))
    address = ipaddress.IPv6Address(0x2001 << 112 | chance.getrandbits(chance.choice((40, 100))))
    return chance.choice((address.compressed, address.exploded, address.exploded.upper()))


# `#` is any digit, `%` one from 2 to 9. As people in these countries write them.
_SHAPES = """
+1 %##-%##-####|(%##) %##-####|%##-%##-####|%##.%##.####|+1-%##-%##-####|1-%##-%##-####
(%##)-%##-####|%##-%##-####x###|001-%##-%##-####|(%##)%##-####x#####|+44 20 #### ####
020 #### ####|07### ######|07#########|+44 7### ######|(01###) ######|+49 30 %######
030 %#######|0171 %######|0171/%######|+49 (0)89 %#####-##|05### ## ## ##|+33 6 ## ## ## ##
06 ## ## ## ##|06.##.##.##.##|0033 6 ## ## ## ##|+34 6## ### ###|6## ## ## ##|91 ### ## ##
+39 06 %### ####|06 %### ####|333 %######|079 ### ## ##|+41 79 ### ## ##|+31 6 ########
06-########|0494 ## ## ##|+48 %## ### ###|+45 %# ## ## ##|+47 %## ## ###|070-### ## ##
+46 70 ### ## ##|+351 9## ### ###|(11) 9####-####|+55 11 9####-####|(08) #### ####
0412 ### ###|+61 412 ### ###|+91 9#### #####|09# ### ####|+81 90-####-####|03-####-####
+86 138 #### ####|+7 9## ###-##-##|8 (9##) ###-##-##|+972 5#-###-####|+353 87 ### ####
+43 664 ### ####|+420 %## ### ###|040 ### ####
"""
_PHONES = _SHAPES.strip().replace("\n", "|").split("|")
# These are phone numbers only where something says so.
_BARE_PHONES = ("%##%######", "%## ####", "%##-####", "%# ## ## ##", "%### ####", "%## ### ###")
PHONE_CUES = (
    "Call me at {} please.",
    "Tel.: {}",
    "My number is {}, text me.",
    "Meine Handynummer: {}",
    "Ruf mich unter {} an.",
    "Mon téléphone est le {}.",
    "Appelle-moi au {}.",
    "Mi móvil es {}.",
    "Il mio cellulare: {}",
    "You can reach us on {} (office).",
    "Fax {}",
    "phone={}",
)


def phone(chance: random.Random) -> str:
    return _digits(chance, chance.choice(_PHONES))


def phone_sentence(chance: random.Random) -> tuple[str, int, str]:
    if chance.random() < 0.25:
        value = _digits(chance, chance.choice(_BARE_PHONES))
        template = chance.choice(PHONE_CUES)
        return template.format(value), template.index("{"), value
    value = phone(chance)
    return (*sentence(chance, value, PHONE_CUES), value)


def spelled(chance: random.Random, value: str) -> str:
    """Now and then as an attacker, a phone or another script writes it."""
    way = chance.random()
    if way < 0.04:
        return value.translate(_WIDE)
    if way < 0.08:
        return value.translate(_ARABIC)
    if way < 0.12:
        return "\u200b".join(value)
    if way < 0.16:
        return value.replace(" ", "\u00a0").replace("-", "\u2011")
    return value


def _digits(chance: random.Random, shape: str) -> str:
    return "".join(
        chance.choice(string.digits if one == "#" else string.digits[2:]) if one in "#%" else one
        for one in shape
    )


def _grouped(value: str, groups: tuple[int, ...], mark: str) -> str:
    pieces, at = [], 0
    for size in groups:
        pieces.append(value[at : at + size])
        at += size
    return mark.join(piece for piece in (*pieces, value[at:]) if piece)
