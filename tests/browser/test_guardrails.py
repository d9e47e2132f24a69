"""The page of a guardrail in a real browser: the figures follow every change, a name is found by
typing, the box shows what would leave, and all of it works without a script."""

from playwright.sync_api import Page, expect

from tests.browser.furnishing import HOME_MODEL
from tests.browser.visiting import Visitors

PATH = "/projects/homework/guardrails/"
TEXT = "Write to kitchen@home.example, card 4111 1111 1111 1111."


def page_of(visitors: Visitors) -> Page:
    page = visitors.arrive("owner")
    page.goto(PATH)
    return page


def test_a_change_shows_what_it_closes_before_it_is_saved(visitors: Visitors) -> None:
    page = page_of(visitors)
    before = page.locator("#impact .figure").inner_text().split()[0]
    page.get_by_text("Models, providers and prices").click()
    page.get_by_label("Never these models", exact=True).fill(HOME_MODEL)
    expect(page.get_by_role("heading", name="If you save this")).to_be_visible()
    expect(page.locator("#impact .was")).to_have_text(before)
    expect(page.locator("#impact .save .primary")).to_have_text("Save, close 1")
    page.get_by_role("switch", name="Free models only").check()
    expect(page.locator("#effect-only_free")).not_to_contain_text("would")
    page.reload()
    expect(page.locator("#impact .figure")).to_contain_text(before)


def test_a_name_is_found_by_typing(visitors: Visitors) -> None:
    page = page_of(visitors)
    page.get_by_text("Models, providers and prices").click()
    find = page.get_by_label("Find a model for “Only these models”")
    find.fill("openai/gpt-5-mini")
    find.press("Enter")
    assert page.get_by_label("Only these models", exact=True).input_value() == "openai/gpt-5-mini"
    assert find.input_value() == ""
    expect(page.locator("#impact .save .primary")).to_contain_text("Save, close")


def test_the_box_shows_what_would_leave_of_rules_not_saved_yet(visitors: Visitors) -> None:
    page = page_of(visitors)
    page.get_by_role("switch", name="Private values stay in the house").check()
    page.get_by_label("You write").fill(TEXT)
    expect(page.locator("#tried mark").first).to_contain_text("PII_EMAIL_")
    expect(page.locator("#tried")).to_contain_text("2 values hidden in")
    expect(page.locator("#tried mark.back").first).to_have_text("kitchen@home.example")


def test_all_of_it_without_a_script(visitors: Visitors) -> None:
    plain = visitors.arrive("owner", scripts=False)
    plain.goto(PATH)
    plain.get_by_role("switch", name="Private values stay in the house").check()
    plain.get_by_label("You write").fill(TEXT)
    plain.get_by_role("button", name="Show what would leave").click()
    expect(plain.locator("#tried")).to_contain_text("2 values hidden in")
    plain.get_by_role("switch", name="Nobody learns from our words").check()
    plain.get_by_role("button", name="Show what this changes").click()
    expect(plain.get_by_role("heading", name="If you save this")).to_be_visible()
    expect(plain.get_by_role("switch", name="Private values stay in the house")).to_be_checked()
    plain.locator("#impact .save .primary").click()
    expect(plain.get_by_text("Saved. It holds from the next call on.")).to_be_visible()
    plain.get_by_role("switch", name="Nobody learns from our words").uncheck()
    plain.get_by_role("switch", name="Private values stay in the house").uncheck()
    plain.locator("#impact .save .primary").click()  # the next finds the house as it was
    expect(plain.get_by_text("Saved. It holds from the next call on.")).to_be_visible()
