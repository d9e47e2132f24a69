"""What the furnished house keeps to itself: a project that keeps nothing, and a chat whose private
values its provider never saw."""

from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.chat.models import Conversation, Message
from apps.guardrails.models import Guardrail
from apps.projects.models import Project
from apps.routing.redaction.placeholders import placeholder
from tests.chat.chats import add_message

KEY = b"a key of the furnished house"
VALUES = {
    placeholder(KEY, label, value): value
    for label, value in (
        ("NAME", "Mia Sommer"),
        ("EMAIL", "kitchen@home.example"),
        ("PHONE", "030 555 0142"),
    )
}
CHILD, MAIL, PHONE = VALUES
STRANGER = placeholder(b"another key", "IBAN", "x")
QUESTION = (
    "Please write a short, friendly e-mail to the dentist. We need to move the appointment for "
    "Mia Sommer from Tuesday to any afternoon next week. They can answer to kitchen@home.example "
    "or call 030 555 0142."
)
ANSWER = f"""Here is a short version you can send as it is:

> **Moving Tuesday’s appointment**
>
> Hello, we would like to move the appointment for {CHILD} on Tuesday. Any afternoon next week suits
> us. You can reach us at {MAIL} or on {PHONE}.

[Write it now](mailto:{MAIL}), or keep it as a note:

```json
{{"who": "{CHILD}", "call": "{PHONE}"}}
```

What {STRANGER} stands for, I was not told.
"""


def keep_private(people: dict[str, User], projects: list[Project]) -> dict[str, Any]:
    """The number of the project that keeps nothing, and of the chat with private values."""
    place = next(one for one in projects if one.name == "Homework")
    Guardrail.objects.create(project=place, zero_retention=True)
    return {"private": place.pk, "pills": _chat_of(people["owner"], projects[0])}


@transaction.atomic
def _chat_of(person: User, project: Project) -> int:
    chat = Conversation.begin(owner=person, project=project, first_words="A note to the dentist")
    chat.put_away(VALUES)
    asked = add_message(chat, Message.Role.USER, QUESTION)
    add_message(chat, Message.Role.ASSISTANT, ANSWER, parent=asked, model="openai/gpt-5-mini")
    return chat.pk
