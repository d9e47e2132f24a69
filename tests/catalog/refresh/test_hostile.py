"""Lists from strangers: whatever stands in them, nothing breaks, nothing is believed blindly, and
it ends soon."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from apps.catalog.allow_list import Place
from apps.catalog.refresh import genai_prices, models_dev, openrouter, validate
from apps.catalog.refresh.offers import Said
from apps.catalog.refresh.validate import BadRow, Clock, PayloadError
from tests.catalog.refresh.lists import DAY

GOOD: dict[str, Any] = {
    "id": "one",
    "name": "One",
    "limit": {"context": 8000},
    "modalities": {"input": ["text"], "output": ["text"]},
    "cost": {"input": 1, "output": 2},
}
ROW: dict[str, Any] = {
    "id": "acme/one",
    "name": "Acme: One",
    "context_length": 8000,
    "architecture": {"input_modalities": ["text"], "output_modalities": ["text"]},
    "pricing": {"prompt": "0.000001", "completion": "0.000002"},
}
OPTION = {"id": "one", "match": {"equals": "one"}, "prices": {"input_mtok": 1, "output_mtok": 2}}


def from_models_dev(*rows: Any) -> Said:
    models = {f"one-{number}": row for number, row in enumerate(rows)}
    shape = json.loads(json.dumps({"acme": {"models": models}}), parse_float=Decimal)
    return models_dev.read(shape, ours={"acme": "acme"})


def from_openrouter(*rows: Any) -> Said:
    shape = json.loads(json.dumps({"data": rows}), parse_float=Decimal)
    return openrouter.read(shape, free=frozenset())


def from_genai(*rows: Any) -> Said:
    return genai_prices.read(
        json.loads(json.dumps([{"id": "acme", "models": rows}]), parse_float=Decimal),
        theirs={"acme": "acme"},
        asked=[Place("acme", "one")],
        day=DAY,
        clock=Clock(10),
    )


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"<!doctype html><title>not a list</title>",
        b"\xff\xfe\x00",
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b'{"price": NaN}',
        b'{"price": Infinity}',
        b'{"price": ' + b"9" * 10_000 + b"}",
        b" " * (validate.MOST_BYTES + 1),
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_what_is_no_list_is_told_in_one_sentence(content: bytes) -> None:
    with pytest.raises(PayloadError, match="nothing of it was taken"):
        validate.parse(content)


@pytest.mark.parametrize("shape", [None, 1, "text", [], {}, [1, None], {"data": 3}, {"a": 1}])
def test_a_list_of_another_shape_gives_nothing(shape: Any) -> None:
    readers: list[Callable[[], Said]] = [
        lambda: models_dev.read(shape, ours={"a": "a"}),
        lambda: openrouter.read(shape, free=frozenset()),
        lambda: genai_prices.read(shape, theirs={}, asked=[], day=DAY, clock=Clock(1)),
    ]
    for read in readers:
        try:
            assert read().offers == []
        except PayloadError as problem:
            assert str(problem).startswith("This is not")


@pytest.mark.parametrize(
    "wrong",
    [
        {"cost": {"input": -1, "output": 2}},
        {"cost": {"input": 1, "output": 1e9}},
        {"cost": {"input": "NaN", "output": 2}},
        {"cost": {"input": "1e999999", "output": 2}},
        {"cost": {"input": True, "output": 2}},
        {"cost": {"input": [1], "output": 2}},
        {"cost": {"input": 1}},
        {"cost": "free"},
        {"cost": {"input": 1, "output": 2, "tiers": [{"tier": {"type": "context", "size": -1}}]}},
        {"cost": {"input": 1, "output": 2, "tiers": [{}] * 1000}},
        {"cost": {"input": 1, "output": 2, "tiers": {"a": 1}}},
        {"limit": {"context": -5}},
        {"limit": {"context": 10**30}},
        {"limit": {"context": "many"}},
        {"limit": 5},
        {"modalities": {"input": "text"}},
        {"modalities": {"input": ["text"] * 5000}},
    ],
    ids=str,
)
def test_an_entry_of_models_dev_that_makes_no_sense_is_left_alone(wrong: Any) -> None:
    told = from_models_dev(GOOD, {**GOOD, **wrong})
    assert [one.upstream_id for one in told.offers] == ["one-0"]
    assert told.unread == {Place("acme", "one-1")}


@pytest.mark.parametrize(
    "wrong",
    [
        {"pricing": {"prompt": "-0.5", "completion": "1"}},
        {"pricing": {"prompt": "NaN", "completion": "1"}},
        {"pricing": {"prompt": "Infinity", "completion": "1"}},
        {"pricing": {"prompt": "0.000001"}},
        {"pricing": {"prompt": "1", "completion": "1"}},
        {"pricing": {"prompt": "0.1e-5\n", "completion": "x"}},
        {"pricing": None},
        {"pricing": {**ROW["pricing"], "web_search": "5000"}},
        {"pricing": {**ROW["pricing"], "overrides": [{"prompt": "0.000001"}]}},
        {"pricing": {**ROW["pricing"], "overrides": [{"utc_start": "2561", "utc_end": "0000"}]}},
        {"pricing": {**ROW["pricing"], "overrides": [{"utc_start": "0100", "prompt": "0"}]}},
        {"context_length": 1.5},
        {"architecture": [1]},
        {"supported_parameters": {"tools": True}},
        {"top_provider": "OpenAI"},
    ],
    ids=str,
)
def test_an_entry_of_openrouter_that_makes_no_sense_is_left_alone(wrong: Any) -> None:
    told = from_openrouter(ROW, {**ROW, "id": "acme/two", **wrong})
    assert [one.upstream_id for one in told.offers] == ["acme/one"]
    assert told.unread == {Place("openrouter", "acme/two")}


@pytest.mark.parametrize("wrong", [None, 7, "", "a b", "a\n", "ü", "x" * 251, ["a"], {"a": 1}])
def test_an_entry_without_a_proper_id_is_nobody(wrong: Any) -> None:
    told = from_openrouter({**ROW, "id": wrong}, ROW)
    assert [one.upstream_id for one in told.offers] == ["acme/one"]
    assert told.unread == set()


@pytest.mark.parametrize(
    "wrong",
    [
        {"prices": {"input_mtok": -1, "output_mtok": 2}},
        {"prices": {"input_mtok": 1, "output_mtok": "x"}},
        {"prices": {"input_mtok": {"base": 1, "tiers": 5}, "output_mtok": 2}},
        {"prices": {"input_mtok": {"base": 1, "tiers": [{"start": -1}]}, "output_mtok": 2}},
        {"prices": [{"constraint": {"start_time": "25:00"}, "prices": OPTION["prices"]}]},
        {"prices": [{"constraint": 3, "prices": OPTION["prices"]}]},
        {"prices": [{"prices": OPTION["prices"]}] * 1000},
        {"prices": None},
    ],
    ids=str,
)
def test_a_price_of_genai_prices_that_makes_no_sense_is_left_alone(wrong: Any) -> None:
    told = from_genai({**OPTION, **wrong})
    assert (told.offers, told.unread) == ([], {Place("acme", "one")})


@pytest.mark.parametrize(
    "clause",
    [
        None,
        {},
        {"equals": 5},
        {"equals": "one", "contains": "one"},
        {"sounds_like": "one"},
        {"regex": "("},
        {"regex": "(a+)+$" * 100},
        {"regex": "x" * 400},
        {"or": "one"},
        {"or": [{"equals": "two"}] * 1000},
        {
            "or": [
                {"or": [{"or": [{"or": [{"or": [{"or": [{"or": [{"or": [{"or": [{}]}]}]}]}]}]}]}]}
            ]
        },
    ],
    ids=lambda clause: str(clause)[:30],
)
def test_a_clause_that_makes_no_sense_means_nothing(clause: Any) -> None:
    assert len(from_genai({**OPTION, "match": clause}, OPTION).offers) == 1
    with pytest.raises(BadRow):
        genai_prices.matches(clause, "one")


def test_evil_patterns_end_at_once() -> None:
    started = time.monotonic()
    assert not genai_prices.matches({"regex": "^(a|aa)+$"}, "a" * 200 + "b")
    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("One\x00\x1b[31m\u202eevil\u200b", "One [31m evil"),
        ("  a \n\t b  ", "a b"),
        ("x" * 5000, "x" * 200),
        ("", None),
        ("\u200b", None),
        (5, None),
        (["a"], None),
    ],
)
def test_names_are_plain_text_on_one_line(name: Any, shown: str | None) -> None:
    assert from_models_dev({**GOOD, "name": name}).offers[0].name == shown


def test_a_million_entries_are_refused_before_they_are_read() -> None:
    rows = [{"id": f"a/{number}"} for number in range(validate.MOST_ROWS + 1)]
    with pytest.raises(PayloadError, match="more than 20,000 entries"):
        from_openrouter(*rows)
    with pytest.raises(PayloadError, match="more than 20,000 entries"):
        models_dev.read({"a": {"models": {str(n): 1 for n in range(20_001)}}}, ours={"a": "a"})
    with pytest.raises(PayloadError, match="more than 20,000 entries"):
        from_genai(*rows)
    million = b"[" + b",".join([b'{"id":1}'] * 1_000_000) + b"]"
    assert len(million) < validate.MOST_BYTES
    with pytest.raises(PayloadError):
        openrouter.read({"data": validate.parse(million)}, free=frozenset())


def test_reading_ends_when_its_time_is_over() -> None:
    with pytest.raises(PayloadError, match="too long"):
        genai_prices.read(
            [{"id": "acme", "models": [OPTION]}],
            theirs={"acme": "acme"},
            asked=[Place("acme", "one")],
            day=DAY,
            clock=Clock(-1),
        )
