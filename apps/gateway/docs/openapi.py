"""The API as an OpenAPI document, made of the same tables as the pages of the help. It says what is
always there; answers may hold more."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from apps.accounts.context import base_url
from apps.core.snippets import DEMO_MODEL
from apps.gateway.api import answer, api_route
from apps.gateway.docs import errors, examples, fields, filters, questions, routes
from apps.routing.wire.fields import TYPES, Kind

Schema = dict[str, Any]

JSON_TYPES = {
    int: "integer",
    float: "number",
    bool: "boolean",
    str: "string",
    list: "array",
    dict: "object",
}
TEXT: Schema = {"type": "string"}
COUNT: Schema = {"type": "integer"}
SUM: Schema = {"type": "number", "description": "US dollars."}
# What a route may be asked beside what its path names, and what that means.
ASKED = {
    "activity": questions.ACTIVITY,
    "datasets/rankings-daily": questions.RANKINGS_DAILY,
    "datasets/app-rankings": questions.APP_RANKINGS,
}
KEY_HEADERS = {
    "bearer": {"type": "http", "scheme": "bearer"},
    "plain": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}


@api_route
def show_openapi(request: HttpRequest) -> HttpResponse:
    return answer(document(base_url()))


def document(address: str) -> Schema:
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatehouse",
            "version": "1",
            "description": "One key, many models. Calls are streamed as server-sent events where "
            "the request says so; the last event before [DONE] carries usage.",
        },
        "servers": [{"url": address}],
        "paths": dict(map(_path, routes.ROUTES)),
        "components": {"securitySchemes": KEY_HEADERS, "schemas": SCHEMAS},
    }


def _path(route: routes.Route) -> tuple[str, Schema]:
    path, _, query = route.path.replace("{model}", "{author}/{name}").partition("?")
    operation: Schema = {
        "summary": route.words,
        "parameters": _parameters(path, query),
        "responses": {
            "200": _body(ANSWERS[route.path], "What was asked for."),
            "default": _body("Error", "An error; its code is the status."),
        },
        "security": {"yes": _any_key(), "may": [{}, *_any_key()], "no": []}[route.key],
    }
    if route.method == "POST":
        shape, words = REQUESTS[route.path]
        operation["requestBody"] = {**_body(shape, words), "required": True}
    return f"/{path}", {route.method.lower(): operation}


def _parameters(path: str, query: str) -> list[Schema]:
    inside = [name for name in ("author", "name") if f"{{{name}}}" in path]
    found = [_parameter(name, "path") for name in inside]
    if path in filters.ROUTES:
        found += [_asked(one.name, one.words) for one in filters.FILTERS]
    found += [_asked(name, words) for name, words in ASKED.get(path, {}).items()]
    return found + ([_parameter(query.partition("=")[0], "query")] if query else [])


def _asked(name: str, words: str) -> Schema:
    """One that may be left out."""
    return {"name": name, "in": "query", "description": words, "schema": TEXT}


def _parameter(name: str, where: str) -> Schema:
    return {"name": name, "in": where, "required": True, "schema": TEXT}


def _body(schema: str, words: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": words, "content": content}


def _any_key() -> list[Schema]:
    return [{name: []} for name in KEY_HEADERS]


def _object(**properties: Schema) -> Schema:
    """All of them are always there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _list_of(schema: Schema) -> Schema:
    return {"type": "array", "items": schema}


def _field(name: str, words: str) -> Schema:
    kinds = [JSON_TYPES[kind] for kind in TYPES[name][0]] if name in TYPES else []
    if "number" in kinds:
        kinds = ["number"]
    return {**({"type": [*kinds, "null"]} if kinds else {}), "description": words}


def _request() -> Schema:
    """Forbidden fields are left out; those of a price are handed on where it is known."""
    known = {one.name: _field(one.name, one.words) for one in fields.ours()}
    known |= {name: _field(name, "Handed on.") for name in fields.of_kind(Kind.FORWARDED)}
    known |= {one.name: _field(one.name, one.words) for one in fields.priced()}
    known |= {"model": TEXT, "messages": _list_of({"type": "object", "required": ["role"]})}
    return {
        "type": "object",
        "required": ["model", "messages"],
        "properties": dict(sorted(known.items())),
        "examples": [{"model": DEMO_MODEL, "messages": examples.SAID}],
    }


def _question() -> Schema:
    kinds = {"limit": COUNT, "group_limit": COUNT, "granularity": TEXT}
    kinds |= dict.fromkeys(("time_range", "order_by"), {"type": "object"})
    kinds |= {name: _list_of(TEXT) for name in ("metrics", "dimensions")}
    kinds["filters"] = _list_of(_object(field=TEXT, operator=TEXT, value={}))
    return {
        "type": "object",
        "required": ["metrics"],
        "properties": {
            name: {**kinds[name], "description": words} for name, words in questions.FIELDS.items()
        },
        "examples": [examples.QUESTION],
    }


_TYPES = sorted({one.error_type for rows in errors.PROBLEMS.values() for one in rows})
_USAGE = _object(prompt_tokens=COUNT, completion_tokens=COUNT, total_tokens=COUNT, cost=SUM)
_CHOICE = _object(message={"type": "object"}, finish_reason={"type": ["string", "null"]})
_MODEL = _object(
    id=TEXT,
    name=TEXT,
    created=COUNT,
    context_length={"type": ["integer", "null"]},
    pricing={"type": "object", "description": "US dollars for one token each, as text."},
    supported_parameters=_list_of(TEXT),
)
_ENDPOINT = _object(provider_name=TEXT, tag=TEXT, pricing={"type": "object"}, status=COUNT)
_SPENT = _object(label=TEXT, usage=SUM, usage_daily=SUM, usage_weekly=SUM, usage_monthly=SUM)
_RECEIPT = _object(
    id=TEXT,
    model=TEXT,
    provider_name=TEXT,
    created_at=TEXT,
    tokens_prompt=COUNT,
    tokens_completion=COUNT,
    total_cost=SUM,
    total_cost_exact=TEXT,
    provider_responses=_list_of({"type": "object"}),
)
_DAY = _object(
    date=TEXT,
    model=TEXT,
    model_permaslug=TEXT,
    endpoint_id=TEXT,
    provider_name=TEXT,
    usage=SUM,
    byok_usage_inference=SUM,
    requests=COUNT,
    prompt_tokens=COUNT,
    completion_tokens=COUNT,
    reasoning_tokens=COUNT,
    cached_tokens=COUNT,
)
_CREDITS = _object(
    total_credits=SUM, total_usage=SUM, effective_budget={"type": ["object", "null"]}
)
_SPAN = _object(as_of=TEXT, version=TEXT, start_date=TEXT, end_date=TEXT)
_MODEL_DAY = _object(date=TEXT, model_permaslug=TEXT, total_tokens=TEXT)
_APP_RANK = _object(
    rank=COUNT, app_id=COUNT, app_name=TEXT, total_tokens=TEXT, total_requests=COUNT
)
_NAMED = _object(name=TEXT, display_label=TEXT)
_VOCABULARY = _object(
    metrics=_list_of(
        _object(name=TEXT, display_label=TEXT, is_rate={"type": "boolean"}, display_format=TEXT)
    ),
    dimensions=_list_of(_NAMED),
    operators=_list_of(_object(name=TEXT, value_type=TEXT)),
    granularities=_list_of(_NAMED),
)
_FOUND = _object(
    data=_list_of({"type": "object", "description": "One column for each part of the question."}),
    metadata=_object(
        query_time_ms={"type": "number"}, row_count=COUNT, truncated={"type": "boolean"}
    ),
)
SCHEMAS: dict[str, Schema] = {
    "Request": _request(),
    "Answer": _object(
        id=TEXT, created=COUNT, model=TEXT, provider=TEXT, choices=_list_of(_CHOICE), usage=_USAGE
    ),
    "Model": _MODEL,
    "OneModel": _object(data=_MODEL),
    "Models": _object(data=_list_of(_MODEL), total_count=COUNT, links={"type": "object"}),
    "Count": _object(data=_object(count=COUNT)),
    "Providers": _object(data=_list_of(_object(name=TEXT, slug=TEXT))),
    "EndpointList": _object(data=_list_of(_ENDPOINT)),
    "Endpoints": _object(data=_object(id=TEXT, name=TEXT, endpoints=_list_of(_ENDPOINT))),
    "Key": _object(data=_SPENT),
    "Receipt": _object(data=_RECEIPT),
    "Credits": _object(data=_CREDITS),
    "Activity": _object(data=_list_of(_DAY)),
    "ModelRankings": _object(data=_list_of(_MODEL_DAY), meta=_SPAN),
    "AppRankings": _object(data=_list_of(_APP_RANK), meta=_SPAN),
    "Vocabulary": _object(data=_VOCABULARY),
    "Question": _question(),
    "Found": _object(data=_FOUND),
    "OpenApi": _object(openapi=TEXT, paths={"type": "object"}),
    "Error": _object(
        error=_object(
            code=COUNT,
            message=TEXT,
            metadata=_object(error_type={"type": "string", "enum": _TYPES}),
        )
    ),
}
REQUESTS = {
    "chat/completions": ("Request", "The call."),
    "analytics/query": ("Question", "The question."),
}
ANSWERS = {
    "chat/completions": "Answer",
    "models": "Models",
    "models/count": "Count",
    "models/user": "Models",
    "models/{model}": "Model",
    "model/{model}": "OneModel",
    "embeddings/models": "Models",
    "providers": "Providers",
    "endpoints/zdr": "EndpointList",
    "models/{model}/endpoints": "Endpoints",
    "key": "Key",
    "auth/key": "Key",
    "generation?id={id}": "Receipt",
    "credits": "Credits",
    "activity": "Activity",
    "datasets/rankings-daily": "ModelRankings",
    "datasets/app-rankings": "AppRankings",
    "analytics/meta": "Vocabulary",
    "analytics/query": "Found",
    "openapi.json": "OpenApi",
}
