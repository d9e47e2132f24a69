"""Sentences with numbers, none of which is anybody's: orders, prices, versions, digests, code."""

import base64
import random
import string
import uuid
from collections.abc import Callable

_Make = Callable[[random.Random], str]


def sentence(chance: random.Random) -> str:
    templates, value = chance.choice(_KINDS)
    return chance.choice(templates.split("|")).format(value(chance))


def _number(low: int, high: int) -> _Make:
    return lambda chance: "".join(chance.choices(string.digits, k=chance.randint(low, high)))


def _hex(length: int) -> _Make:
    return lambda chance: f"{chance.getrandbits(length * 4):0{length}x}"


def _isbn(chance: random.Random) -> str:
    return f"978-{chance.randint(0, 9)}-{chance.randint(10, 99)}-{chance.randint(100000, 999999)}-1"


def _date(chance: random.Random) -> str:
    day, month, year = chance.randint(1, 28), chance.randint(1, 12), chance.randint(1950, 2030)
    clock = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:{chance.randint(0, 59):02}"
    return chance.choice(
        (
            f"{year}-{month:02}-{day:02}T{clock}.{chance.randint(0, 999):03}Z",
            f"{day:02}.{month:02}.{year} {clock}",
            f"{month}/{day}/{year} at {clock[:5]}",
            f"{year}{month:02}{day:02}{clock.replace(':', '')}",
            f"{year}-{year + 1}",
        )
    )


def _price(chance: random.Random) -> str:
    whole = f"{chance.randint(1_000, 99_999_999):,}"
    return chance.choice((f"{whole}.00", whole.replace(",", "."), whole.replace(",", " ")))


def _epoch(chance: random.Random) -> str:
    return str(
        chance.randint(*chance.choice(((15 * 10**8, 19 * 10**8), (15 * 10**11, 19 * 10**11))))
    )


def _place(chance: random.Random) -> str:
    return f"{chance.uniform(-90, 90):.6f}, {chance.uniform(-180, 180):.6f}"


def _version(chance: random.Random) -> str:
    return ".".join(str(chance.randint(0, 99)) for _ in range(chance.choice((3, 4, 4))))


def _uuid(chance: random.Random) -> str:
    return str(uuid.UUID(int=chance.getrandbits(128), version=4))


def _row(most: int, many: int, mark: str) -> _Make:
    return lambda chance: mark.join(str(chance.randint(0, most)) for _ in range(many))


def _base64(chance: random.Random) -> str:
    return base64.b64encode(chance.randbytes(60)).decode()


def _zip(chance: random.Random) -> str:
    return f"{chance.randint(10000, 99999)}-{chance.randint(1000, 9999)}"


def _mac(chance: random.Random) -> str:
    return ":".join(f"{chance.randint(0, 255):02x}" for _ in range(6))


def _share(chance: random.Random) -> str:
    return f"{chance.random():.15f}"


_KINDS: tuple[tuple[str, _Make], ...] = (
    ("Order number {} has shipped.|Bestellnummer: {}|Commande {}|order_id={}", _number(6, 16)),
    ("Invoice {} is due.|Rechnung Nr. {}|Ref. {}|ticket #{}", _number(5, 12)),
    ("Tracking {} left the depot.|Sendung {}|tracking number: {}", _number(10, 20)),
    ("Your account {} was credited.|Kundennummer {}|customer {}", _number(6, 12)),
    ("ISBN {}|The book ({}) is out of print.", _isbn),
    ("It happened on {}.|log: {} started|Am {} begann es.", _date),
    ("It cost {} EUR.|Total: ${}|{} people live there.", _price),
    ("unix time {}|ts={}|at {}", _epoch),
    ("at {}|coordinates {}|({})", _place),
    ("version {}|v{}|Chrome/{} Safari|pip install x=={}", _version),
    ("commit {}|{} first line|git show {}", _hex(40)),
    ("sha256:{}|checksum {}", _hex(64)),
    ('md5 {}|etag "{}"|cache_key: {}', _hex(32)),
    ("id {}|request {} failed", _uuid),
    ("data:image/png;base64,{}|blob {}|integrity sha512-{}", _base64),
    ("x = [{}]|array({})", _row(9999, 12, ", ")),
    ("row {}", _row(999, 8, " ")),
    ("pi is {}|loss {}", _share),
    ("for i in range({}): total += values[i] * 0xff|if len(text) > {}:", _number(2, 7)),
    ("EAN {}|barcode {}", _number(13, 13)),
    ("part 4711-{}-A|SKU {}-22|serial SN{}", _number(4, 10)),
    ("ZIP {}|PLZ {} Berlin|CA {}", _zip),
    ("The 4x100 m relay took {} s.|room {}|score {}:21, 21:17", _number(2, 3)),
    ("@media (min-width: {}px) a::before", _number(3, 4)),
    ("foo@{} and logo@2x.png", _version),
    ("tweet {}|snowflake {}|channel {}", _number(18, 19)),
    ("MAC {}", _mac),
    ("gaps 1-2-3-4-5-6-7-8-9-{}|steps 1 2 3 4 5 6 7 8 9 {}", _number(1, 2)),
)
