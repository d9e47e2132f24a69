"""Debian's Chromium, driven by Playwright: never one that Playwright downloads."""

import contextlib
import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def program() -> str:
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else PROGRAMS
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, "no Chromium here; `make test` says how to get one"
    return found


@contextlib.contextmanager
def a_browser() -> Iterator[Browser]:
    """One Chromium with a profile of its own. While it stands, Django's models cannot be used in
    this thread: Playwright keeps an event loop running in it."""
    rooms = ("--no-sandbox",) if os.geteuid() == 0 else ()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET, *rooms])
        try:
            yield browser
        finally:
            browser.close()
