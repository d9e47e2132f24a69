"""Private values in a page: what the provider saw as a placeholder stands as its value, marked, and
only ever as text between tags. Links, addresses and attributes keep the placeholder. Pure."""

import re
from collections.abc import Mapping

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from apps.routing.redaction import placeholders
from apps.routing.redaction.private import Private

Vault = Mapping[str, str]  # placeholder → the value it stands for

TAG = re.compile(r"""(<[^"'>]*(?:"[^"]*"[^"'>]*)*>)""")
LONGEST_BEGUN = 64  # letters in which a begun placeholder stands, escapes and all
MOST_MARKED = 500  # values looked for in a person's own words
MOST_REPAIRED = 1_000  # words of one text that may be a placeholder with a wrong letter
LOST = "A placeholder that this chat does not know: it could not be restored."


def restored(text: str, vault: Vault) -> str:
    """The text with its private values, for a file or a search."""
    return Private(vault).text(text) if vault else text


def with_pills(html: SafeString, vault: Vault) -> SafeString:
    """`html` is sanitised already; attributes stay as they are."""
    if "PII" not in html.upper():
        return html
    drawing = _Drawing(vault)
    pieces = TAG.split(html)
    pieces[::2] = [placeholders.IN_TEXT.sub(drawing, text) for text in pieces[::2]]
    return mark_safe("".join(pieces))


def in_text(text: str, vault: Vault) -> SafeString:
    """A plain text as HTML, with pills."""
    return with_pills(escape(text), vault)


def marked(text: str, vault: Vault) -> SafeString:
    """A person's own words, with what the provider did not see of them marked."""
    tokens = {value: token for token, value in vault.items() if value.strip() and value in text}
    longest = sorted(tokens, key=len, reverse=True)[:MOST_MARKED]
    if not longest:
        return escape(text)
    pattern = re.compile(r"(?<!\w)(" + "|".join(map(re.escape, longest)) + r")(?!\w)")
    pieces = pattern.split(text)
    pieces[::2] = [escape(piece) for piece in pieces[::2]]
    pieces[1::2] = [_pill(value, tokens[value]) for value in pieces[1::2]]
    return mark_safe("".join(pieces))


class Held:
    """An answer as it comes: what may become a known placeholder is held back until it is one, or
    cannot be one any more."""

    def __init__(self, vault: Vault) -> None:
        self._private = Private(vault)
        self._kept = ""

    def feed(self, piece: str) -> str:
        if not self._private:
            return piece
        text = self._kept + piece
        end = max(0, len(text) - LONGEST_BEGUN)
        begun = placeholders.BEGUN_IN_TEXT.search(text, end)
        at = begun.start() if begun and self._private.may_begin(begun[0]) else len(text)
        self._kept = text[at:]
        return text[:at]


class _Drawing:
    """One text's words that look like placeholders, each as it is shown."""

    def __init__(self, vault: Vault) -> None:
        self._private, self._repaired = Private(vault), 0

    def __call__(self, found: "re.Match[str]") -> str:
        plain = placeholders.plain(found[0])
        if plain in self._private:
            return _pill(self._private[plain], plain)
        if placeholders.is_placeholder(plain):
            return format_html('<span class="private lost" title="{}">{}</span>', LOST, found[0])
        meant = self._repair(found[0])
        return found[0] if meant is None else _pill(self._private[meant], meant)

    def _repair(self, word: str) -> str | None:
        """Looking for it costs; a text made of nothing else must not take all the time there is."""
        self._repaired += 1
        may_look = bool(self._private) and self._repaired <= MOST_REPAIRED
        return self._private.meant(word) if may_look else None


def _pill(value: str, token: str) -> SafeString:
    """The tip is no part of what is copied: it shows while somebody points at the value."""
    return format_html(
        '<span class="private" tabindex="0">{}<span class="tip" role="tooltip">Hidden from the '
        "provider. It saw {}</span></span>",
        value,
        token,
    )
