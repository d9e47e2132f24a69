"""How much a page may be sent. What is larger is refused before it is read, since Django would lay
it down on the disk as it came."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.template.loader import render_to_string

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Any, Receive, Send], Awaitable[None]]
Refuse = Callable[[Send], Awaitable[None]]


async def refuse_with_a_page(send: Send) -> None:
    page = render_to_string("413.html").encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(page)),
        (b"content-security-policy", b"default-src 'none'; style-src 'self'; img-src 'self'"),
        (b"x-content-type-options", b"nosniff"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": page})


class Bounded:
    """An app for requests of at most `most` bytes; the others are refused, with 413."""

    def __init__(self, app: App, *, most: int, refuse: Refuse = refuse_with_a_page) -> None:
        self._app, self._most, self._refuse = app, most, refuse

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._most:
            await self._refuse(send)
            return
        counted = _Counted(receive, self._most)
        await self._app(scope, counted, send)
        if counted.is_over:
            await self._refuse(send)


class _Counted:
    """A body without a length of its own: past the limit it counts as broken off."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._left = receive, most
        self.is_over = False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left >= 0:
            return message
        self.is_over = True
        return {"type": "http.disconnect"}
