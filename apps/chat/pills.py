"""Private values in a page: what the provider saw as a placeholder stands as its value, marked, and
only ever as text between tags. Links, addresses and attributes keep the placeholder. Pure."""

import re
from collections.abc import Callable, Mapping

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

Vault = Mapping[str, str]  # placeholder → the value it stands for

# A placeholder as a model may have written it; which ones are known says the vault.
TOKEN = re.compile(r"(?<![A-Za-z0-9])PII\\?_[A-Z]{1,12}\\?_[0-9A-Z]{9}(?![A-Za-z0-9])", re.I)
START = "PII_"
TAG = re.compile(r"""(<[^"'>]*(?:"[^"]*"[^"'>]*)*>)""")
LOST = "could not restore"


def restored(text: str, vault: Vault) -> str:
    """The text with its private values, for a file or the clipboard."""
    if not vault:
        return text
    return TOKEN.sub(lambda found: _value(found[0], vault) or found[0], text)


def with_pills(html: SafeString, vault: Vault) -> SafeString:
    """`html` is sanitised already; attributes stay as they are."""
    if START not in html.upper():
        return html
    pieces = TAG.split(html)
    pieces[::2] = [TOKEN.sub(_drawer(vault), text) for text in pieces[::2]]
    return mark_safe("".join(pieces))


def in_text(text: str, vault: Vault) -> SafeString:
    """A plain text as HTML, with pills."""
    return with_pills(escape(text), vault)


def marked(text: str, vault: Vault) -> SafeString:
    """A person's own words, with what the provider did not see of them marked."""
    tokens = {value: token for token, value in vault.items() if value.strip()}
    if not tokens:
        return escape(text)
    longest = sorted(tokens, key=len, reverse=True)
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest)) + r")(?!\w)")
    pieces = pattern.split(text)
    pieces[::2] = map(escape, pieces[::2])
    pieces[1::2] = [_pill(value, tokens[value]) for value in pieces[1::2]]
    return mark_safe("".join(pieces))


class Held:
    """An answer as it comes: what may become a known placeholder is held back until it is one, or
    cannot be one any more."""

    def __init__(self, vault: Vault) -> None:
        self._known = tuple(vault)
        self._longest = max(map(len, vault), default=0)
        self._kept = ""

    def feed(self, piece: str) -> str:
        if not self._known:
            return piece
        text = self._kept + piece
        at = self._begins(text)
        self._kept = text[at:]
        return text[:at]

    def rest(self) -> str:
        kept, self._kept = self._kept, ""
        return kept

    def _begins(self, text: str) -> int:
        """Where the longest end of `text` begins that some placeholder begins with."""
        for at in range(max(0, len(text) - 2 * self._longest), len(text)):
            end = text[at:].replace("\\", "").upper()
            if any(len(end) < len(one) and one.startswith(end) for one in self._known):
                return at
        return len(text)


def _drawer(vault: Vault) -> Callable[["re.Match[str]"], str]:
    def draw(found: "re.Match[str]") -> str:
        value = _value(found[0], vault)
        if value is None:
            return format_html('<span class="private lost" title="{}">{}</span>', LOST, found[0])
        return _pill(value, _plain(found[0]))

    return draw


def _pill(value: str, token: str) -> SafeString:
    return format_html(
        '<span class="private" tabindex="0">{}<span class="tip" role="tooltip">Hidden from the '
        "provider. It saw <code>{}</code></span></span>",
        value,
        token,
    )


def _value(written: str, vault: Vault) -> str | None:
    return vault.get(_plain(written))


def _plain(written: str) -> str:
    return written.replace("\\", "").upper()
