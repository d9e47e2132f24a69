"""A person at the chat page of a running house: signs in, reads the form, sends it."""

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.gateway.founding import PASSWORD
from tests.gateway.running import WebHouse

# What a browser says of a form that it sends from one of the house's pages.
BROWSER = {"Accept": "text/html", "Sec-Fetch-Site": "same-origin"}
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|token|parent)" value="([^"]*)"')


@dataclass
class Sitter:
    """`path` is the page one looks at."""

    house: WebHouse
    web: httpx.Client
    path: str = "/chat/"
    events: list[dict[str, Any]] = field(default_factory=list)

    def page(self) -> str:
        response = self.web.get(self.path)
        assert response.status_code == 200
        return response.text

    def form(self, text: str = "", **fields: str) -> dict[str, str]:
        found = dict(HIDDEN.findall(self.page()[self._composer() :]))
        return {"model": "test/one", **found, "text": text, **fields}

    def send(self, text: str = "", **fields: str) -> httpx.Response:
        """As a browser without scripts does."""
        return self.post(self.form(text, **fields))

    def post(self, form: dict[str, str], follow: bool = True) -> httpx.Response:
        response = self.web.post(self.path, data=form, follow_redirects=follow)
        if response.history:
            self.path = response.url.path
        return response

    def stream(self, form: dict[str, str], leave_after: int | None = None) -> httpx.Response:
        """As the script does; it hangs up after so many events."""
        self.events = []
        address = f"{self.path}stream/"
        with self.web.stream("POST", address, data=form) as response:
            if not response.headers["content-type"].startswith("text/event-stream"):
                response.read()
                return response
            for line in response.iter_lines():
                if line.startswith("data: "):
                    self.events.append(json.loads(line[6:]))
                if leave_after is not None and len(self.events) >= leave_after:
                    break
            return response

    def _composer(self) -> int:
        return self.page().index('id="composer"')

    def calls(self) -> int:
        return self.house.count()

    def kind(self, name: str) -> list[dict[str, Any]]:
        return [event for event in self.events if event["kind"] == name]


@contextlib.contextmanager
def a_browser_at(house: WebHouse) -> Iterator[httpx.Client]:
    address = f"http://localhost:{house.port}"
    with httpx.Client(base_url=address, timeout=30, trust_env=False) as web:
        yield web


def sign_in(web: httpx.Client) -> None:
    proof = dict(HIDDEN.findall(web.get("/accounts/login/").text))["csrfmiddlewaretoken"]
    form = {"login": "owner@house.example", "password": PASSWORD, "csrfmiddlewaretoken": proof}
    assert web.post("/accounts/login/", data=form).status_code == 302
