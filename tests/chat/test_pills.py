"""Private values in the chat: put back as marked text and nowhere else, never half, never another
chat's."""

import random

import pytest
from django.test import Client

from apps.chat.carried import Carried
from apps.chat.markdown import rendered
from apps.chat.models import Conversation
from apps.chat.pills import Held, in_text, marked, restored, with_pills
from apps.routing.redaction.placeholders import placeholder
from tests.cast import Cast
from tests.chat.chats import make_chat
from tests.chat.hostile import CODE, FOREIGN, HTML, LINKS, PICTURES, REFERENCES, SHAPES

MAIL = placeholder(b"key", "EMAIL", "kitchen@home.example")
NAME = placeholder(b"key", "NAME", "Ada <b>Lovelace</b>")
STRANGER = placeholder(b"another key", "EMAIL", "kitchen@home.example")
VAULT = {MAIL: "kitchen@home.example", NAME: "Ada <b>Lovelace</b>"}
PILL = '<span class="private" tabindex="0">kitchen@home.example<span class="tip"'


def shown(text: str) -> str:
    return with_pills(rendered(text), VAULT)


@pytest.mark.parametrize(
    "text",
    [
        f"Write to {MAIL}.",
        f"**{MAIL}**",
        f"`{MAIL}`",
        f"```\n{MAIL}\n```",
        f'```python\nto = "{MAIL}"\n```',
        f"| a |\n|---|\n| {MAIL} |",
        f"# {MAIL}",
        MAIL.lower(),
        MAIL.replace("_", "\\_"),
        f"{MAIL[:-4]}{'A' if MAIL[-4] != 'A' else 'B'}{MAIL[-3:]}",
    ],
)
def test_a_value_stands_in_the_text_as_a_pill(text: str) -> None:
    html = shown(text)
    assert PILL in html
    assert f"It saw {MAIL}</span>" in html


@pytest.mark.parametrize(
    "text",
    [
        f"[mail](mailto:{MAIL})",
        f"[look](https://elsewhere.example/?q={MAIL})",
        f'[look](https://elsewhere.example/ "{MAIL}")',
        f"![picture](https://elsewhere.example/{MAIL}.png)",
        f'<img src="https://elsewhere.example/{MAIL}">',
        f"```{MAIL}\ncode\n```",
    ],
)
def test_a_value_is_never_put_into_an_attribute(text: str) -> None:
    for tag in shown(text).split("<")[1:]:
        assert "kitchen@" not in tag.partition(">")[0]


def test_a_value_is_text_whatever_it_holds() -> None:
    html = shown(f"Dear {NAME}")
    assert "Ada &lt;b&gt;Lovelace&lt;/b&gt;" in html
    assert "<b>Lovelace" not in html


@pytest.mark.parametrize("text", [*HTML, *FOREIGN, *LINKS, *PICTURES, *REFERENCES, *CODE, *SHAPES])
def test_hostile_text_with_values_adds_no_tag_but_pills(text: str) -> None:
    plain, private = rendered(f"{text}\n\n{MAIL}"), shown(f"{text}\n\n{MAIL}")
    assert private.count("<") - plain.count("<") == 4
    assert private.replace("kitchen@home.example", "").count("kitchen@") == 0


def test_what_is_not_ours_stays_as_it_was_written() -> None:
    html = shown(f"Dear {STRANGER}")
    assert f">{STRANGER}</span>" in html
    assert 'class="private lost"' in html
    assert shown("A PII_EMAIL_ABCDEFGHJ and PII_ stay.") == rendered(
        "A PII_EMAIL_ABCDEFGHJ and PII_ stay."
    )


def test_a_file_gets_the_values_and_no_link_does() -> None:
    text = f"{MAIL}, [x](https://x.example/{MAIL})"
    assert restored(text, VAULT) == f"kitchen@home.example, [x](https://x.example/{MAIL})"


def test_ones_own_words_are_marked() -> None:
    html = marked("kitchen@home.example, not xkitchen@home.example <b>", VAULT)
    assert html.count('class="private"') == 1
    assert "xkitchen@home.example &lt;b&gt;" in html
    assert marked("<b>", {}) == "&lt;b&gt;"


def test_no_half_placeholder_is_ever_told() -> None:
    chance = random.Random(5)
    text = f"P, PI and PII_EMAIL: {MAIL} {NAME.lower()} PII_EMAIL_2, {MAIL}{MAIL}."
    for _ in range(200):
        held, told, at = Held(VAULT), "", 0
        while at < len(text):
            step = chance.randint(1, 12)
            piece = held.feed(text[at : at + step])
            told, at = told + piece, at + step
            assert in_text(told, VAULT).startswith(in_text(told[: -len(piece) or None], VAULT))
        assert told == text


def test_nothing_is_held_back_where_nothing_is_hidden() -> None:
    assert Held({}).feed("PII_EMAIL_") == "PII_EMAIL_"


@pytest.mark.django_db
def test_a_stored_chat_keeps_values_apart_and_locked(cast: Cast, client: Client) -> None:
    chat = make_chat(cast, cast.member, "Mail kitchen@home.example", f"Done: {MAIL}")
    chat.put_away(VAULT)
    row = Conversation.objects.values().get()
    assert "kitchen" not in str(row)
    assert Conversation.objects.get().vault == VAULT
    client.force_login(cast.member)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert page.count(PILL) == 2
    export = client.get(f"/chat/{chat.pk}/export/").content.decode()
    assert "Done: kitchen@home.example" in export
    assert MAIL not in export
    assert "Done: kitchen" in client.get("/chat/past/?q=done+kitchen").content.decode()
    other = make_chat(cast, cast.member, "Another", f"Told {MAIL}")
    page = client.get(f"/chat/{other.pk}/").content.decode()
    assert "kitchen@" not in page.split('id="turns"')[1].split('id="composer"')[0]


@pytest.mark.django_db
def test_two_answers_add_to_one_vault(cast: Cast) -> None:
    chat = make_chat(cast, cast.member, "One")
    again = Conversation.objects.get()
    chat.put_away({MAIL: VAULT[MAIL]})
    again.put_away({NAME: VAULT[NAME]})
    again.put_away({})
    assert Conversation.objects.get().vault == VAULT
    Conversation.objects.all().delete()
    again.put_away(VAULT)


def test_a_carried_thread_comes_back_as_it_was_written() -> None:
    thread = Carried.new().with_line("user", "Hi").with_line("assistant", MAIL, model="a/b")
    assert Carried.read(thread.written()) == thread
