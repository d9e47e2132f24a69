"""Models beside each other: what each row says, and which words mark a difference."""

from datetime import date
from decimal import Decimal

from apps.catalog.comparison import NOT_MEASURED, Cell, compared
from apps.catalog.listing import Entry
from apps.catalog.measured import Measured, Spread
from tests.catalog.shelf import at, entry

SMALL = entry(
    "acme/small",
    typical=Decimal("0.001"),
    prompt=Decimal("0.5"),
    context=128_000,
    abilities=frozenset({"tools"}),
    released_on=date(2025, 1, 1),
)
LARGE = entry(
    "acme/large",
    typical=Decimal("0.0125"),
    prompt=Decimal("5"),
    context=1_000_000,
    takes=frozenset({"text", "image", "audio"}),
    abilities=frozenset({"tools", "reasoning"}),
    has_open_weights=True,
    released_on=date(2026, 1, 1),
    offers=(at("acme", max_output=8192, keeps_nothing=True), at("zeta")),
)


def row(name: str, *entries: Entry) -> list[Cell]:
    (found,) = [one.cells for one in compared(entries, {}) if one.name == name]
    return found


def test_differences_are_marked_by_words() -> None:
    told = {one.name: [cell.mark for cell in one.cells] for one in compared([SMALL, LARGE])}
    assert told == {
        "A typical chat": ["cheapest", ""],
        "Prompt, per million tokens": ["lowest", ""],
        "Completion, per million tokens": ["", ""],
        "Context": ["", "longest context"],
        "Longest answer": ["", ""],
        "Takes in": ["", "only one that takes pictures and sound"],
        "Abilities": ["", "only one with thinking first"],
        "Weights": ["", "only one with open weights"],
        "Released": ["", "newest"],
        "Runs at": ["", ""],
        "Where nothing is kept": ["", "only one that can be asked where nothing is kept"],
        "Where nothing is learnt": ["", ""],
    }


def test_how_much_dearer_one_is_is_said_and_is_no_praise() -> None:
    free = entry("acme/free", typical=Decimal(0))
    cells = row("A typical chat", SMALL, LARGE, free)
    assert [cell.mark for cell in cells] == ["", "", "cheapest"]
    assert [cell.note for cell in cells] == ["", "12 times the cheapest", ""]


def test_what_several_share_is_said_so_and_what_all_share_is_not() -> None:
    twin = entry("acme/twin", typical=Decimal("0.001"))
    marks = [cell.mark for cell in row("A typical chat", SMALL, twin, LARGE)]
    assert marks == ["shared: cheapest", "shared: cheapest", ""]
    assert [cell.mark for cell in row("Abilities", SMALL, SMALL)] == ["", ""]


def test_one_model_alone_is_compared_with_nothing() -> None:
    assert {cell.mark for one in compared([LARGE]) for cell in one.cells} == {""}


def test_what_is_not_known_neither_wins_nor_loses() -> None:
    unknown = entry("acme/dark", typical=None, prompt=None, context=0, released_on=None)
    assert row("A typical chat", SMALL, unknown) == [Cell("$0.0010"), Cell("–")]
    assert row("Context", unknown, SMALL, LARGE)[0] == Cell("–")
    assert row("Released", SMALL, unknown) == [Cell("1 Jan 2025"), Cell("–")]


def test_a_free_one_is_the_cheapest_and_nobody_is_so_many_times_of_nothing() -> None:
    free = entry("acme/free", typical=Decimal(0))
    assert [cell.mark for cell in row("A typical chat", free, SMALL)] == ["cheapest", ""]


def test_what_begins_at_once_takes_no_time_that_is_nothing() -> None:
    measured = {SMALL.slug: Measured(latency=Spread(20, 30, 40, 50))}
    (cells,) = [one.cells for one in compared([SMALL], measured) if one.name == "First word, here"]
    assert cells[0].value == "under 0.1 s"


def test_what_was_not_measured_here_is_said_so() -> None:
    cells = row("First word, here", SMALL, LARGE)
    assert {cell.value for cell in cells} == {NOT_MEASURED}
    assert Measured() == Measured()
    assert [one.name for one in compared([SMALL])][-1] == "Where nothing is learnt"
