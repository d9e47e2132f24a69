"""What the last test of a connection found, as a sentence made from what is stored of it."""

from dataclasses import dataclass

from apps.connections.models import Connection
from apps.connections.probe import SENTENCES
from apps.core.outbound import OutboundRefused, Target

# These sentences need what only the moment of the test knew.
LATER = {
    "server_error": "{name} had trouble of its own; test again.",
    "outbound_refused": "The house does not call this address; test again to see why.",
    "locked": "The stored key does not open with the house's secrets; enter it again.",
}
PASSING = {"rate_limited", "timeout", "server_error"}


@dataclass(frozen=True)
class LastResult:
    """`state` is the look of the dot beside the sentence: empty for well, `slow`, `down`."""

    state: str
    sentence: str


def last_result(connection: Connection) -> LastResult:
    code = connection.test_code
    if connection.is_built_in:
        return LastResult("", SENTENCES["built_in"])
    if code not in SENTENCES:
        return LastResult("slow", "Not tested yet.")
    count = len(connection.reported_models)
    facts = {"name": connection.name, "count": "1 model" if count == 1 else f"{count} models"}
    sentence = LATER.get(code, SENTENCES[code]).format(**facts, **_place(connection))
    return LastResult(_state(code), sentence)


def _state(code: str) -> str:
    if code == "ok":
        return ""
    return "slow" if code in PASSING else "down"


def _place(connection: Connection) -> dict[str, object]:
    try:
        target = Target.from_url(connection.base_url)
    except OutboundRefused:
        return {"host": connection.base_url, "port": "", "path": ""}
    return {"host": target.host, "port": target.port, "path": f"{target.path}/models"}
