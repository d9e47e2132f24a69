"""A list that would take much away, or change many prices by far, waits for somebody's word."""

import pytest

from apps.catalog.refresh.guard import objection
from tests.catalog.refresh.lists import endpoint, offer, planned, said, stands


def weighed(count: int, *, gone: int = 0, far: int = 0, factor: str = "3.01") -> str:
    """A provider with so many models; some go, some others change their price by that factor."""
    rows = [endpoint(f"acme/m-{number}@acme") for number in range(count)]
    told = [
        offer(f"acme/m-{number}", factor if number < far else "1") for number in range(count - gone)
    ]
    standing = stands(*rows)
    return objection(planned("models.dev", said(*told), standing), standing)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, ""),
        ({"gone": 20}, ""),
        ({"gone": 21}, "remove 21 of 100 models (21%; above 20% somebody has to agree)"),
        ({"far": 10}, ""),
        ({"far": 11}, "change 11 of 100 prices by more than 3 times (11%; above 10% "),
        ({"far": 11, "factor": "0.3"}, "change 11 of 100 prices by more than 3 times"),
        ({"far": 100, "factor": "3"}, ""),
        ({"far": 100, "factor": "0.5"}, ""),
        ({"gone": 50, "far": 50}, "remove 50 of 100 models"),
    ],
    ids=str,
)
def test_the_bounds_are_a_fifth_gone_and_a_tenth_far_off(
    facts: dict[str, object], words: str
) -> None:
    told = weighed(100, **facts)  # type: ignore[arg-type]
    assert (words in told) if words else (told == "")


def test_both_reasons_stand_in_one_sentence() -> None:
    told = weighed(100, gone=50, far=50)
    assert told == (
        "This would remove 50 of 100 models (50%; above 20% somebody has to agree), and change 50 "
        "of 50 prices by more than 3 times (100%; above 10% somebody has to agree). The catalogue "
        "stays as it was."
    )


def test_places_of_models_that_stay_count_too() -> None:
    rows = [endpoint(f"acme/m-{n}@{where}") for n in range(10) for where in ("acme", "hosts")]
    standing = stands(*rows)
    told = said(*(offer(f"acme/m-{number}") for number in range(10)))
    assert "remove 10 of 20 places where models run (50%" in objection(
        planned("models.dev", told, standing), standing
    )


def test_a_flood_of_new_ones_waits_too() -> None:
    standing = stands(endpoint("openai/gpt-9@openai"))
    for count, words in ((1000, ""), (1001, "add 1,001 places where models run (above 1,000 ")):
        told = said(offer("openai/gpt-9"), *(offer(f"openai/gpt-9-m{n}") for n in range(count)))
        plan = planned("models.dev", told, standing)
        assert len(plan.endpoints) == count
        told_words = objection(plan, standing)
        assert (words in told_words) if words else (told_words == "")
