"""What strangers can and cannot work out of the rankings of a house that made them public."""

import itertools
import random

import pytest

from apps.usage.rankings.counting import Use
from apps.usage.rankings.public import Month, coarse, month_told

MODELS = ("a/known", "b/known", "c/known", "own/leas-model")
KNOWN = frozenset(MODELS[:3])
APPS = ("", "Chat", "Editor", "http://192.168.1.20:3000", "ana@house.example")
FIVE = (1, 2, 3, 4, 5)


def use(tokens: int, *people: int) -> Use:
    return Use(len(people), tokens, frozenset(people))


def told(models: dict[str, Use], apps: dict[str, Use]) -> Month:
    return month_told(models, apps, known_models=KNOWN, known_apps={"cline.bot"})


def test_names_of_three_people_stand_there_and_the_rest_is_one_sum() -> None:
    models = {
        "a/known": use(12_345, *FIVE),
        "b/known": use(700, 1, 2),
        "c/known": use(55, 3),
    }
    found = told(models, {"Chat": use(13_100, *FIVE)})
    assert found.models.named == {"a/known": Use(5, 12_000)}
    assert found.models.others == Use(3, 760)
    assert (found.apps.named, found.apps.has_others) == ({"Chat": Use(5, 13_000)}, False)


def test_others_of_one_or_two_people_are_told_nowhere_nor_is_a_table_without_any() -> None:
    """The sum of the apps would else be that of the models, and the difference somebody's."""
    models = {"a/known": use(1000, *FIVE), "b/known": use(999, 1)}
    found = told(models, {"Chat": use(1999, *FIVE)})
    for table in found:
        assert (table.others, table.has_others) == (None, True)
    assert found.models.named == {"a/known": Use(5, 1000)}


def test_of_a_house_of_three_or_four_nothing_is_told() -> None:
    for people in ((1, 2, 3), (1, 2, 3, 4)):
        models = {"a/known": use(1000, *people)}
        assert told(models, {"Chat": use(1000, *people)}) == Month()
    assert told({}, {}) == Month()


def test_what_only_this_house_has_and_names_that_say_too_much_are_never_named() -> None:
    models = {name: use(100, *FIVE) for name in MODELS}
    apps = {name: use(100, *FIVE) for name in APPS}
    found = told(models, apps)
    assert set(found.models.named) == KNOWN
    assert set(found.apps.named) == {"Chat", "Editor"}
    assert found.apps.others == Use(15, 300)


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("Open WebUI", True),
        ("Cline 3.2", True),
        ("cline.bot", True),
        ("chat.miller-family.example", False),
        ("github.com/ana/diary", False),
        ("localhost", False),
        ("10.0.0.7", False),
        ("nas.local", False),
        ("[fd00::1]", False),
        ("study-pc:8080", False),
        ("ana@chat", False),
    ],
)
def test_an_apps_name_is_told_unless_it_says_where_or_whose(name: str, may: bool) -> None:
    models = {"a/known": use(100, *FIVE)}
    assert (name in told(models, {name: use(100, *FIVE)}).apps.named) is may


@pytest.mark.parametrize(
    ("number", "shown"),
    [(0, 0), (7, 7), (99, 99), (104, 100), (105, 110), (12_345, 12_000), (995, 1000)],
)
def test_sums_keep_two_digits(number: int, shown: int) -> None:
    assert coarse(number) == shown


def test_no_sum_that_can_be_worked_out_is_of_fewer_than_three_people() -> None:
    """Everything that can be taken from everything else: names, others, and sums of both tables."""
    chance = random.Random(7)
    for _ in range(2000):
        house = range(1, chance.randint(3, 7) + 1)
        cells = {
            (person, model, app): 10 ** chance.randint(1, 6)
            for person, model, app in itertools.product(house, MODELS, APPS)
            if chance.random() < 0.12
        }
        found = told(_margin(cells, 1), _margin(cells, 2))
        for column, table in ((1, found.models), (2, found.apps)):
            for name in table.named:
                assert len({cell[0] for cell in cells if cell[column] == name}) >= 3
        sums = [
            {cell for cell in cells if cell[column] in table.named}
            for column, table in ((1, found.models), (2, found.apps))
        ]
        if all(table.others is not None or not table.has_others for table in found):
            for kept in sums:  # the whole is known, and so is what is left of it
                rest = {cell[0] for cell in set(cells) - kept}
                assert not rest or len(rest) >= 3 or found == Month()
        else:
            assert all(table.others is None and table.has_others for table in found)


def _margin(cells: dict[tuple[int, str, str], int], column: int) -> dict[str, Use]:
    found: dict[str, Use] = {}
    for cell, tokens in cells.items():
        name = str(cell[column])
        found[name] = found.get(name, Use()).plus(use(tokens, cell[0]))
    return found
