"""The shell in a real browser: the palette, the keys, the switch of projects, and the gate for HTML
that scripts make."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visiting import DESK, PHONE, Visitors
from tests.browser.walking import findings, overhang
from tests.gateway.founding import PASSWORD

PUT_IN = """(html) => {
  try { document.body.insertAdjacentHTML("beforeend", html); return "in"; }
  catch (problem) { return problem.name; }
}"""
HOSTILE = (
    "<img src=x onerror=ran()>",
    "<script>ran()</script>",
    "<script src='data:text/javascript,ran()'></script>",
    "<a href=' java\tscript:ran()'>x</a>",
    "<form action='javascript:ran()'><button>x</button></form>",
    "<template><iframe srcdoc='<p>x'></iframe></template>",
    "<svg><animate onbegin=ran() /></svg>",
    "<p hx-on:click='ran()'>x</p>",
    "<noscript><p title='</noscript><img src=x onerror=ran()>'></p></noscript>",
    "<svg><a><animate attributeName='href' values='javascript:ran()' /></a></svg>",
    "<svg><a><set attributeName='href' to='javascript:ran()' /></a></svg>",
)
REFUSED = ("TrustedHTML", "Content Security Policy", "policy:")


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    expect(page.locator("#palette-list").get_by_role("option").first).to_have_text("Home")


def test_the_palette_finds_and_opens_by_keyboard_alone(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/activity/")
    open_palette(page)
    field = page.get_by_role("combobox", name="Search the house")
    expect(field).to_be_focused()
    page.keyboard.type("claude sonnet 4.6")
    first = page.locator("#palette-list").get_by_role("option").first
    expect(first).to_contain_text("Claude Sonnet 4.6")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "hit-1-1")
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/models/anthropic/claude-sonnet-4.6/")


def test_enter_waits_for_what_was_typed_last(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/keys/")
    open_palette(page)
    page.keyboard.type("househ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/household/")


def test_esc_closes_and_gives_the_focus_back(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/chat/")
    field = page.get_by_role("textbox", name="Message")
    field.fill("Half a thought")
    open_palette(page)
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    expect(field).to_be_focused()
    expect(field).to_have_value("Half a thought")


def test_the_keys_are_told_on_a_question_mark_but_never_while_typing(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/models/")
    page.keyboard.press("/")
    page.keyboard.type("?gk")
    expect(page.get_by_role("searchbox", name="Search models")).to_have_value("?gk")
    expect(page.locator("#shortcuts")).to_be_hidden()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    told = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(told).to_contain_text("Search the house")
    told.get_by_role("button", name="Switch them off").click()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(told).to_be_hidden()
    page.goto("/shortcuts/")
    page.get_by_role("button", name="Switch them on").first.click()
    page.keyboard.press("g")
    page.keyboard.press("k")
    page.wait_for_url("**/keys/")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_project_is_chosen_on_a_phone(visitors: Visitors, scripts: bool) -> None:
    page = visitors.arrive("owner", width=PHONE, scripts=scripts)
    page.goto("/activity/")
    page.get_by_role("link", name="More").click()
    page.get_by_title("Switch project").click()
    page.locator("#places").get_by_role("button").nth(1).click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".page-head")).to_contain_text("in the project")
    page.get_by_role("link", name="More").click()
    page.get_by_title("Switch project").click()
    page.get_by_role("button", name="All my projects").click()
    expect(page.locator(".page-head")).not_to_contain_text("in the project")


@pytest.mark.parametrize(("width", "theme"), [(DESK, "light"), (PHONE, "dark")])
def test_what_opens_over_a_page_is_sound(visitors: Visitors, width: int, theme: str) -> None:
    page = visitors.arrive("owner", width=width, theme=theme)
    page.goto("/activity/")
    open_palette(page)
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(page.locator("#palette")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert findings(page) == []
    page.keyboard.press("Escape")
    if width == PHONE:
        page.get_by_role("link", name="More").click()
    page.get_by_title("Switch project").click()
    expect(page.get_by_role("button", name="All my projects").last).to_be_visible()
    assert findings(page) == []
    assert overhang(page) == []


def test_what_was_typed_survives_the_end_of_a_sign_in(visitors: Visitors) -> None:
    page = visitors.arrive("member")
    page.goto("/settings/")
    field = page.get_by_label("Name")
    name = field.input_value()
    field.fill("Half a name")
    page.context.clear_cookies(name=f"gatehouse_{visitors.house.port}")
    with visitors.watch.excusing("status of 401", "status of 403"):
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()
        assert findings(page) == []
        with page.context.expect_page() as opened:
            page.get_by_role("link", name="Open the sign-in in a new tab").click()
        other = opened.value
        other.get_by_label("E-mail").fill("member@house.example")
        other.get_by_label("Password").fill(PASSWORD)
        other.keyboard.press("Enter")
        other.wait_for_url("**/settings/")
        page.get_by_role("button", name="Send what I typed").click()
        expect(page.get_by_role("heading", name="This page was too old")).to_be_visible()
        page.get_by_role("button", name="Send what I typed").click()
    expect(page.get_by_label("Name")).to_have_value("Half a name")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved.")).to_be_visible()


def test_html_that_could_run_is_refused_by_the_gate(visitors: Visitors) -> None:
    page = visitors.arrive("owner")
    page.goto("/models/")
    assert page.evaluate(PUT_IN, "<p class=small><a href='/keys/'>Keys</a></p>") == "in"
    assert (
        page.evaluate(PUT_IN, "<img alt='' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
        == "in"
    )
    with visitors.watch.excusing(*REFUSED):
        assert [page.evaluate(PUT_IN, one) for one in HOSTILE] == ["TypeError"] * len(HOSTILE)
        page.goto("/keys/")  # whatever the browser still has to say of it is said by now


def test_pieces_asked_for_by_htmx_pass_the_gate(visitors: Visitors) -> None:
    page = visitors.arrive()
    page.goto("/models/")
    page.get_by_role("searchbox", name="Search models").fill("sonnet")
    page.wait_for_url("**/models/?q=sonnet")
    expect(page.locator("#found")).to_contain_text("Claude Sonnet 4.6")
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None
