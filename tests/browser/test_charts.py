"""A chart in a real browser: plotly takes it over where there is room, and is read with the
keyboard; phones keep what the house drew, and never ask for plotly."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visiting import PHONE, Visitors

PLOTLY = "plotly.min.js"
COLOUR = "el => getComputedStyle(el.querySelector('.plot-area .points path')).fill"


def look(visitors: Visitors, **options: object) -> Page:
    page = visitors.arrive("owner", **options)  # type: ignore[arg-type]
    page.goto("/activity/?period=month&sum=yes")
    return page


def live(page: Page) -> Locator:
    """The chart, once plotly has drawn it. It is read in full, which takes a slow machine long."""
    expect(page.locator(".chart.is-live .main-svg").first).to_be_visible(timeout=60_000)
    expect(page.locator("#reading")).to_be_enabled(timeout=60_000)
    return page.locator(".chart")


def test_a_chart_is_read_from_column_to_column(visitors: Visitors) -> None:
    page = look(visitors)
    chart = live(page)
    expect(chart.locator("> svg.at-wide")).to_be_hidden()
    slider = chart.get_by_label("Read it from left to right")
    slider.focus()
    slider.press("Home")
    last = page.locator(".as-table tbody tr").first.inner_text()
    expect(chart.locator("output")).to_contain_text(last.split("\t")[0])
    expect(chart.locator(".hoverlayer .legend")).to_be_visible()
    assert slider.get_attribute("aria-valuetext") == chart.locator("output").inner_text()
    slider.press("End")
    expect(chart.locator("output")).to_contain_text("$")
    page.context.close()


def test_a_chart_is_looked_at_closer_and_whole_again(visitors: Visitors) -> None:
    page = look(visitors)
    chart = live(page)
    names = chart.locator(".xtick")
    before = names.all_inner_texts()
    whole = page.get_by_role("button", name="Whole period")
    expect(whole).to_be_disabled()
    page.get_by_role("button", name="Closer").click()
    expect(whole).to_be_enabled()
    assert names.all_inner_texts() != before
    whole.click()
    expect(whole).to_be_disabled()
    assert names.all_inner_texts() == before
    page.context.close()


def test_a_chart_follows_the_theme(visitors: Visitors) -> None:
    page = look(visitors)
    chart = live(page)
    light = chart.evaluate(COLOUR)
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(
        f"before => ({COLOUR})(document.querySelector('.chart')) !== before", arg=light
    )
    assert chart.evaluate(COLOUR) == chart.locator(".legend .c1").evaluate(
        "el => getComputedStyle(el).fill"
    )
    page.context.close()


@pytest.mark.parametrize(("width", "scripts"), [(PHONE, True), (1280, False)])
def test_a_chart_is_there_without_plotly(visitors: Visitors, width: int, scripts: bool) -> None:
    asked: list[str] = []
    page = visitors.arrive("owner", width=width, scripts=scripts)
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/activity/?period=month", wait_until="networkidle")
    shown = ".smalls svg[role=img]" if width == PHONE else ".chart > svg.at-wide"
    expect(page.locator(shown).first).to_be_visible()
    expect(page.locator(".plot-area")).to_be_hidden()
    assert not [url for url in asked if PLOTLY in url]
    page.context.close()
