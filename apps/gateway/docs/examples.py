"""Requests and answers that the pages show. The tests send each request to a house."""

import json
from typing import Any

from apps.core.snippets import DEMO_MODEL

SAID = [{"role": "user", "content": "Hello"}]
FALLBACKS = {
    "model": DEMO_MODEL,
    "models": ["openai/gpt-5-mini", "anthropic/claude-haiku-4.5"],
    "messages": SAID,
}
WISHES = {
    "model": DEMO_MODEL,
    "messages": SAID,
    "max_tokens": 500,
    "provider": {
        "sort": "price",
        "zdr": True,
        "max_price": {"prompt": 1, "completion": 3},
    },
}
REQUESTS = {"fallbacks": FALLBACKS, "wishes": WISHES}
ERROR = {
    "error": {
        "code": 401,
        "message": "No API key was sent. Send it as “Authorization: Bearer gate_live_…”.",
        "metadata": {"error_type": "authentication"},
    }
}


def written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
