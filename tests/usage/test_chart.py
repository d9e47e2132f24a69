"""The columns of a chart: heights that add up, round figures beside them, names with room."""

import re
from decimal import Decimal

import pytest

from apps.usage.chart import GAP, MIDDLE, SMALL, WIDE, draw, spark, tick_words, ticks_for


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
    column = [Decimal(6), Decimal(3), Decimal(1)]
    drawing = draw([column], ["1 Nov"], ["c1", "c2", "c6"], WIDE, is_money=True)
    assert [shape.kind for shape in drawing.shapes] == ["c1", "c2", "c6"]
    spans = [span_of(shape.path) for shape in drawing.shapes]
    room = WIDE.base - WIDE.top
    heights = [foot - top + GAP for top, foot in spans]
    assert heights == pytest.approx([room * share for share in (0.6, 0.3, 0.1)], abs=0.1)
    assert spans[0][1] == WIDE.base
    assert [foot for _, foot in spans[1:]] == pytest.approx(
        [top - GAP for top, _ in spans[:-1]], abs=0.1
    )


def span_of(path: str) -> tuple[float, float]:
    """Top and foot of a path's one bar."""
    found = re.fullmatch(r"M[\d.]+ ([\d.]+)h[\d.]+V([\d.]+)h-[\d.]+z", path)
    assert found
    return float(found[1]), float(found[2])


def test_nothing_is_drawn_for_nothing() -> None:
    assert draw([[0, 0], [0, 0]], ["a", "b"], ["c1", "c2"], SMALL, is_money=False).shapes == []
    assert draw([], [], [], SMALL, is_money=False).marks == []


def test_a_limit_is_drawn_where_it_stands() -> None:
    drawing = draw([[10]], ["a"], ["c1"], WIDE, is_money=True, limit=Decimal(20))
    assert drawing.limit
    assert [line.words for line in drawing.lines][-1] == "$20"
    assert drawing.limit.y == drawing.lines[-1].y
    assert draw([[10]], ["a"], ["c1"], WIDE, is_money=True).limit is None


def test_drawings_beside_each_other_have_one_scale() -> None:
    drawing = draw([[10]], ["a"], ["c1"], SMALL, is_money=False, most=100)
    assert drawing.lines[-1].words == "100"


@pytest.mark.parametrize("columns", [30, 53, 90, 365])
def test_names_have_room_and_the_last_has_one(columns: int) -> None:
    names = [f"{number} Nov" for number in range(columns)]
    for frame in (WIDE, MIDDLE, SMALL):
        marks = draw([[1]] * columns, names, ["c1"], frame, is_money=False).marks
        places = [float(mark.x) for mark in marks]
        assert marks[-1].words == names[-1]
        assert all(right - left >= 50 for left, right in zip(places, places[1:], strict=False))


def test_a_small_line_spans_its_field() -> None:
    assert spark([0, 2, 1]) == "M0.0 29.0 L50.0 3.0 L100.0 16.0"
    assert spark([]) == ""
