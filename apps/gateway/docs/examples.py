"""Requests, answers and messages that the pages show. The tests send each request to a house, and
check its messages with the lines for it."""

import json
import shlex
from typing import Any

from apps.core.snippets import DEMO_MODEL, YOUR_KEY

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
QUESTION = {
    "metrics": ["total_usage", "request_count"],
    "dimensions": ["model"],
    "granularity": "day",
    "filters": [{"field": "variant", "operator": "neq", "value": "free"}],
    "order_by": {"field": "total_usage", "direction": "desc"},
    "limit": 100,
}
REQUESTS = {"fallbacks": FALLBACKS, "wishes": WISHES}
ERROR = {
    "error": {
        "code": 401,
        "message": "No API key was sent. Send it as “Authorization: Bearer gate_live_…”.",
        "metadata": {"error_type": "authentication"},
    }
}

MESSAGE = {
    "type": "budget.alert",
    "timestamp": "2026-11-22T16:04:11Z",
    "data": {
        "text": "“Tablets” has used 82 % of $5.00 for this week in Homework; "
        "it comes back at midnight.",
        "project": {"slug": "homework", "name": "Homework"},
        "budget": {"id": 7, "name": "Tablets", "interval": "weekly"},
        "limit_usd": "5",
        "extra_usd": "0",
        "spent_usd": "4.1184",
        "starts_at": "2026-11-15T23:00:00Z",
        "resets_at": "2026-11-22T23:00:00Z",
        "percent": 80,
    },
}
DATA_FIELDS = [
    ("text", "A sentence for people. It names the budget and the project, and nobody."),
    ("project", "The project, as in its address, and its name."),
    ("budget", "Its number, its name, and how often it begins: daily, weekly, monthly, once."),
    ("limit_usd", "What may be spent in this window, in US dollars, as text: exact."),
    ("extra_usd", "What somebody gave beside the limit, for this window alone."),
    ("spent_usd", "What was spent of both."),
    ("starts_at", "When this window began."),
    ("resets_at", "When the next one begins; null where none does."),
    ("percent", "Of an alert: the threshold that was reached."),
]
MESSAGE_FIELDS = [
    ("type", "budget.alert, budget.reset (it began again after it was used up) or test."),
    ("timestamp", "When it happened, in UTC. A later try of the same message keeps it."),
    *((f"data.{name}", words) for name, words in DATA_FIELDS),
]
CHECK = '''import base64
import hashlib
import hmac
import time


def is_from_the_house(secret, headers, body):
    """`secret` as it was shown, `headers` of the request, `body` as bytes, not parsed."""
    sent_at = headers["webhook-timestamp"]
    if abs(time.time() - int(sent_at)) > 300:
        return False  # an old message, sent once more by somebody
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{sent_at}.".encode() + body
    proof = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    given = headers["webhook-signature"].split()
    return any(hmac.compare_digest(f"v1,{proof}", one) for one in given)
'''


def question_lines(base_url: str) -> str:
    """For a terminal."""
    return (
        f"curl {base_url}/analytics/query \\\n"
        f'  -H "Authorization: Bearer {YOUR_KEY}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(written(QUESTION))}"
    )


def written(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
