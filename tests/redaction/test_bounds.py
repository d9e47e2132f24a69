"""Texts made to be slow cost no more work than a text of their length may; where judging all would,
the message is stopped, and nothing is skipped. Work is counted, not timed."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

import pytest

from apps.routing.errors import blocked
from apps.routing.redaction import words
from apps.routing.redaction.bounds import MOST_CANDIDATES, Bound, TooMany
from apps.routing.redaction.detectors import DETECTORS
from apps.routing.redaction.rules import Find
from apps.routing.redaction.scrub import Blocked
from tests.redaction import near_hits
from tests.redaction.fakes import a_document, a_rule, scrubbed

MOST_CALLS = 800_000  # of functions, for a text of at most a megabyte


def calls(work: Callable[[], Any]) -> int:
    """How many functions it calls, the interpreter's own among them."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return counted


def read(find: Find, text: str) -> None:
    try:
        list(find(text))
    except TooMany:
        pass


@pytest.mark.parametrize("slug", DETECTORS)
def test_no_text_makes_a_rule_work_more_than_its_length_allows(slug: str) -> None:
    for made_of, (meant_for, piece) in near_hits.TEXTS.items():
        if meant_for in ("", slug):
            text = near_hits.text(piece)
            assert calls(partial(read, DETECTORS[slug].find, text)) <= MOST_CALLS, made_of


@pytest.mark.parametrize("slug", DETECTORS)
def test_what_people_write_is_read_to_its_end(slug: str) -> None:
    assert not list(DETECTORS[slug].find(near_hits.text(near_hits.TEXTS["prose"][1])))


def test_a_text_of_nothing_but_listed_names_is_no_endless_work_either() -> None:
    find = words.finder([f"Name{place} of" for place in range(9_000)])
    names = " ".join(f"Name{place % 9_000}" for place in range(60_000))
    assert calls(partial(read, find, names)) <= MOST_CALLS
    with pytest.raises(TooMany):
        find(names)
    few = near_hits.text(near_hits.TEXTS["prose"][1])
    assert calls(partial(read, find, few)) <= MOST_CALLS
    at = len(few) + 1
    assert find(f"{few} Name7\nof {few}") == [(at, at + 8)]


def test_a_longer_text_may_hold_more() -> None:
    for length, most in ((10, MOST_CANDIDATES), (3_000_000, 3 * MOST_CANDIDATES)):
        bound = Bound(bytes(length))
        bound.spend(most)
        with pytest.raises(TooMany):
            bound.spend()


def test_a_text_of_more_than_can_be_judged_is_stopped_and_says_so() -> None:
    card = DETECTORS["card"]
    refused = "4111 1111 1111 1112 "
    few, many = a_document(refused * 5_000), a_document(refused * 9_000 + "4111 1111 1111 1111")
    assert not scrubbed(few, a_rule("CARD", card.find)).hits
    with pytest.raises(Blocked) as stopped:
        scrubbed(many, a_rule("CARD", card.find))
    assert (stopped.value.rule, stopped.value.too_many) == ("Card", True)
    assert stopped.value.__context__ is None


def test_the_refusal_says_how_to_go_on() -> None:
    assert "smaller parts" in blocked("Payment cards", too_many=True).message
    assert "Take out" in blocked("Payment cards").message
