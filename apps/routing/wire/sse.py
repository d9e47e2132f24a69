"""Cuts a byte stream into complete server-sent events, whatever the chunks and line endings."""

LONGEST_EVENT = 4 * 1024 * 1024


class EventTooLong(ValueError):
    """A provider sent one event past the limit."""


class EventSplitter:
    """Feed bytes, get back whole events (each ended by an empty line) as one block of bytes with
    plain \\n line endings; an unfinished event waits for the next chunk."""

    def __init__(self) -> None:
        self._tail = b""
        self._started = False

    def feed(self, chunk: bytes) -> bytes:
        text = self._tail + chunk if self._tail else chunk
        if not self._started:
            if text in (b"\xef", b"\xef\xbb"):  # perhaps half a byte-order mark
                self._tail = text
                return b""
            text = text.removeprefix(b"\xef\xbb\xbf")
            self._started = True
        if b"\r" in text:
            text = self._plain(text)
        end = text.rfind(b"\n\n")
        if end < 0:
            self._keep(text)
            return b""
        self._keep(text[end + 2 :])
        return text[: end + 2]

    def rest(self) -> bytes:
        """What stood behind the last whole event when the provider stopped."""
        rest, self._tail = self._tail, b""
        return rest

    def _plain(self, text: bytes) -> bytes:
        """A carriage return at the very end may be half of a pair: it waits."""
        held = b"\r" if text.endswith(b"\r") else b""
        body = text[: len(text) - len(held)]
        return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n") + held

    def _keep(self, tail: bytes) -> None:
        if len(tail) > LONGEST_EVENT:
            raise EventTooLong
        self._tail = tail
