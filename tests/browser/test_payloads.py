"""Payloads in every text somebody chose, in every address, in every answer: none runs, none calls
another host. Ten of them each time; three hundred, and every hostile answer, in `make soak`."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser

from tests.browser.payloads import all_payloads, few_payloads
from tests.browser.places import MEMBER, OWNER, PLACES, VIEWER
from tests.browser.talking import answers_shown
from tests.browser.vandalising import FORMS, a_defaced_house, harm, searches, sent
from tests.browser.visiting import NOBODY, Visitors
from tests.chat.hostile import ANSWERS

FEW, ALL = few_payloads(), all_payloads()


@dataclass(frozen=True)
class Amount:
    """How much is tried: `singles` and `searched` of what there is."""

    name: str
    payloads: list[str]
    people: tuple[str, ...]
    singles: slice
    searched: slice
    typed: list[str]
    answers: list[str]


SOME = Amount("few", FEW, (OWNER,), slice(3 * 7), slice(3), FEW[1:2], FEW)  # 7 pages show each
WHOLE = slice(None)
EVERYTHING = Amount(
    "all", ALL, (OWNER, MEMBER, VIEWER, NOBODY), WHOLE, WHOLE, FEW, [*ALL, *ANSWERS]
)


@dataclass(frozen=True)
class Defaced:
    """A house full of payloads, the pages of single things that show them, and who looks."""

    amount: Amount
    shown: list[str]
    visitors: Visitors

    def harm(self, addresses: list[str], who: str = OWNER) -> list[str]:
        page = self.visitors.sitting(who)
        return [what for at in addresses for what in harm(self.visitors, page, at)]


@pytest.fixture(
    scope="module",
    params=[SOME, pytest.param(EVERYTHING, marks=pytest.mark.soak)],
    ids=lambda amount: amount.name,
)
def defaced(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Defaced]:
    with a_defaced_house(request.param.name) as (house, shown):
        visitors = Visitors(browser, house)
        yield Defaced(request.param, shown, visitors)
        visitors.leave()


def test_lists_stay_text(defaced: Defaced) -> None:
    for who in defaced.amount.people:
        lists = [one.address(defaced.visitors.facts) for one in PLACES if one.who == who]
        assert defaced.harm(lists, who) == []


def test_pages_of_single_things_stay_text(defaced: Defaced) -> None:
    assert defaced.harm(defaced.shown[defaced.amount.singles]) == []


def test_what_stands_in_an_address_stays_text(defaced: Defaced) -> None:
    payloads = defaced.amount.payloads[defaced.amount.searched]
    assert defaced.harm([at for payload in payloads for at in searches(payload)]) == []


def test_what_is_typed_into_forms_stays_text(defaced: Defaced) -> None:
    page = defaced.visitors.sitting(OWNER)
    for payload in defaced.amount.typed:
        found = [what for at in FORMS for what in sent(defaced.visitors, page, at, payload)]
        assert found == [], payload


def test_the_name_of_the_house_stays_text(defaced: Defaced) -> None:
    rename = "UPDATE accounts_household SET name = %s"
    for payload in defaced.amount.payloads:
        defaced.visitors.house.rows(rename, payload[:100])
        assert defaced.harm(["/", "/settings/household/"]) == [], payload


def test_what_a_model_answers_stays_text(defaced: Defaced) -> None:
    defaced.visitors.watch.found.clear()
    assert answers_shown(defaced.visitors, defaced.amount.answers) == []
    assert defaced.visitors.watch.found == []


def test_there_are_about_three_hundred() -> None:
    assert 290 <= len(ALL) <= 330
