"""How prices went: steps in words, and a staircase."""

from datetime import UTC, datetime, timedelta
from typing import Any

from apps.catalog.history import PricePoint
from apps.catalog.price_story import HEIGHT, WIDTH, Story, stories

NOW = datetime(2026, 11, 23, tzinfo=UTC)
MONTH = timedelta(days=30)


def point(ago: timedelta | None, prompt: str, completion: str = "8", **more: Any) -> PricePoint:
    since = None if ago is None else NOW - ago
    return PricePoint(since, {"prompt": prompt, "completion": completion, **more}, "seed")


def story(*points: PricePoint) -> list[Story]:
    return stories({"acme/open@acme": points}, {"acme/open@acme": "Acme"}, now=NOW)


def test_a_price_that_never_changed_tells_nothing() -> None:
    assert story(point(MONTH, "2")) == []
    assert stories({"gone": [point(None, "1"), point(MONTH, "2")]}, {}, now=NOW) == []


def test_each_step_says_what_changed_and_which_way() -> None:
    (told,) = story(point(None, "2"), point(2 * MONTH, "3", "12"), point(MONTH, "1", "12"))
    assert [(step.words, step.way) for step in told.steps] == [
        ("prompt $1.00", "cheaper"),
        ("prompt $3.00, completion $12.00", "dearer"),
        ("prompt $2.00, completion $8.00", ""),
    ]
    assert [step.since for step in told.steps] == [NOW - MONTH, NOW - 2 * MONTH, None]


def test_what_is_not_among_the_usual_prices_is_told_as_well() -> None:
    tier = [{"min_prompt_tokens": 200_000, "prompt": "4"}]
    (told,) = story(point(None, "2"), point(MONTH, "2", overrides=tier), point(MONTH / 2, "x"))
    assert [step.words for step in told.steps][:2] == [
        "price not known",
        "other prices for long prompts or certain hours",
    ]


def test_the_line_is_a_staircase_from_the_left_edge_to_now() -> None:
    (told,) = story(point(None, "2"), point(MONTH, "1"))
    start, step, end = told.line.replace("V", "H").split("H")[0:3]
    assert start.startswith("M0 ")
    assert 0 < float(step) < WIDTH
    assert 0 < float(end) < HEIGHT
    assert told.line.endswith(f"H{WIDTH}")


def test_a_change_of_this_moment_has_a_place_on_the_line() -> None:
    (told,) = story(point(None, "2"), point(timedelta(0), "1"))
    assert told.line.endswith(f"H{WIDTH}")
