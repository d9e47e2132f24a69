"""What a browser sends from the page of a guardrail."""

from typing import Any

from django.test import Client

from apps.accounts.models import Household
from apps.guardrails import changing
from apps.guardrails.models import Guardrail
from apps.guardrails.rail import Private, Rail, RailRule
from apps.projects.models import Project
from tests.cast import Cast

PROJECT, HOUSE = "/projects/home/guardrails/", "/settings/household/guardrails/"
SECRET_WORDS = ("Oma Hildegard", "Birkenweg")
SECRET_PATTERN, SECRET_EXAMPLE = "QX-[0-9]{6}", "QX-424242"
WORDS = RailRule("words", "The project’s words", "restore", private=Private(words=SECRET_WORDS))
PATTERN = RailRule(
    "pattern",
    "Customer number",
    "redact",
    private=Private((), SECRET_PATTERN, (SECRET_EXAMPLE,), ("QX-4",)),
)
MAIL = RailRule("detector", "E-mail addresses", "restore", detector="email")


def sheet(*patterns: dict[str, str], **typed: Any) -> dict[str, Any]:
    """A whole form. `d_email="block"` is short for what is done with e-mail addresses."""
    sent: dict[str, Any] = {"p-TOTAL_FORMS": len(patterns), "p-INITIAL_FORMS": 0, "do": "save"}
    for number, pattern in enumerate(patterns):
        sent |= {f"p-{number}-{name}": value for name, value in pattern.items()}
    for name, value in typed.items():
        where = f"d-{name.removeprefix('d_')}-action" if name.startswith("d_") else name
        sent["w-words" if name == "words" else where] = value
    return sent


def send(client: Client, path: str, sent: dict[str, Any], *, htmx: bool = False) -> Any:
    return client.post(path, sent, headers={"HX-Request": "true"} if htmx else {})


def stands(whose: Project | Household) -> Rail:
    return Rail.of(changing.rail_of(whose))


def put(cast: Cast, whose: Project | Household, **facts: Any) -> Guardrail:
    rail = changing.rail_of(whose)
    changing.save(rail, Rail(**facts), actor=cast.owner)
    return rail
