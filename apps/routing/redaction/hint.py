"""One sentence to the model about the words that stand for values. It is the same in every call,
so that a provider's prompt cache stays warm, and part of the call, so that its price is counted."""

from apps.routing.redaction import tree
from apps.routing.redaction.tree import (
    Branch,
    Leaf,
    branches,
    read_string,
    replaced,
    strings,
    write_string,
)

HINT = (
    "Words that begin with PII_ stand in for private values. Treat each as if it were the value, "
    "and copy it letter by letter: never alter, translate, split, explain or invent one."
)
_LEADS = frozenset({"system", "developer"})


def put_into(body: bytes) -> bytes:
    """Behind the first system or developer message's own text; else as a message before all
    others. A body without messages stays as it is."""
    root = tree.read(body)
    lists = [one.value for one in root.members if one.name == "messages"]
    if not lists or not isinstance(lists[0], Branch):
        return body
    for message in branches(root, "messages"):
        if _LEADS.intersection(strings(body, message, "role")):
            edit = _behind(body, message)
            if edit is not None:
                return replaced(body, [edit])
    start = lists[0].start + 1
    said = b'{"role":"system","content":%b}' % write_string(HINT)
    return replaced(body, [(start, start, said + b"," if lists[0].members else said)])


def _behind(body: bytes, message: Branch) -> tuple[int, int, bytes] | None:
    """The edit that puts it behind the message's last text; None where it has none."""
    last: Leaf | None = None
    for name, _, value in message.members:
        if name == "content" and isinstance(value, Leaf):
            last = value
    for part in branches(message, "content"):
        for name, _, value in part.members:
            if name == "text" and isinstance(value, Leaf):
                last = value
    if last is None:
        return None
    said = read_string(body[last.start : last.end])
    return last.start, last.end, write_string(f"{said}\n\n{HINT}" if said else HINT)
