"""The addresses of the API, in words. The read routes themselves stand in apps/gateway/urls.py."""

from typing import NamedTuple


class Route(NamedTuple):
    method: str
    path: str  # below the base URL; with a slash in front, of the house itself
    words: str
    key: str  # no, yes or may


ROUTES = [
    Route("POST", "chat/completions", "Asks a model. The one call that costs money.", "yes"),
    Route(
        "GET",
        "models",
        "The catalogue with context, abilities and prices. With a key: what the key may use now.",
        "may",
    ),
    Route("GET", "models/count", "How many models the same filters find.", "may"),
    Route("GET", "models/user", "What this key may use now, and nothing else.", "yes"),
    Route("GET", "models/{model}", "One model. With a key: also those the house added.", "may"),
    Route("GET", "model/{model}", "The same, as OpenRouter's clients ask for it.", "may"),
    Route(
        "GET",
        "models/{model}/endpoints",
        "Every provider that runs the model, with its prices. With a key: status 0 is connected.",
        "may",
    ),
    Route("GET", "embeddings/models", "Models that turn texts into numbers.", "may"),
    Route("GET", "providers", "Who runs models, with their own pages about privacy.", "no"),
    Route(
        "GET",
        "endpoints/zdr",
        "Endpoints that keep nothing of what they are sent. With a key: also by your agreements.",
        "may",
    ),
    Route("GET", "key", "The key itself: its label, its end, and what it has spent.", "yes"),
    Route("GET", "auth/key", "The same under its older name.", "yes"),
    Route(
        "GET",
        "generation?id={id}",
        "The receipt of one call of this key: tokens, cost, who was asked, who was passed over.",
        "yes",
    ),
    Route(
        "GET",
        "credits",
        "A balance: what the key spent, and that with what its tightest budget leaves. Where none "
        "binds it, a million dollars are left and effective_budget is null.",
        "yes",
    ),
    Route(
        "GET",
        "activity",
        "What the key did on each of the last 30 days that are over in UTC, by model and endpoint. "
        "Narrowed by date, user_id, workspace_id and api_key_hash; group_by=workspace names it.",
        "yes",
    ),
    Route(
        "GET",
        "datasets/rankings-daily",
        "Tokens of the whole house by model: the fifty most used of each day, week or month in "
        "UTC, and the rest as other.",
        "yes",
    ),
    Route(
        "GET",
        "datasets/app-rankings",
        "Apps of the whole house by tokens, or by what they used above the mean of the three spans "
        "before; what did not grow is then left out.",
        "yes",
    ),
    Route("GET", "analytics/meta", "What may be asked of analytics/query.", "yes"),
    Route(
        "POST",
        "analytics/query",
        "What the key spent in any span of time: split, narrowed and in the order you ask for.",
        "yes",
    ),
    Route("GET", "openapi.json", "This API as an OpenAPI document, for tools that read one.", "no"),
]
WATCHERS = [
    Route(
        "GET", "/healthz", "Whether this process takes calls: 200, or 503 while it starts.", "no"
    ),
    Route("GET", "/readyz", "Whether database and queue answer.", "no"),
    Route(
        "GET",
        "/metrics",
        "Counts for Prometheus, for the owner signed in or with the metrics token.",
        "token",
    ),
]
