"""Making a key in a real browser: the picker of models, and the one time the key is shown."""

import re

from playwright.sync_api import Page, expect

from tests.browser.visiting import Visitors


def form(visitors: Visitors) -> Page:
    page = visitors.arrive("owner")
    page.goto("/keys/new/")
    return page


def test_typing_narrows_the_models_and_counts_what_is_ticked(visitors: Visitors) -> None:
    page = form(visitors)
    page.get_by_text("Models: all that the project allows").click()
    page.get_by_label("Find a model").fill("claude sonnet")
    shown = page.locator(".pick li:visible")
    expect(shown.first).to_contain_text("Claude")
    total = page.locator(".pick li").count()
    assert 0 < shown.count() < total / 10
    expect(page.locator("[data-pick-count]")).to_have_text(f"{shown.count()} found")
    page.get_by_label("Find a model").press("Enter")
    assert page.url.endswith("/keys/new/")
    shown.first.get_by_role("checkbox").check()
    expect(page.get_by_text("Models: 1 chosen")).to_be_visible()
    page.get_by_label("Find a model").fill("")
    expect(page.locator(".pick details[open]")).to_have_count(1)


def test_a_new_key_is_focused_copied_and_never_shown_again(visitors: Visitors) -> None:
    page = form(visitors)
    page.get_by_label("Name of the key").fill("Study PC")
    page.get_by_role("button", name="Make the key").click()
    field = page.get_by_label("The new key")
    expect(field).to_be_focused()
    secret = field.input_value()
    assert re.fullmatch(r"gate_live_\w{38}", secret)
    page.get_by_role("button", name="Copy", exact=True).first.click()
    expect(page.get_by_role("button", name="Copied").first).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == secret
    with visitors.watch.excusing("status of 409"):
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("This key was shown already")
    assert secret not in page.content()
    page.go_back()
    assert secret not in page.content()


def test_leaving_before_the_key_is_saved_asks(visitors: Visitors) -> None:
    page = form(visitors)
    asked: list[str] = []
    page.on("dialog", lambda dialog: asked.append(dialog.type))
    for way, expected in (("I have saved the key", []), ("Models", ["beforeunload"])):
        page.goto("/keys/new/")
        page.get_by_label("Name of the key").fill("Kitchen radio")
        page.get_by_role("button", name="Make the key").click()
        page.get_by_label("The new key").click()
        page.get_by_role("link", name=way).first.click()
        expect(page.get_by_label("The new key")).to_have_count(0)
        assert asked == expected


def test_the_place_at_home_follows_the_address(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/connections/new/custom/")
    page.get_by_label("Base URL").fill("http://192.168.1.20:11434/v1")
    words = page.get_by_text("It may then reach 192.168.1.20, port 11434, and nothing else there.")
    expect(words).to_be_hidden()
    page.get_by_label("Runs at home").check()
    expect(words).to_be_visible()
