"""Ranks, changes in words, and what is rising."""

import pytest

from apps.usage.rankings.counting import Use
from apps.usage.rankings.tables import changed, ranked, rising

ANA, BO, CY = 1, 2, 3


def use(requests: int, tokens: int, *people: int) -> Use:
    return Use(requests, tokens, frozenset(people))


def test_each_order_ranks_by_its_own_figure_and_ties_go_by_name() -> None:
    now = {
        "a/long": use(10, 9000, ANA),
        "b/often": use(90, 4000, ANA, BO),
        "d/many": use(30, 1000, ANA, BO, CY),
        "c/many": use(30, 1000, ANA, BO, CY),
    }
    for order, names in {
        "tokens": "a/long b/often c/many d/many",
        "requests": "b/often c/many d/many a/long",
        "people": "c/many d/many b/often a/long",
    }.items():
        rows = ranked(now, {}, order)
        assert [row.name for row in rows] == names.split()
        assert [row.rank for row in rows] == [1, 2, 3, 4]
    assert [row.shown_share for row in ranked(now, {}, "tokens")] == ["60 %", "27 %", "7 %", "7 %"]


def test_a_share_of_few_calls_is_not_told() -> None:
    now = {"a": use(12, 900, ANA), "b": use(7, 1, ANA)}
    assert [row.shown_share for row in ranked(now, {}, "tokens")] == ["", ""]
    assert ranked({**now, "c": use(1, 0, ANA)}, {}, "tokens")[1].shown_share == "under 1 %"


@pytest.mark.parametrize(
    ("now", "before", "order", "words"),
    [
        (use(40, 1180), use(50, 1000), "tokens", "18 % more"),
        (use(40, 1180), use(50, 1000), "requests", "20 % less"),
        (use(40, 1001), use(50, 1000), "tokens", "under 1 % more"),
        (use(19, 1180), use(50, 1000), "tokens", "180 tokens more"),
        (use(40, 999), use(3, 1000), "tokens", "1 token fewer"),
        (use(4, 999), use(3, 999), "requests", "1 call more"),
        (use(40, 999), use(50, 999), "tokens", "the same"),
        (use(40, 999), use(50, 0), "tokens", "999 tokens more"),
        (use(40, 999), use(0, 0), "tokens", "new"),
        (use(99, 999, ANA), use(99, 999, ANA, BO), "people", "1 person fewer"),
        (use(99, 999, ANA, BO, CY), use(99, 999, ANA), "people", "2 people more"),
    ],
)
def test_a_change_is_a_share_only_of_many_calls(
    now: Use, before: Use, order: str, words: str
) -> None:
    assert changed(now, before, order) == words


def test_of_what_may_be_hidden_before_no_change_is_told() -> None:
    now = {"a": use(40, 10), "b": use(40, 10)}
    rows = ranked(now, {"b": use(40, 10)}, "tokens", is_partial=True)
    assert [(row.name, row.change) for row in rows] == [("a", ""), ("b", "the same")]


def test_rising_is_the_volume_less_the_mean_of_the_three_before() -> None:
    three = [
        {"steady": use(1, 300), "up": use(1, 100), "down": use(1, 900)},
        {"steady": use(1, 300), "up": use(1, 101)},
        {"steady": use(1, 300)},
    ]
    now = {
        "steady": use(1, 300),
        "up": use(1, 100),
        "down": use(1, 299),
        "new": use(1, 33),
        "barely": use(1, 1),
    }
    found = rising(
        [
            now,
            *three,
        ]
    )
    assert [(one.name, one.growth) for one in found] == [("new", 33), ("up", 33), ("barely", 1)]
