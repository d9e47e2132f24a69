"""The built-in demonstration model: it says plainly that it is one, explains the product in a few
canned turns, and speaks OpenAI's wire over real HTTP on a Unix socket of this process, so that a
call to it takes the same way as any other."""

import asyncio
import contextlib
import hmac
import os
import re
import secrets
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

CREDENTIAL = secrets.token_urlsafe(32)
STREAMS_AT_ONCE = 20
WORDS_PER_SECOND = 30
LARGEST_BODY = 21 * 1024 * 1024

HELLO = (
    "Hello. I am the demonstration model of Gatehouse: no real model is behind me, only a few "
    "prepared answers, so I cost nothing and nothing you type leaves this house. Ask me about "
    "connecting a provider, API keys, budgets, guardrails or privacy."
)
TURNS: tuple[tuple[str, str], ...] = (
    (
        r"connect|provider|openai|anthropic|ollama|lm studio|real model",
        "To talk with real models, the owner opens Connections, chooses a provider and pastes the "
        "API key of an account there. Models that run at home connect too: Ollama, LM Studio or "
        "any server that speaks OpenAI's wire, with “runs at home” switched on. Until then you "
        "have me, a demonstration with prepared answers.",
    ),
    (
        r"\bkeys?\b|script|open ?webui|curl|python|app\b",
        "An API key lets one app use the models of this house. Make one under API keys, then give "
        "the app two things: the base URL of this house, ending in /api/v1, and the key. Anything "
        "that speaks to OpenAI speaks to Gatehouse. This is a prepared answer of the "
        "demonstration model.",
    ),
    (
        r"budget|cost|spen[dt]|money|invoice|price|limit",
        "Every call is written down with its tokens and its exact cost, and before a call goes "
        "out the most it could cost is held. That is how a bill cannot pass a budget. I am the "
        "demonstration model and cost nothing, so my receipts say $0.00.",
    ),
    (
        r"guardrail|privac|private|retention|train|secret|safe",
        "Each project can choose what is allowed: providers that keep nothing, providers that do "
        "not train on what you type, or models at home only. What passes through the API is never "
        "written to disk by the house. I am only a demonstration and run inside it.",
    ),
    (r"\b(thanks?|thank you|bye)\b", "You are welcome. Real models are one connection away."),
    (
        r"^\W*(hi|hello|hey|good (morning|evening|day))\b|(who|what) are you|what can you|\bdemo",
        HELLO,
    ),
)
OTHERWISE = (
    "I am the demonstration model, so I cannot really answer that: I only have prepared answers "
    "about Gatehouse. Connect a provider and ask a real model the same question, or ask me about "
    "connecting a provider, API keys, budgets, guardrails or privacy."
)


class Demo:
    """A small HTTP server on its own socket, for this process alone."""

    def __init__(self, folder: Path) -> None:
        self.path = str(folder / f"demo-{os.getpid()}.sock")
        self._streams = 0
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application(client_max_size=LARGEST_BODY)
        app.router.add_post("/v1/chat/completions", self._complete)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        Path(self.path).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)
        await web.UnixSite(self._runner, self.path).start()

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.path)

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {CREDENTIAL}".encode()):
            return _error(401, "The demonstration model answers this house alone.")
        if self._streams >= STREAMS_AT_ONCE:
            busy = _error(429, "The demonstration model is talking to many people at once.")
            busy.headers["Retry-After"] = "5"
            return busy
        self._streams += 1
        try:
            return await self._answer(request, orjson.loads(await request.read()))
        finally:
            self._streams -= 1

    async def _answer(self, request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        asked = [text_of(message.get("content")) for message in body["messages"]]
        words = words_of(reply_to(asked[-1]))
        cap = body.get("max_tokens") or body.get("max_completion_tokens")
        is_cut = cap is not None and cap < len(words)
        words = words[:cap] if is_cut else words
        frame = {
            "id": f"demo-{secrets.token_hex(8)}",
            "created": int(time.time()),
            "model": body["model"],
        }
        usage = usage_of(asked, words)
        reason = "length" if is_cut else "stop"
        if not body.get("stream"):
            message = {"role": "assistant", "content": "".join(words)}
            choice = {"index": 0, "message": message, "finish_reason": reason}
            return web.json_response(
                {**frame, "object": "chat.completion", "choices": [choice], "usage": usage}
            )
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        async for chunk in paced(words, reason, usage):
            data = orjson.dumps({**frame, "object": "chat.completion.chunk", **chunk})
            await response.write(b"data: %b\n\n" % data)
        await response.write(b"data: [DONE]\n\n")
        return response


def reply_to(asked: str) -> str:
    lowered = asked.lower()
    return next((reply for pattern, reply in TURNS if re.search(pattern, lowered)), OTHERWISE)


def text_of(content: Any) -> str:
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return " ".join(str(p.get("text", "")) for p in parts if isinstance(p, dict))


def words_of(text: str) -> list[str]:
    """The demonstration model's tokens: words with the space before them."""
    return re.findall(r"\s*\S+", text)


def usage_of(asked: list[str], words: list[str]) -> dict[str, int]:
    prompt = sum(len(words_of(text)) for text in asked)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": len(words),
        "total_tokens": prompt + len(words),
    }


async def paced(
    words: list[str], reason: str, usage: dict[str, int]
) -> AsyncIterator[dict[str, Any]]:
    """Chunks at the pace of a fast reader."""
    for number, word in enumerate(words):
        delta = {"role": "assistant", "content": word} if number == 0 else {"content": word}
        yield {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        await asyncio.sleep(1 / WORDS_PER_SECOND)
    yield {"choices": [{"index": 0, "delta": {}, "finish_reason": reason}]}
    yield {"choices": [], "usage": usage}


def _error(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"message": message}}, status=status)
