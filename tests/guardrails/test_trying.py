"""The box to try rules in: it shows what would leave and what comes back, of the saved rules and of
those that are not saved yet, and keeps nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.gateway.guardrail_pages.trying import Trial, tried
from apps.guardrails.compile import compiled
from apps.guardrails.rail import Rail, RailRule
from tests.cast import Cast
from tests.guardrails.sheets import MAIL, PATTERN, PROJECT, WORDS, put, send, sheet

TEXT = "Oma Hildegard <oma@example.com>, QX-424242, and oma@example.com again"


def trial(text: str, *rules: RailRule) -> Trial:
    return tried(text, compiled([Rail(rules=rules)]).scrubbing)


def test_what_would_leave_is_labelled_by_its_rule() -> None:
    found = trial(TEXT, MAIL, WORDS, PATTERN)
    hidden = [(part.rule, part.text) for part in found.sent if part.is_hidden]
    assert [rule for rule, _ in hidden] == [
        "The project’s words",
        "E-mail addresses",
        "Customer number",
        "E-mail addresses",
    ]
    assert hidden[1][1] == hidden[3][1] and re.fullmatch(r"PII_EMAIL_\w{9}", hidden[1][1])
    said = "".join(part.text for part in found.sent)
    assert "oma@" not in said and "Hildegard" not in said and "QX-" not in said
    assert said.endswith(" again")
    assert found.sentence == "4 values hidden"


def test_what_comes_back_is_what_was_replaced_to_come_back() -> None:
    found = trial(TEXT, MAIL, PATTERN)
    back = "".join(part.text for part in found.back)
    assert back == TEXT.replace("QX-424242", "[VALUE]")
    assert [part.text for part in found.back if part.is_hidden] == ["oma@example.com"] * 2


@pytest.mark.parametrize(
    ("action", "hidden", "stopped", "sentence"),
    [
        ("flag", 0, "", "No values hidden, 2 counted"),
        ("redact", 2, "", "2 values hidden"),
        ("block", 0, "E-mail addresses", "Stopped"),
    ],
)
def test_every_act_is_shown(action: str, hidden: int, stopped: str, sentence: str) -> None:
    found = trial(TEXT, RailRule("detector", "E-mail addresses", action, detector="email"))
    assert sum(part.is_hidden for part in found.sent) == hidden
    assert (found.stopped_by, found.sentence) == (stopped, sentence)
    assert found.back == ()


def test_a_text_without_anything_private_leaves_as_it_is() -> None:
    found = trial("Line one\r\nand < two\n", MAIL)
    assert "".join(part.text for part in found.sent) == "Line one\nand < two\n"


def shown(answer: Any) -> str:
    assert answer.status_code == 200
    text: str = answer.content.decode()
    return text


def test_it_tries_the_form_as_it_is_typed_and_keeps_nothing(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    sent = {**sheet(d_email="restore", scrubs="on"), "do": "try", "text": TEXT}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        piece = shown(send(client, PROJECT, sent, htmx=True))
    assert "<html" not in piece and "PII_EMAIL_" in piece and "<b>E-mail addresses</b>" in piece
    assert "If the answer repeats it, you read" in piece
    writes = [one["sql"] for one in asked if not one["sql"].startswith(("SELECT", "SAVEPOINT"))]
    assert [sql for sql in writes if "INSERT" in sql or "UPDATE" in sql] == []
    assert not any("oma@example" in one["sql"] for one in asked)
    page = shown(send(client, PROJECT, sent))
    assert "<html" in page and "PII_EMAIL_" in page


def test_a_member_tries_the_saved_rules_alone(cast: Cast, client: Client) -> None:
    put(cast, cast.project, rules=(MAIL, WORDS))
    client.force_login(cast.member)
    piece = shown(send(client, PROJECT, {"do": "try", "text": TEXT}, htmx=True))
    assert "PII_EMAIL_" in piece and "PII_WORD_" in piece
    unasked = {**sheet(d_email="off"), "do": "try", "text": TEXT}
    assert "PII_EMAIL_" in shown(send(client, PROJECT, unasked, htmx=True))
    assert send(client, PROJECT, {**unasked, "do": "preview"}).status_code == 404


def test_no_text_stands_in_an_address(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    page = shown(client.get(PROJECT, {"do": "try", "text": TEXT}))
    assert "oma@example" not in page.partition("<main")[2]
