"""A house in which every name, title, message and answer is a payload; and what a browser that
looks at it must not find."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Page

from tests.browser.furnishing import HOME_MODEL
from tests.browser.payloads import all_payloads, few_payloads
from tests.browser.visiting import Visitors, a_furnished_house
from tests.gateway.running import WebHouse
from tests.house.running import CHECKOUT

# Where one searches, narrows, or is sent on by the address.
SEARCHED = (
    "/models/?q={0}&model_authors={0}&providers={0}&max_price={0}&context={0}&arch={0}&sort={0}",
    "/calls/?model={0}&key={0}&outcome={0}&project={0}&before={0}",
    "/activity/?period={0}&project={0}&model={0}&key={0}",
    "/activity/?from={0}&to={0}&by={0}&app={0}&provider={0}&person={0}&each={0}&sum={0}",
    "/chat/past/?q={0}&page={0}",
    "/chat/?model={0}&text={0}&project={0}",
    "/connections/new/?q={0}",
    "/keys/?show={0}",
    "/projects/?show={0}",
    "/models/openai/gpt-5-mini/?use={0}",
    "/search/?q={0}",
    "/keys/new/?project={0}&name={0}",
    "/accounts/login/?next={0}",
    "/{0}",
)
# Where one writes; sent in this order.
FORMS = (
    "/models/",
    "/calls/",
    "/chat/past/",
    "/chat/1/",
    "/connections/new/",
    "/connections/new/custom/",
    "/connections/new/openai/",
    "/keys/new/",
    "/projects/new/",
    "/projects/homework/settings/",
    "/projects/homework/guardrails/",
    "/settings/household/guardrails/",
    "/settings/household/",
    "/settings/",
)
# Fields somebody may write into.
WRITABLE = (
    "input:is(:not([type]), [type=text], [type=search], [type=email], [type=url]):not([readonly])"
    ":visible, textarea:not([readonly]):visible"
)
# What a click, or another browser, could still set off: handlers, styles, addresses that are none.
SUSPECTS = """
() => [...document.querySelectorAll("*")].flatMap((one) => [...one.attributes].flatMap((held) => {
  const said = `<${one.localName} ${held.name}="${held.value.slice(0, 80)}">`;
  if (/^(on|hx-on|style$|srcdoc$)/.test(held.name)) return [said];
  if (!/^(href|src|action|formaction|data|poster|srcset|background|xlink:href)$/.test(held.name)) {
    return [];
  }
  const address = new URL(held.value, document.baseURI);
  const isLink = one.localName === "a" && ["http:", "https:", "mailto:"].includes(address.protocol);
  return isLink || address.origin === location.origin ? [] : [said];
})).concat([...document.querySelectorAll(
  "script:not([src], [type='application/json']), style, iframe, object, embed, base, "
  + "meta[http-equiv], template script"
)].map((one) => one.outerHTML.slice(0, 120)))
"""


@contextlib.contextmanager
def a_defaced_house(amount: str) -> Iterator[tuple[WebHouse, list[str]]]:
    """With "few" or "all" payloads in it, and the addresses where they are shown."""
    with a_furnished_house() as house:
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.defacing", amount],
            cwd=CHECKOUT,
            env=house.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        for payload in all_payloads() if amount == "all" else few_payloads():
            _call_as(house, payload)
        yield house, json.loads(done.stdout.splitlines()[-1])


def _call_as(house: WebHouse, app: str) -> None:
    """Over the API, from an app of this name."""
    name = " ".join(app.split()).encode()
    message = {"role": "user", "content": app}
    house.post(
        json.dumps({"model": HOME_MODEL, "messages": [message]}).encode(),
        headers={"X-Title": name, "HTTP-Referer": name},
    )


def searches(payload: str) -> list[str]:
    return [where.format(quote(payload, safe="")) for where in SEARCHED]


def harm(visitors: Visitors, page: Page, address: str) -> list[Any]:
    """What one page lets a payload do; a payload may well lead nowhere."""
    visitors.watch.found.clear()
    with visitors.watch.excusing("status of 404", "status of 400"):
        page.goto(address)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        suspects = page.evaluate(SUSPECTS)
    return [f"{address[:120]}: {what}" for what in (*suspects, *visitors.watch.found)]


def sent(visitors: Visitors, page: Page, address: str, payload: str) -> list[Any]:
    """The same, after every form of a page was filled with it and sent."""
    visitors.watch.found.clear()
    found: list[Any] = []
    page.goto(address)
    for number in range(page.locator("form").count()):
        form = page.locator("form").nth(number)
        fields = form.locator(WRITABLE)
        if not fields.count():
            continue
        for place in range(fields.count()):
            fields.nth(place).fill(payload)
        with visitors.watch.excusing("status of 4"):
            with page.expect_event("load"):  # the page's own script may change the address too
                form.evaluate("(form) => HTMLFormElement.prototype.submit.call(form)")
            found += page.evaluate(SUSPECTS)
            page.goto(address)
    return [f"{address}: {what}" for what in (*found, *visitors.watch.found)]
