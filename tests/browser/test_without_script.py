"""With JavaScript off every form and link still works."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.furnishing import HOME_MODEL
from tests.browser.places import NOBODY, OWNER, PLACES, Place
from tests.browser.visiting import Visitors
from tests.gateway.founding import PASSWORD


@pytest.fixture
def plain(visitors: Visitors) -> Page:
    return visitors.arrive(OWNER, scripts=False)


def test_one_signs_in_and_out(visitors: Visitors) -> None:
    page = visitors.arrive(scripts=False)
    page.goto("/settings/")
    page.get_by_label("E-mail").fill("member@house.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    page.goto("/settings/")
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_one_makes_a_key_and_sees_it_once(plain: Page) -> None:
    plain.goto("/keys/")
    plain.get_by_role("link", name="New key").first.click()
    plain.get_by_label("Name").first.fill("Made without scripts")
    plain.get_by_role("button", name="Make the key").click()
    expect(plain.get_by_text("Copy the key for “Made without scripts” now")).to_be_visible()
    (secret,) = set(re.findall(r"gate_live_\w{38}", plain.content()))
    plain.goto("/keys/")
    assert secret not in plain.content()
    row = plain.get_by_role("row", name="Made without scripts")
    row.get_by_role("button", name="Switch off").click()
    plain.goto("/keys/?show=off")
    expect(plain.get_by_role("row", name="Made without scripts")).to_be_visible()


def test_one_asks_and_is_answered(plain: Page) -> None:
    plain.goto(f"/chat/?model={HOME_MODEL}")
    plain.get_by_label("Your message").fill("A question without scripts")
    plain.get_by_role("button", name="Send").click()
    expect(plain).to_have_url(re.compile(r"/chat/\d+/"))
    expect(plain.get_by_text("Hello from upstream.")).to_be_visible()
    plain.goto("/chat/past/?q=without+scripts")
    expect(plain.get_by_role("link", name="A question without scripts").first).to_be_visible()


def test_one_changes_settings_and_theme(visitors: Visitors) -> None:
    page = visitors.arrive("viewer", scripts=False)
    page.goto("/settings/")
    page.get_by_role("combobox", name="Theme").select_option("dark")
    page.get_by_role("button", name="Save").first.click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("combobox", name="Theme").select_option("system")
    page.get_by_role("button", name="Save").first.click()
    assert page.locator("html").get_attribute("data-theme") in {None, "system"}


def test_one_narrows_lists(plain: Page) -> None:
    plain.goto("/models/")
    plain.get_by_role("searchbox").first.fill("claude")
    plain.get_by_role("button", name="Show").first.click()
    expect(plain).to_have_url(re.compile("q=claude"))
    expect(plain.get_by_role("link", name=re.compile("Claude Sonnet 4.5")).first).to_be_visible()
    plain.goto("/activity/")
    plain.get_by_role("group", name="Period").get_by_role("link", name="This week").click()
    expect(plain).to_have_url(re.compile(r"period="))


@pytest.mark.parametrize("who", [NOBODY, OWNER])
def test_every_link_leads_somewhere(visitors: Visitors, who: str) -> None:
    """All links of all pages, each asked once."""
    page = visitors.arrive(who, scripts=False)
    links = {link for place in PLACES if place.who == who for link in _links(visitors, page, place)}
    wrong = {}
    for link in sorted(links):
        answer = page.request.get(link, max_redirects=3)
        if answer.status != 200:
            wrong[link] = answer.status
    assert wrong == {}


def _links(visitors: Visitors, page: Page, place: Place) -> set[str]:
    """Of one list one link is enough: numbers in addresses count as the same."""
    with visitors.watch.excusing(f"status of {place.status}"):
        page.goto(place.address(visitors.facts))
    hrefs = page.locator("a[href^='/']:not([download])").evaluate_all(
        "links => links.map((one) => one.getAttribute('href').split('#')[0])"
    )
    alike = {re.sub(r"\d+|(?<=/models/)[^?]+|=[^&]+", "*", one): one for one in hrefs}
    return set(alike.values())
