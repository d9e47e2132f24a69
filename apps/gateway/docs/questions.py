"""What the routes about spending and use may be asked, in words. Tests hold it to the code."""

ACTIVITY = {
    "date": "One day alone, of the last 30 that are over in UTC, such as 2026-11-20.",
    "api_key_hash": "The SHA-256 of the key itself, in hexadecimal: of no other is anything told.",
    "user_id": "Calls of one person, by creator_user_id of GET /key.",
    "workspace_id": "The key's project, by workspace_id of GET /generation.",
    "group_by": "workspace: each entry says its project.",
}

_DAYS = {
    "start_date": "The first day, in UTC, such as 2026-11-01. Usual: 29 days before the last.",
    "end_date": "The last day, which belongs to it. Usual: yesterday. At most 366 days in all.",
}
RANKINGS_DAILY = {
    **_DAYS,
    "period": "day, week (by its Monday) or month (by its first day). Usual: day.",
}
APP_RANKINGS = {
    "sort": "popular: by tokens. trending: by tokens above the mean of the three spans before.",
    "category": "Of one group of apps: coding, creative, productivity or entertainment.",
    "subcategory": "Of one kind, such as cli-agent or general-chat, as apps say of themselves.",
    **_DAYS,
    "limit": "How many at most, from 1 to 100. Usual: 50.",
    "offset": "How many of the first are left out, from 0 to 100.",
}
FIELDS = {
    "metrics": "What to count: one name or more of the list below.",
    "dimensions": "What to split it by: up to two names of the list below.",
    "granularity": "One row for each minute, hour, day, week (from Monday) or month, in UTC. "
    "Minutes of up to 3 hours, hours of up to 31 days.",
    "time_range": "start and end, as in 2026-11-01T00:00:00Z: up to ten years. Without it the last "
    "7 days. Sums are kept by the quarter of an hour; where a span begins or ends between two, it "
    "is widened, and warnings says so.",
    "filters": "Up to 20 conditions, each with a field (a dimension), an operator and a value. All "
    "must hold.",
    "order_by": "A field and a direction, asc or desc: a metric or dimension of the question, "
    "request_count, or date. Otherwise the latest comes first, and the largest by the first "
    "metric.",
    "limit": "How many rows at most, up to 10,000; without it 1,000. metadata.truncated says "
    "whether there are more.",
    "group_limit": "How many rows at most of each group.",
}
METRICS = {
    "request_count": "Calls that ended, answered or not.",
    "tokens_total": "Tokens of prompts and completions.",
    "tokens_prompt": "Tokens of prompts, cached ones among them.",
    "tokens_completion": "Tokens of completions, those of reasoning among them.",
    "reasoning_tokens": "Tokens a model thought in.",
    "cached_tokens": "Prompt tokens that a provider read from its cache.",
    "total_usage": "What it cost in US dollars, with every digit.",
    "cache_hit_rate": "Cached tokens as a share of the prompt, from 0 to 1; null where nothing was "
    "asked.",
    "avg_latency": "Milliseconds to the first token, of answers that were streamed.",
    "p50_latency": "Half of them took no longer.",
    "p90_latency": "Nine of ten took no longer.",
    "p99_latency": "Ninety-nine of a hundred took no longer.",
    "avg_throughput": "Tokens a second, of answers that were streamed.",
    "p50_throughput": "Half of them were at least as fast.",
    "p90_throughput": "Nine of ten were at least as fast.",
    "p99_throughput": "Ninety-nine of a hundred were at least as fast.",
}
DIMENSIONS = {
    "model": "The model that answered, as GET /models names it.",
    "variant": "What stands behind the colon of its name, or standard.",
    "provider": "Who ran it, by name.",
    "app": "The app by its name. In a filter also by what identifies it, as GET /generation says.",
    "api_key_id": "The key's name. In a filter: its number, or the SHA-256 of the key itself.",
    "user": "The person's name, and the address beside it as user_email. In a filter: an id such "
    "as creator_user_id of GET /key.",
    "workspace": "The project's name. In a filter: workspace_id of GET /generation.",
    "finish_reason": "Why the answer ended, such as stop or length.",
    "generation_id": "Each call by itself, for GET /generation.",
}
OPERATORS = {
    "eq": "Is this value.",
    "neq": "Is another value, or none.",
    "in": "Is one of a list of values.",
    "not_in": "Has a value that is none of a list. With include_unset: true, in and not_in also "
    "take what has no value.",
    "gt": "Comes after. This and the next three are for generation_id alone, whose order is that "
    "of time.",
    "gte": "Comes after, or is this one.",
    "lt": "Comes before.",
    "lte": "Comes before, or is this one.",
}
