"""Ten payloads in every text somebody chose: none runs, none calls another host. `make soak` tries
three hundred."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.payloads import all_payloads, few_payloads
from tests.browser.places import OWNER, PLACES
from tests.browser.talking import answers_shown
from tests.browser.vandalising import FORMS, a_defaced_house, harm, searches, sent
from tests.browser.visiting import Visitors
from tests.gateway.running import WebHouse

Defaced = tuple[WebHouse, list[str]]


@pytest.fixture(scope="module")
def defaced() -> Iterator[Defaced]:
    with a_defaced_house("few") as found:
        yield found


@pytest.fixture(scope="module")
def owner(defaced: Defaced, browser: Browser) -> Iterator[Visitors]:
    people = Visitors(browser, defaced[0])
    yield people
    people.leave()


def test_what_is_stored_stays_text(owner: Visitors, defaced: Defaced) -> None:
    page = owner.sitting(OWNER)
    lists = [place.address(owner.facts) for place in PLACES if place.who == OWNER]
    single = defaced[1][: 3 * 6]  # the lists show all ten
    assert [what for at in [*lists, *single] for what in harm(owner, page, at)] == []


def test_what_stands_in_an_address_stays_text(owner: Visitors) -> None:
    page = owner.sitting(OWNER)
    addresses = [at for payload in few_payloads()[:3] for at in searches(payload)]
    assert [what for at in addresses for what in harm(owner, page, at)] == []


def test_what_is_typed_into_forms_stays_text(owner: Visitors) -> None:
    page = owner.sitting(OWNER)
    payload = few_payloads()[1]
    assert [what for at in FORMS for what in sent(owner, page, at, payload)] == []


def test_what_a_model_answers_stays_text(owner: Visitors) -> None:
    owner.watch.found.clear()
    assert answers_shown(owner, few_payloads()) == []
    assert owner.watch.found == []


def test_there_are_about_three_hundred() -> None:
    assert 290 <= len(all_payloads()) <= 330
