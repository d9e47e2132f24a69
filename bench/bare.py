"""The yardstick: the least an OpenAI-compatible forwarder in this language can do. Plain ASGI and
aiohttp; it reads a request, sends it on, and passes the answer through. No features at all."""

import os
from typing import Any

import aiohttp

UPSTREAM = os.environ.get("BENCH_UPSTREAM", "http://127.0.0.1:9100")
_session: aiohttp.ClientSession | None = None


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
        return
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    assert _session is not None
    url = UPSTREAM + scope["path"]
    async with _session.post(url, data=body, headers={"Content-Type": "application/json"}) as got:
        kind = got.headers["Content-Type"].encode()
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"content-type", kind)]}
        )
        async for chunk in got.content.iter_any():
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


async def _lifespan(receive: Any, send: Any) -> None:
    global _session
    await receive()
    connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=60)
    _session = aiohttp.ClientSession(connector=connector, auto_decompress=False)
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _session.close()
    await send({"type": "lifespan.shutdown.complete"})
