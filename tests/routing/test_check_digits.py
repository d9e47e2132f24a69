"""A number that python-stdnum accepts is never left out by the quick look before."""

import random
from importlib import import_module

import pytest

from apps.routing.redaction.check_digits import may_be_one_of
from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.national_ids import _BY_LENGTH

ROWS = 600


def a_row(chance: random.Random, length: int) -> str:
    """Digits, among which a date stands wherever a country may have one."""
    row = "".join(chance.choices("0123456789", k=length))
    day, month = f"{chance.randint(1, 28):02}", f"{chance.randint(1, 12):02}"
    at = chance.choice((0, 1, 2, 6)) % max(1, length - 5)
    date = chance.choice((row[:2] + month + day, day + month + row[:2]))
    return (row[:at] + date + row[at + 6 :])[:length]


@pytest.mark.parametrize(
    ("length", "module"), [(length, one) for length, all_ in _BY_LENGTH.items() for one in all_]
)
def test_no_valid_number_is_left_out(length: int, module: str) -> None:
    if module.startswith("germany"):
        return
    is_valid = import_module(f"stdnum.{module}").is_valid
    chance = random.Random(module)
    for _ in range(ROWS):
        row = a_row(chance, length)
        if is_valid(row):
            assert may_be_one_of([module], row) == [module], row


def test_nearly_all_others_are() -> None:
    chance = random.Random("others")
    rows = [a_row(chance, 11) for _ in range(ROWS)]
    left = sum(len(may_be_one_of(_BY_LENGTH[11], row)) for row in rows)
    assert left < ROWS * len(_BY_LENGTH[11]) / 5


def test_a_number_from_a_county_without_a_name_is_found_and_stops_nothing() -> None:
    text = "Her number is 110458198001011237, and mine is another."
    found = [text[start:end] for start, end in DETECTORS["national-id"].find(text)]
    assert found == ["110458198001011237"]
