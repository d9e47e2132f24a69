"""What the list of models is asked for: read from an address, written back, applied."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from apps.catalog.data_policy import badges
from apps.catalog.filters import PAGE, Wish
from apps.catalog.listing import Listing, chats_per_dollar, short_count
from tests.catalog.shelf import entry, listing_of

SHELF = listing_of(
    entry(
        "acme/big",
        context=1_000_000,
        typical=Decimal("0.02"),
        prompt=Decimal(5),
        abilities=frozenset({"tools", "reasoning"}),
        released_on=date(2026, 5, 1),
    ),
    entry("acme/small:free", is_free=True, prompt=Decimal(0), typical=Decimal(0), context=8000),
    entry("beta/eye", takes=frozenset({"text", "image"}), has_open_weights=True, released_on=None),
    entry("beta/odd", prompt=None, completion=None, typical=None, providers={"gamma": "Gamma"}),
)


def ask(query: str, shelf: Listing = SHELF) -> Wish:
    return Wish.read(QueryDict(query), shelf)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", "acme/big acme/small:free beta/odd beta/eye"),
        ("sort=price", "acme/small:free beta/eye acme/big beta/odd"),
        ("sort=context", "acme/big beta/eye beta/odd acme/small:free"),
        ("sort=name&author=beta", "beta/eye beta/odd"),
        ("q=acme+BIG", "acme/big"),
        ("provider=gamma", "beta/odd"),
        ("free=1", "acme/small:free"),
        ("open=1", "beta/eye"),
        ("tools=1&reasoning=on", "acme/big"),
        ("image=1", "beta/eye"),
        ("price=0.5", "acme/small:free beta/eye"),
        ("price=0,5&free=1", "acme/small:free"),
        ("context=200000", "acme/big"),
        ("context=200000&free=1", ""),
    ],
)
def test_filters_keep_what_fits_in_order(query: str, slugs: str) -> None:
    found = ask(query).found(SHELF)
    assert " ".join(one.slug for one in found.entries) == slugs
    assert found.total == len(slugs.split())


@pytest.mark.parametrize(
    "query",
    [
        "author=nobody&provider=x&sort=drop&page=-1&context=abc",
        "context=" + "9" * 40 + "&page=" + "9" * 40,
        "page=٣&context=²",
        "q=%00%20",
    ],
)
def test_what_means_nothing_is_left_out(query: str) -> None:
    wish = ask(query)
    assert wish.found(SHELF).total == 4
    assert wish.chips(SHELF) == []


@pytest.mark.parametrize("price", ["cheap", "-1", "NaN", "Infinity", "1e99", "--"])
def test_a_price_that_is_none_is_named_and_left_out(price: str) -> None:
    wish = ask(f"price={price}")
    assert wish.price is None
    assert wish.price_problem == "Enter a price in dollars, such as 1.50."


def test_the_address_says_what_is_set_and_nothing_else() -> None:
    wish = ask("tools=1&author=acme&q=big&price=&context=&provider=&sort=newest&page=1&x=y")
    assert wish.address() == "?author=acme&q=big&tools=1"
    assert [chip.words for chip in wish.chips(SHELF)] == ["“big”", "By Acme", "Tools"]
    assert [chip.address for chip in wish.chips(SHELF)] == [
        "?author=acme&tools=1",
        "?q=big&tools=1",
        "?author=acme&q=big",
    ]


def test_every_page_is_shown_once_and_one_too_far_is_the_last() -> None:
    shelf = listing_of(*(entry(f"acme/m{n:03d}") for n in range(2 * PAGE + 1)))
    seen = [one.slug for n in (1, 2, 3) for one in ask(f"page={n}", shelf).found(shelf).entries]
    assert seen == sorted(shelf.entries)
    beyond = ask("page=9", shelf).found(shelf)
    assert (len(beyond.entries), beyond.first) == (1, 2 * PAGE + 1)


@pytest.mark.parametrize(
    ("typical", "words"),
    [
        ("0.0093", "100"),
        ("0.00026", "3,800"),
        ("0", "no charge"),
        ("0.08", "12"),
        ("3", "0"),
        (None, "–"),
    ],
)
def test_chats_per_dollar(typical: str | None, words: str) -> None:
    assert chats_per_dollar(None if typical is None else Decimal(typical)) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(512, "512"), (131_072, "131k"), (1_000_000, "1M"), (1_048_576, "1.05M")],
)
def test_long_counts_are_short(number: int, words: str) -> None:
    assert short_count(number) == words


@pytest.mark.parametrize(
    ("policy", "variant", "words"),
    [
        ({}, None, "May train"),
        ({"trains": "no", "retention_days": 0}, None, "Keeps nothing, No training"),
        ({"trains": "no", "retention_days": 30}, None, "Keeps 30 days, No training"),
        ({"trains": "no"}, None, "Keeps, no end stated, No training"),
        ({"trains": "yes", "retention_days": 1}, None, "Trains on chats, Keeps 1 day"),
        ({"trains": "opt_out", "retention_days": 0}, None, "May train, Keeps nothing"),
        ({"trains": "no", "retention_days": 0}, "free", "May train"),
        ({"trains_free_tier": "no", "retention_days": 0}, "free", "Keeps nothing, No training"),
        (
            {"trains": "no", "retention_days": 0, "zdr": "configurable"},
            None,
            "Keeps nothing if your account says so, No training",
        ),
        ({"trains": "yes", "trains_free_tier": "no"}, "free", "Keeps, no end stated, No training"),
    ],
)
def test_a_data_policy_is_read_strictly(
    policy: dict[str, object], variant: str | None, words: str
) -> None:
    assert ", ".join(badge.words for badge in badges(policy, variant=variant)) == words


@pytest.mark.parametrize(
    ("able", "takes", "words"),
    [
        (set(), {"text"}, "Text"),
        ({"structured_outputs"}, {"image"}, "JSON, pictures"),
        ({"tools", "reasoning"}, set(), "Tools, thinks first"),
    ],
)
def test_what_a_model_can_is_said_in_a_few_words(
    able: set[str], takes: set[str], words: str
) -> None:
    assert entry("a/b", abilities=frozenset(able), takes=frozenset(takes)).can == words
