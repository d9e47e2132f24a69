"""What the list of models is asked for: read from an address, written back, applied."""

from datetime import date
from decimal import Decimal

import pytest
from django.http import QueryDict

from apps.catalog.asking import FilterError
from apps.catalog.data_policy import badges
from apps.catalog.filters import PAGE, Around, ModelFilter
from apps.catalog.listing import Listing, chats_per_dollar, short_count
from apps.gateway.catalog_pages.results import page_of, result_of
from tests.catalog.shelf import at, entry, listing_of

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


AROUND = Around(
    connected={"acme/big": frozenset({1})}, calls={"beta/eye": 9}, today=date(2026, 5, 11)
)


def ask(query: str, shelf: Listing = SHELF) -> ModelFilter:
    return ModelFilter.from_query(QueryDict(query), shelf)


def slugs_of(query: str, shelf: Listing = SHELF, around: Around = AROUND) -> str:
    found = ask(query, shelf).apply(shelf.entries.values(), around)
    return " ".join(one.slug for one in found)


@pytest.mark.parametrize(
    ("query", "slugs"),
    [
        ("", "acme/big acme/small:free beta/odd beta/eye"),
        ("sort=pricing-low-to-high", "acme/small:free beta/eye acme/big beta/odd"),
        ("sort=pricing-high-to-low", "acme/big beta/eye acme/small:free beta/odd"),
        ("sort=context-high-to-low", "acme/big beta/odd beta/eye acme/small:free"),
        ("sort=top-weekly", "beta/eye acme/big acme/small:free beta/odd"),
        ("sort=name&model_authors=beta", "beta/eye beta/odd"),
        ("q=acme+BIG", "acme/big"),
        ("providers=gamma", "beta/odd"),
        ("providers=Gamma,acme", "acme/big acme/small:free beta/odd"),
        ("free=true", "acme/small:free"),
        ("open_weights=1", "beta/eye"),
        ("supported_parameters=tools&supported_parameters=reasoning", "acme/big"),
        ("supported_parameters=tool_choice,include_reasoning", "acme/big"),
        ("input_modalities=image", "beta/eye"),
        ("output_modalities=image", ""),
        ("max_price=0.5", "acme/small:free beta/eye"),
        ("max_price=0,5&free=1", "acme/small:free"),
        ("min_price=1", "acme/big"),
        ("max_chat_price=0.0013", "acme/small:free beta/eye"),
        ("max_age_days=10", "acme/big"),
        ("min_age_days=11", "acme/small:free beta/odd"),
        ("context=200000", "acme/big"),
        ("context=200000&free=1", ""),
        ("connected=true", "acme/big"),
        ("mine=true", ""),
    ],
)
def test_filters_keep_what_fits_in_order(query: str, slugs: str) -> None:
    assert slugs_of(query) == slugs


def test_what_is_asked_of_an_endpoint_holds_of_one_and_the_same() -> None:
    cheap = at("cheap", prompt=Decimal(1), typical=Decimal("0.1"))
    private = at(
        "private", endpoint_id=2, prompt=Decimal(3), typical=Decimal("0.3"), keeps_nothing=True
    )
    shelf = listing_of(
        entry("a/b", offers=(cheap, private), providers={"cheap": "Cheap", "private": "Private"})
    )
    assert slugs_of("max_price=1", shelf) == slugs_of("zdr=true", shelf) == "a/b"
    assert slugs_of("max_price=1&zdr=true", shelf) == ""
    (shown,) = ask("zdr=true", shelf).apply(shelf.entries.values(), AROUND)
    assert (shown.prompt, list(shown.providers)) == (Decimal(3), ["private"])


@pytest.mark.parametrize(
    "query",
    [
        "model_authors=nobody&providers=x&sort=drop&page=-1&context=abc",
        "context=" + "9" * 40 + "&page=" + "9" * 40,
        "page=٣&context=²",
        "q=%00%20",
        "supported_parameters=magic&input_modalities=smell&free=maybe&category=trivia&limit=0",
    ],
)
def test_what_means_nothing_is_left_out(query: str) -> None:
    wanted = ask(query)
    assert len(wanted.apply(SHELF.entries.values(), AROUND)) == 4
    assert wanted.chips(SHELF) == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("providers=x", "providers"),
        ("model_authors=x", "model_authors"),
        ("sort=drop", "sort"),
        ("sort=intelligence-high-to-low", "sort"),
        ("context=-1", "context"),
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("offset=x", "offset"),
        ("max_price=-1", "max_price"),
        ("min_price=2&max_price=1", "min_price"),
        ("min_age_days=2&max_age_days=1", "min_age_days"),
        ("supported_parameters=magic", "supported_parameters"),
        ("input_modalities=smell", "input_modalities"),
        ("zdr=perhaps", "zdr"),
        ("category=trivia", "category"),
        ("distillable=true", "distillable"),
        ("region=eu", "region"),
        ("min_coding_index=1", "min_coding_index"),
    ],
)
def test_the_strict_way_names_what_it_does_not_know(query: str, field: str) -> None:
    with pytest.raises(FilterError) as refused:
        ModelFilter.from_query(QueryDict(query), SHELF, strict=True)
    assert refused.value.field == field
    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("price", ["cheap", "-1", "NaN", "Infinity", "1e99", "--"])
def test_a_price_that_is_none_is_named_and_left_out(price: str) -> None:
    wanted = ask(f"max_price={price}")
    assert wanted.max_price is None
    (problem,) = wanted.problems
    assert problem == ("max_price", "Enter a price in dollars, such as 1.50.", price)


def test_the_address_says_what_is_set_and_nothing_else() -> None:
    query = "supported_parameters=tools&model_authors=acme&q=big&max_price=&context=&providers="
    wanted = ask(query + "&sort=&page=1&x=y")
    assert wanted.address() == "?model_authors=acme&q=big&supported_parameters=tools"
    assert [chip.words for chip in wanted.chips(SHELF)] == ["“big”", "By Acme", "Tools"]
    assert [chip.address for chip in wanted.chips(SHELF)] == [
        "?model_authors=acme&supported_parameters=tools",
        "?q=big&supported_parameters=tools",
        "?model_authors=acme&q=big",
    ]


def test_every_page_is_shown_once_and_one_too_far_is_the_last() -> None:
    shelf = listing_of(*(entry(f"acme/m{n:03d}") for n in range(2 * PAGE + 1)))
    result = result_of(ask("", shelf), shelf, AROUND)
    pages = [page_of(result, n) for n in (1, 2, 3)]
    assert [one.slug for page in pages for one in page.entries] == sorted(shelf.entries)
    beyond = page_of(result, 9)
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
