"""Watches everything a browser does and keeps what must never happen: a request to another host, an
error on the console, a breach of the content policy, a dialog, a script of somebody else."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

OWN_SCHEMES = {"data", "blob", "about", "chrome-error"}
# A payload that runs calls this name.
MARKER = "ran"
TELL_BREACHES = """
addEventListener("securitypolicyviolation", (event) => {
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
});
"""


@dataclass
class Watch:
    """`excused` are words that an error on the console may hold, for what a test wants."""

    origin: str
    found: list[str] = field(default_factory=list)
    excused: set[str] = field(default_factory=set)

    def keep(self, context: BrowserContext, *, scripts: bool) -> None:
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("dialog", self._dialog)
        if scripts:
            context.expose_function(MARKER, self._ran)
            context.add_init_script(TELL_BREACHES)

    @contextlib.contextmanager
    def excusing(self, *words: str) -> Iterator[None]:
        """Errors of a block that a test brings about, such as "status of 422"."""
        self.excused.update(words)
        yield
        self.excused.difference_update(words)

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        is_own = f"{address.scheme}://{address.netloc}" == self.origin
        if not is_own and address.scheme not in OWN_SCHEMES:
            self.found.append(f"a request to {request.url[:200]}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type != "error" or any(words in message.text for words in self.excused):
            return
        page = message.page.url if message.page else ""
        self.found.append(f"console on {page}: {message.text[:300]}")

    def _error(self, error: WebError) -> None:
        page = error.page.url if error.page else ""
        self.found.append(f"a script failed on {page}: {error.error}")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":  # a page's own question whether one really leaves
            dialog.accept()
            return
        self.found.append(f"a dialog: {dialog.message[:100]}")
        dialog.dismiss()

    def _ran(self, *what: object) -> None:
        self.found.append(f"a payload ran: {what}")
