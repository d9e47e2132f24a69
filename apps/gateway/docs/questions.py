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
