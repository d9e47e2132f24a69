"""Typing in the list of models: results come by themselves, and nobody loses the field."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visiting import Visitors

PATIENT = 15_000  # milliseconds: the house may share its machine


def listed(visitors: Visitors, address: str = "/models/") -> Page:
    page = visitors.sitting("owner")
    page.goto(address)
    return page


def test_typing_with_a_slip_finds_and_keeps_the_focus(visitors: Visitors) -> None:
    page = listed(visitors)
    field = page.get_by_label("Search models")
    field.press_sequentially("clude sonet", delay=20)
    expect(page.locator("#found tbody tr").first).to_contain_text("Claude Sonnet", timeout=PATIENT)
    expect(field).to_be_focused()
    field.press_sequentially(" 4.5")
    expect(page.locator("#found tbody tr").first).to_contain_text(
        "Claude Sonnet 4.5", timeout=PATIENT
    )
    expect(field).to_have_value("clude sonet 4.5")
    expect(page).to_have_url(re.compile(r"\?q=clude\+sonet\+4\.5$"))
    expect(page.get_by_role("heading", name="Good choices to begin with")).to_have_count(0)


def test_the_count_beside_a_choice_is_what_it_leaves(visitors: Visitors) -> None:
    page = listed(visitors)
    page.get_by_text("More filters").click()
    page.get_by_role("checkbox", name="Thinks first").check()
    told = page.locator("#n-supported_parameters-reasoning")
    expect(page.locator("#found .chip")).to_contain_text("Thinks first", timeout=PATIENT)
    expect(page.locator("#found b").first).to_have_text(f"{told.inner_text()} models")
    expect(page.get_by_role("checkbox", name="Thinks first")).to_be_focused()
    page.get_by_role("radio", name="1M").check()
    expect(page.locator("#found .chip")).to_have_count(2, timeout=PATIENT)
    page.get_by_role("link", name="Remove: Thinks first").click()
    expect(page.get_by_role("checkbox", name="Thinks first")).not_to_be_checked()
    expect(page.get_by_role("radio", name="1M")).to_be_checked()


def test_cards_stay_while_one_looks_further(visitors: Visitors) -> None:
    page = listed(visitors)
    page.get_by_role("link", name="Cards").click()
    page.get_by_label("Search models").fill("gpt")
    expect(page.locator(".model-cards > li").first).to_contain_text("GPT", timeout=PATIENT)
    page.reload()
    expect(page.locator(".model-cards > li").first).to_contain_text("GPT")
