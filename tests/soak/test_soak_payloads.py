"""Three hundred payloads in every text somebody chose, in every address, in every answer."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.browser.chromium import a_browser
from tests.browser.payloads import all_payloads, few_payloads
from tests.browser.places import MEMBER, OWNER, PLACES, VIEWER
from tests.browser.talking import answers_shown
from tests.browser.vandalising import FORMS, a_defaced_house, harm, searches, sent
from tests.browser.visiting import NOBODY, Visitors
from tests.chat.hostile import ANSWERS
from tests.gateway.running import WebHouse

pytestmark = pytest.mark.soak
Defaced = tuple[WebHouse, list[str]]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with a_browser() as chromium:
        yield chromium


@pytest.fixture(scope="module")
def defaced() -> Iterator[Defaced]:
    with a_defaced_house("all") as found:
        yield found


@pytest.fixture(scope="module")
def people(defaced: Defaced, browser: Browser) -> Iterator[Visitors]:
    visitors = Visitors(browser, defaced[0])
    yield visitors
    visitors.leave()


@pytest.mark.parametrize("who", [OWNER, MEMBER, VIEWER, NOBODY])
def test_lists_stay_text(people: Visitors, who: str) -> None:
    addresses = [place.address(people.facts) for place in PLACES if place.who == who]
    page = people.sitting(who)
    assert [what for at in addresses for what in harm(people, page, at)] == []


def test_pages_of_single_things_stay_text(people: Visitors, defaced: Defaced) -> None:
    page = people.sitting(OWNER)
    assert [what for at in defaced[1] for what in harm(people, page, at)] == []


@pytest.mark.parametrize("payload", few_payloads())
def test_what_is_typed_into_forms_stays_text(people: Visitors, payload: str) -> None:
    page = people.sitting(OWNER)
    assert [what for at in FORMS for what in sent(people, page, at, payload)] == []


def test_what_stands_in_an_address_stays_text(people: Visitors) -> None:
    page = people.sitting(OWNER)
    addresses = [at for payload in all_payloads() for at in searches(payload)]
    assert [what for at in addresses for what in harm(people, page, at)] == []


def test_the_name_of_the_house_stays_text(people: Visitors) -> None:
    found, page = [], people.sitting(OWNER)
    for payload in all_payloads():
        people.house.rows("UPDATE accounts_household SET name = %s", payload[:100])
        for address in ("/", "/settings/household/"):
            found += harm(people, page, address)
    assert found == []


def test_what_a_model_answers_stays_text(people: Visitors) -> None:
    people.watch.found.clear()
    # Half a letter is no JSON: the house refuses such an answer before a page could show it.
    whole = [text for text in ANSWERS if text.encode("utf-8", "ignore").decode() == text]
    assert answers_shown(people, [*all_payloads(), *whole]) == []
    assert people.watch.found == []
