"""People of the furnished house, each in a browser window that is watched."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.furnishing import HOME_MODEL
from tests.browser.watching import Watch
from tests.gateway.running import WebHouse, a_web_house

FURNISHING = "tests.browser.furnishing"
PHONE, TABLET, DESK = 320, 768, 1280
WIDTHS = (PHONE, TABLET, DESK)
THEMES = ("light", "dark")
NOBODY = "nobody"


@dataclass
class Visitors:
    """`arrive` opens a window for who is named, signed in already; `sitting` keeps one open."""

    browser: Browser
    house: WebHouse
    watch: Watch = field(init=False)
    contexts: list[BrowserContext] = field(default_factory=list)
    seats: dict[str, Page] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.watch = Watch(self.origin)

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.house.port}"

    @property
    def facts(self) -> dict[str, Any]:
        """What the paths of places name."""
        known = self.house.facts
        return {**known, "key": known["keys"]["main"]["id"], "chat": known["chats"]["owner"]}

    def sitting(self, who: str = NOBODY) -> Page:
        if who not in self.seats:
            self.seats[who] = self.arrive(who)
        return self.seats[who]

    def arrive(
        self, who: str = NOBODY, *, width: int = DESK, theme: str = "light", scripts: bool = True
    ) -> Page:
        options: dict[str, Any] = {"color_scheme": theme, "java_script_enabled": scripts}
        context = self.browser.new_context(
            base_url=self.origin,
            viewport={"width": width, "height": 900},
            locale="en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            permissions=["clipboard-read", "clipboard-write"],
            **options,
        )
        context.set_default_timeout(20_000)
        if who != NOBODY:
            context.add_cookies([self._cookie(who)])
        self.contexts.append(context)
        self.watch.keep(context, scripts=scripts)
        return context.new_page()

    def leave(self) -> None:
        for context in self.contexts:
            context.close()
        self.contexts.clear()
        self.seats.clear()

    def _cookie(self, who: str) -> Any:
        return {
            "name": f"gatehouse_{self.house.port}",
            "value": self.house.facts["sessions"][who],
            "url": self.origin,
        }


@contextlib.contextmanager
def a_furnished_house(**environment: str) -> Iterator[WebHouse]:
    """With one call that was really made, for its receipt."""
    with a_web_house(FURNISHING, **environment) as house:
        house.ask(HOME_MODEL, temperature=0.7)
        house.facts["call"] = house.newest()["id"]
        yield house
