"""Help: how to use this house from an app or a program. Open to everybody, account or not."""

from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from apps.accounts.context import base_url
from apps.budgets.webhooks import sending
from apps.catalog.views import shell
from apps.core.money import count
from apps.core.snippets import APPS, DEMO_MODEL, PROGRAMS, TERMINAL, snippets
from apps.gateway.docs import errors, examples, fields, filters, questions, routes, stored
from apps.gateway.http import BODY_SECONDS, LARGEST_BODY, SILENCE_SECONDS
from apps.gateway.usage_api import vocabulary
from apps.gateway.usage_api.reading import MOST_CALLS
from apps.routing.wire import chat
from apps.routing.wire.fields import Kind

FIRST_GUIDE = APPS[0].name


class Chapter(NamedTuple):
    name: str  # of its address
    title: str
    words: str


CHAPTERS = [
    Chapter("index", "Start here", "What a key and a base URL are, and the first call."),
    Chapter("quickstart", "Apps and programs", "What to fill in, app by app."),
    Chapter(
        "keys", "Keys and address", "How a call says who is asking, and how to keep keys safe."
    ),
    Chapter("budgets", "Budgets", "Limits that come back by themselves, and cannot be passed."),
    Chapter("guardrails", "Guardrails", "Where calls may go, and what never leaves the house."),
    Chapter("models", "Models and prices", "Names, fallbacks, wishes, and what a call costs."),
    Chapter("streaming", "Streaming", "Answers word by word, and how a stream ends."),
    Chapter("fields", "Request fields", "Which are handed on, which stay here, which are refused."),
    Chapter("errors", "Errors", "What each means, and what to do."),
    Chapter("routes", "API routes", "Every address an app can call."),
    Chapter("usage", "What was spent", "Balance, days, and any question about them, by a program."),
    Chapter("webhooks", "Budget webhooks", "A message to your program when a budget runs low."),
    Chapter("stored", "What is stored", "Of calls, chats and people, column by column."),
]


@login_not_required
@require_safe
def show_index(request: HttpRequest) -> HttpResponse:
    (curl,) = snippets(base_url(), only=["curl"])
    return _chapter(request, "index", {"chapters": CHAPTERS[1:], "curl": curl})


@login_not_required
@require_safe
def show_quickstart(request: HttpRequest, guide: str = FIRST_GUIDE) -> HttpResponse:
    guides = {one.name: one for one in snippets(base_url())}
    if guide not in guides:
        raise Http404
    groups = [
        ("Apps", [guides[one.name] for one in APPS]),
        ("Programs and scripts", [guides[one.name] for one in (*TERMINAL, *PROGRAMS)]),
    ]
    context = {"groups": groups, "guide": guides[guide], "demo": DEMO_MODEL}
    return _chapter(request, "quickstart", context)


@login_not_required
@require_safe
def show_keys(request: HttpRequest) -> HttpResponse:
    return _chapter(request, "keys", {})


@login_not_required
@require_safe
def show_budgets(request: HttpRequest) -> HttpResponse:
    return _chapter(request, "budgets", {})


@login_not_required
@require_safe
def show_guardrails(request: HttpRequest) -> HttpResponse:
    return _chapter(request, "guardrails", {})


@login_not_required
@require_safe
def show_models(request: HttpRequest) -> HttpResponse:
    shown = {name: examples.written(body) for name, body in examples.REQUESTS.items()}
    return _chapter(request, "models", shown)


@login_not_required
@require_safe
def show_streaming(request: HttpRequest) -> HttpResponse:
    (stream,) = snippets(base_url(), only=["python-stream"])
    return _chapter(request, "streaming", {"silence": int(SILENCE_SECONDS), "stream": stream})


@login_not_required
@require_safe
def show_fields(request: HttpRequest) -> HttpResponse:
    context = {
        "forwarded": fields.forwarded(),
        "ours": fields.ours(),
        "priced": fields.priced(),
        "forbidden": fields.of_kind(Kind.FORBIDDEN),
        "why": {kind.value: words for kind, words in fields.WHY.items()},
        "limits": {
            "megabytes": LARGEST_BODY // 1024 // 1024,
            "seconds": int(BODY_SECONDS),
            "messages": chat.MOST_MESSAGES,
            "depth": chat.DEEPEST,
        },
    }
    return _chapter(request, "fields", context)


@login_not_required
@require_safe
def show_errors(request: HttpRequest) -> HttpResponse:
    context = {
        "problems": errors.PROBLEMS,
        "reasons": errors.REASONS,
        "example": examples.written(examples.ERROR),
    }
    return _chapter(request, "errors", context)


@login_not_required
@require_safe
def show_routes(request: HttpRequest) -> HttpResponse:
    tables = {"routes": routes.ROUTES, "watchers": routes.WATCHERS, "filters": filters.FILTERS}
    return _chapter(request, "routes", tables)


@login_not_required
@require_safe
def show_usage(request: HttpRequest) -> HttpResponse:
    reasons: dict[str, list[str]] = {}
    for name, why in vocabulary.UNANSWERED.items():
        reasons.setdefault(why, []).append(name)
    context = {
        "lines": examples.question_lines(base_url()),
        "fields": questions.FIELDS,
        "metrics": questions.METRICS,
        "dimensions": questions.DIMENSIONS,
        "operators": questions.OPERATORS,
        "unanswered": list(reasons.items()),
        "most_calls": count(MOST_CALLS),
    }
    return _chapter(request, "usage", context)


@login_not_required
@require_safe
def show_webhooks(request: HttpRequest) -> HttpResponse:
    context = {
        "message": examples.written(examples.MESSAGE),
        "fields": examples.MESSAGE_FIELDS,
        "check": examples.CHECK,
        "tries": sending.TRIES,
        "seconds": int(sending.ANSWER_SECONDS),
    }
    return _chapter(request, "webhooks", context)


@login_not_required
@require_safe
def show_stored(request: HttpRequest) -> HttpResponse:
    groups = [
        ("calls", "Calls", stored.CALLS),
        ("chats", "Chats", stored.CHATS),
        ("people", "Keys and people", stored.PEOPLE),
    ]
    return _chapter(request, "stored", {"groups": groups, "cookies": stored.COOKIES})


def _chapter(request: HttpRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    here = next(one for one in CHAPTERS if one.name == name)
    frame = {"here": here, "contents": CHAPTERS, "shell": shell(request)}
    return render(request, f"docs/{name}.html", {**frame, **context})
