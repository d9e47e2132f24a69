"""A person arrives with a real browser: signs in by hand, and finds the house."""

from playwright.sync_api import expect

from tests.browser.visiting import Visitors
from tests.gateway.founding import PASSWORD


def test_a_person_signs_in_and_finds_the_house(visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail").fill("owner@house.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.goto("/chat/past/")
    expect(page.get_by_text("Packing list for four days of rain")).to_be_visible()


def test_who_is_signed_in_finds_their_own_page(visitors: Visitors) -> None:
    for who, name in (("owner", "Anna"), ("member", "Ben"), ("viewer", "Rosa")):
        page = visitors.arrive(who)
        page.goto("/")
        expect(page.get_by_text(name).first).to_be_visible()
