"""One sentence to the model about the words that stand for values. It is the same in every call,
so that a provider's prompt cache stays warm, and part of the call, so that its price is counted."""

from apps.routing.redaction.tree import (
    Branch,
    Leaf,
    branches,
    read_string,
    strings,
    write_string,
)

HINT = (
    "Words that begin with PII_ stand in for private values. Treat each as if it were the value, "
    "and copy it letter by letter: never alter, translate, split, explain or invent one."
)
_LEADS = frozenset({"system", "developer"})


Edit = tuple[int, int, bytes]


def added(body: bytes, root: Branch, edits: list[Edit]) -> list[Edit]:
    """The edits of a body, this one among them: behind the first system or developer message's own
    text, else as a message before all others. A body without messages gets none."""
    lists = [one.value for one in root.members if one.name == "messages"]
    if not lists or not isinstance(lists[0], Branch):
        return edits
    for message in branches(root, "messages"):
        if _LEADS.intersection(strings(body, message, "role")):
            last = _last_text(message)
            if last is not None:
                return _behind(body, last, edits)
    start = lists[0].start + 1
    said = b'{"role":"system","content":%b}' % write_string(HINT)
    return sorted([*edits, (start, start, said + b"," if lists[0].members else said)])


def _last_text(message: Branch) -> Leaf | None:
    last: Leaf | None = None
    for name, _, value in message.members:
        if name == "content" and isinstance(value, Leaf):
            last = value
    for part in branches(message, "content"):
        for name, _, value in part.members:
            if name == "text" and isinstance(value, Leaf):
                last = value
    return last


def _behind(body: bytes, last: Leaf, edits: list[Edit]) -> list[Edit]:
    """The text may have been rewritten itself."""
    changed = {start: new for start, _, new in edits}
    said = read_string(changed.get(last.start, body[last.start : last.end]))
    new = write_string(f"{said}\n\n{HINT}" if said else HINT)
    others = [edit for edit in edits if edit[0] != last.start]
    return sorted([*others, (last.start, last.end, new)])
