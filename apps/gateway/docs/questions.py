"""What the routes about spending may be asked, in words. Tests hold it to the code."""

ACTIVITY = {
    "date": "One day alone, of the last 30 that are over in UTC, such as 2026-11-20.",
    "api_key_hash": "The SHA-256 of the key itself, in hexadecimal: of no other is anything told.",
    "user_id": "Calls of one person, by creator_user_id of GET /key.",
    "workspace_id": "The key's project, by workspace_id of GET /generation.",
    "group_by": "workspace: each entry says its project.",
}
