"""Several models asked the same, as one sees it in a browser: the cost, the answers as they come,
one stop."""

from urllib.parse import urlencode

from playwright.sync_api import Page, expect

from tests.browser.furnishing import HOME_MODEL
from tests.browser.visiting import Visitors
from tests.browser.walking import findings
from tests.gateway.behaviours import Stream

PATIENCE_MS = 60_000
ONE = urlencode([("m", HOME_MODEL), ("m", "openai/gpt-5-mini")])


def weighed(visitors: Visitors, text: str) -> Page:
    page = visitors.sitting("owner")
    page.goto(f"/compare/?{ONE}")
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="See what it would cost").click()
    expect(page.get_by_role("button", name="Ask ")).to_be_visible()
    return page


def test_answers_come_side_by_side_after_the_cost_was_shown(visitors: Visitors) -> None:
    visitors.house.first.then(Stream(words=("It *scatters*", " most."), pace=0.05))
    page = weighed(visitors, "Why is the sky blue?")
    expect(page.get_by_text("At most").first).to_be_visible()
    page.get_by_role("button", name="Ask ").click()
    expect(page.locator("#column-1-body em")).to_have_text("scatters", timeout=PATIENCE_MS)
    expect(page.locator("#sum")).to_be_visible(timeout=PATIENCE_MS)
    expect(page.locator("#column-1-body").get_by_role("link", name="Receipt")).to_be_visible()
    expect(page.get_by_label("Your message")).to_have_value("Why is the sky blue?")
    assert findings(page) == []


def test_one_button_stops_them_all(visitors: Visitors) -> None:
    visitors.house.first.then(Stream(words=tuple(f" word{n}" for n in range(2000)), pace=0.02))
    page = weighed(visitors, "Tell me everything")
    page.get_by_role("button", name="Ask ").click()
    expect(page.locator("#column-1-body .open")).to_contain_text("word1", timeout=PATIENCE_MS)
    page.get_by_role("button", name="Stop them all").click()
    stopped = page.locator("#column-1-body").get_by_text("Stopped here.")
    expect(stopped).to_be_visible(timeout=PATIENCE_MS)
    page.get_by_role("link", name="What it cost stands on its receipt.").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
