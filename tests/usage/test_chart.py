"""The columns of a chart: heights that add up, round figures beside them, names with room."""

from decimal import Decimal

import pytest

from apps.usage.chart import GAP, MIDDLE, NARROW, WIDE, draw, spark, tick_words, ticks_for


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        ("0", "0"),
        ("2.36", "0 0.5 1.0 1.5 2.0 2.5"),
        ("31", "0 10 20 30 40"),
        ("0.000341", "0 0.0001 0.0002 0.0003 0.0004"),
        ("1000", "0 200 400 600 800 1000"),
    ],
)
def test_lines_stand_at_round_figures_up_to_the_most(most: str, ticks: str) -> None:
    assert ticks_for(Decimal(most)) == [Decimal(one) for one in ticks.split()]


@pytest.mark.parametrize(
    ("value", "is_money", "words"),
    [
        ("0", True, "$0"),
        ("0.5", True, "$0.50"),
        ("0.0002", True, "$0.0002"),
        ("1200", True, "$1,200"),
        ("500", False, "500"),
        ("20000", False, "20k"),
        ("2500000", False, "2.5M"),
    ],
)
def test_figures_beside_the_lines_are_short(value: str, is_money: bool, words: str) -> None:
    assert tick_words(Decimal(value), is_money=is_money) == words


def test_the_parts_of_a_column_stand_on_each_other() -> None:
    drawing = draw([[Decimal(6), Decimal(3), Decimal(1)]], ["1 Nov"], WIDE, is_money=True)
    assert [bar.kind for bar in drawing.bars] == ["c1", "c2", "c6"]
    room = WIDE.base - WIDE.top
    heights = [float(bar.height) + GAP for bar in drawing.bars]
    assert heights == pytest.approx([room * share for share in (0.6, 0.3, 0.1)], abs=0.1)
    tops = [float(bar.y) for bar in drawing.bars]
    assert tops == sorted(tops, reverse=True)
    assert tops[-1] == pytest.approx(WIDE.top + GAP, abs=0.1)


def test_nothing_is_drawn_for_nothing() -> None:
    assert draw([[0, 0], [0, 0]], ["a", "b"], NARROW, is_money=False).bars == []
    assert draw([], [], NARROW, is_money=False).marks == []


def test_names_have_room_and_the_last_has_one() -> None:
    names = [f"{number} Nov" for number in range(1, 31)]
    for frame in (WIDE, MIDDLE, NARROW):
        marks = draw([[1]] * 30, names, frame, is_money=False).marks
        places = [float(mark.x) for mark in marks]
        assert marks[-1].words == "30 Nov"
        assert all(right - left >= 50 for left, right in zip(places, places[1:], strict=False))


def test_a_small_line_spans_its_field() -> None:
    assert spark([0, 2, 1]) == "M0.0 29.0 L50.0 3.0 L100.0 16.0"
    assert spark([]) == ""
