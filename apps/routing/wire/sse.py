"""Cuts a byte stream into complete server-sent events, whatever the chunks and line endings. Each
byte is looked at once: a provider that drips a long event costs no more than one that sends it."""

LONGEST_EVENT = 4 * 1024 * 1024
MARK = b"\xef\xbb\xbf"


class EventTooLong(ValueError):
    """A provider sent one event past the limit."""


class EventSplitter:
    """Feed bytes, get back whole events (each ended by an empty line) as one block of bytes with
    plain \\n line endings; an unfinished event waits for the next chunk."""

    def __init__(self) -> None:
        self._tail = bytearray()
        self._held = b""  # perhaps half a byte-order mark, or half of a line ending
        self._started = False

    def feed(self, chunk: bytes) -> bytes:
        if not self._started:
            chunk = self._without_mark(chunk)
        if self._held or b"\r" in chunk:
            chunk = self._plain(chunk)
        end = chunk.rfind(b"\n\n") + 2
        # Where none ends inside, the first sign may still be the end of what waits.
        if end == 1 and not (chunk[:1] == b"\n" and self._tail[-1:] == b"\n"):
            self._keep(chunk)
            return b""
        if self._tail:
            whole = b"".join((self._tail, chunk[:end]))
            self._tail.clear()
        else:
            whole = chunk[:end]
        if end < len(chunk):
            self._keep(chunk[end:])
        return whole

    def rest(self) -> bytes:
        """What stood behind the last whole event when the provider stopped."""
        rest = bytes(self._tail) + self._held
        self._tail.clear()
        self._held = b""
        return rest

    def _without_mark(self, chunk: bytes) -> bytes:
        text = self._held + chunk
        self._held = b""
        if len(text) < len(MARK) and MARK.startswith(text):
            self._held = text
            return b""
        self._started = True
        return text.removeprefix(MARK)

    def _plain(self, chunk: bytes) -> bytes:
        """A carriage return at the very end may be half of a pair: it waits."""
        if not self._started:
            return chunk
        text = self._held + chunk
        self._held = b"\r" if text.endswith(b"\r") else b""
        body = text[: len(text) - len(self._held)]
        return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _keep(self, tail: bytes) -> None:
        self._tail += tail
        if len(self._tail) > LONGEST_EVENT:
            raise EventTooLong
