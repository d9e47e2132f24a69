"""The pages around a chat: who sees them, that they are sound, and what one does with old chats."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.chat.models import Conversation, Message
from apps.core.vault import VaultError
from apps.guardrails.models import Guardrail
from tests.cast import Cast, make_call
from tests.chat.chats import add_message, make_chat
from tests.pages.asking import queries
from tests.pages.guarded import assert_guarded
from tests.pages.markup import Page


@pytest.fixture
def chat(cast: Cast) -> Conversation:
    return make_chat(cast, cast.member, "How long to boil an egg?", "Seven *minutes*.")


PAGES = ("/chat/{}/", "/chat/{}/export/", "/chat/{}/deletion/")
WRITES = ("/chat/{}/", "/chat/{}/stream/", "/chat/{}/name/", "/chat/{}/deletion/")
SHARED = ("/chat/", "/chat/past/", "/chat/past/?q=egg", "/chat/?model=x&project=7&edit=3&at=x")


@pytest.mark.parametrize("path", [*SHARED, *PAGES])
def test_pages_are_sound_and_only_for_people(
    cast: Cast, chat: Conversation, client: Client, path: str
) -> None:
    address = path.format(chat.pk)
    assert client.get(address)["Location"].startswith("/accounts/login/?next=")
    client.force_login(cast.member)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-cache" in answer["Cache-Control"]
    assert_guarded(answer.headers)
    if "export" not in path:
        assert Page(answer.content.decode()).problems == []


@pytest.mark.parametrize("path", [*PAGES, *WRITES, "/chat/{}/answers/1/"])
def test_a_chat_exists_for_its_owner_alone(
    cast: Cast, chat: Conversation, client: Client, path: str
) -> None:
    for person in (cast.owner, cast.admin, cast.stranger):
        client.force_login(person)
        for answer in (client.get(path.format(chat.pk)), client.post(path.format(chat.pk))):
            assert answer.status_code in {404, 405}
    assert Conversation.objects.count() == 1


@pytest.mark.parametrize("path", WRITES)
def test_writes_want_the_forms_own_proof(cast: Cast, chat: Conversation, path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(cast.member)
    assert strict.post(path.format(chat.pk)).status_code == 403


def test_a_thread_shows_what_was_said(cast: Cast, chat: Conversation, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert "<title>How long to boil an egg? · Gatehouse</title>" in page
    assert "Seven <em>minutes</em>." in page


def test_who_may_not_call_is_told_why(cast: Cast, chat: Conversation, client: Client) -> None:
    for person, words in (
        (cast.viewer, "You belong to no project"),
        (cast.stranger, "You belong to no project"),
        (cast.member, "What would you like to ask?"),
    ):
        client.force_login(person)
        assert words in client.get("/chat/").content.decode()
    cast.project.memberships.filter(user=cast.member).update(is_active=False)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert "You do not make calls in Home any more" in page
    assert "Seven <em>minutes</em>." in page
    assert 'id="composer"' not in page


def test_a_project_that_keeps_nothing_has_private_chats(cast: Cast, client: Client) -> None:
    Guardrail.objects.update_or_create(project=cast.project, defaults={"zero_retention": True})
    client.force_login(cast.member)
    assert client.get("/chat/")["Cache-Control"] == "no-store"
    answer = client.post("/chat/", {"text": "x", "model": "m", "token": "t"})
    assert answer.status_code == 422
    assert not Conversation.objects.exists()


def test_a_chat_goes_on_in_private_for_its_owner_alone(
    cast: Cast, chat: Conversation, client: Client
) -> None:
    for person, status in ((cast.owner, 404), (cast.member, 200)):
        client.force_login(person)
        assert client.get("/chat/", {"from": chat.pk}).status_code == status
        assert client.get("/chat/", {"from": 10**17}).status_code == 404


@pytest.mark.parametrize(
    ("text", "words"), [("", "Write a message first."), ("x" * 200_001, "200,001 letters")]
)
def test_a_message_that_cannot_be_sent_says_why(
    cast: Cast, client: Client, text: str, words: str
) -> None:
    client.force_login(cast.member)
    form = {"text": text, "model": "m", "token": "t"}
    page = client.post("/chat/", form)
    assert page.status_code == 422
    assert words in page.content.decode()
    assert text in page.content.decode()
    answer = client.post("/chat/stream/", form)
    assert answer.status_code == 422
    assert words in answer.json()["problem"]
    assert not Conversation.objects.exists()


def test_a_name_is_changed_and_found(cast: Cast, chat: Conversation, client: Client) -> None:
    client.force_login(cast.member)
    client.post(f"/chat/{chat.pk}/name/", {"title": "Eggs <b>"})
    assert "Eggs &lt;b&gt;" in client.get("/chat/past/?q=eggs").content.decode()
    client.post(f"/chat/{chat.pk}/name/", {"title": " ", "temperature": "9"})
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert "Give the chat a name." in page
    assert "A temperature is a number from 0 to 2" in page
    assert Page(page).problems == []
    assert Conversation.objects.get().title == "Eggs <b>"


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [("MINUTES", True), ("egg minutes", True), ("egg nothing", False), ("%", False), ("*", True)],
)
def test_search_reads_ones_own_chats(
    cast: Cast, chat: Conversation, client: Client, wanted: str, is_found: bool
) -> None:
    make_chat(cast, cast.owner, "The owner's egg, seven minutes *")
    client.force_login(cast.member)
    page = client.get("/chat/past/", {"q": wanted}).content.decode()
    assert (f"/chat/{chat.pk}/" in page) is is_found
    assert "The owner" not in page


def test_an_export_is_markdown(cast: Cast, chat: Conversation, client: Client) -> None:
    client.force_login(cast.member)
    answer = client.get(f"/chat/{chat.pk}/export/")
    assert answer["Content-Disposition"] == 'attachment; filename="how-long-to-boil-an-egg.md"'
    assert "Seven *minutes*." in answer.content.decode()


def test_deleting_asks_and_then_leaves_nothing(
    cast: Cast, chat: Conversation, client: Client
) -> None:
    client.force_login(cast.member)
    assert "nobody can bring them back" in client.get(f"/chat/{chat.pk}/deletion/").content.decode()
    client.post(f"/chat/{chat.pk}/deletion/")
    assert not Conversation.objects.exists()
    assert not Message.objects.exists()


def test_a_chat_is_locked_with_a_key_of_its_own(cast: Cast, chat: Conversation) -> None:
    other = make_chat(cast, cast.member, "Another")
    one = Message.objects.filter(conversation=chat).first()
    assert one is not None
    assert one.text == "How long to boil an egg?"
    assert "egg" not in one.locked_content + chat.locked_title
    with pytest.raises(VaultError):
        other.key.open(one.locked_content, one.role)
    Conversation.objects.filter(pk=chat.pk).update(locked_key=other.locked_key)
    assert not Conversation.objects.get(pk=chat.pk).is_readable


def test_a_chat_that_does_not_open_still_has_pages(
    cast: Cast, chat: Conversation, client: Client
) -> None:
    Conversation.objects.filter(pk=chat.pk).update(locked_key="v9:AAAA")
    client.force_login(cast.member)
    for path in (*SHARED, *PAGES, "/"):
        page = client.get(path.format(chat.pk), follow=True)
        assert page.status_code == 200
    assert "does not have any more" in client.get(f"/chat/{chat.pk}/").content.decode()
    assert client.post(f"/chat/{chat.pk}/deletion/").status_code == 302


@pytest.mark.parametrize("has_call", [True, False])
def test_an_answer_nobody_writes_any_more_says_so(
    cast: Cast, client: Client, has_call: bool
) -> None:
    chat = make_chat(cast, cast.member, "Hello?")
    past = timezone.now() - timezone.timedelta(hours=2)
    call = make_call(cast, cast.member, created_at=past) if has_call else None
    answer = add_message(
        chat,
        Message.Role.ASSISTANT,
        "",
        chat.messages.get(),
        state="writing",
        generation_id=call.pk if call else "",
        created_at=timezone.now() if has_call else past,
    )
    client.force_login(cast.member)
    for path in (f"/chat/{chat.pk}/", f"/chat/{chat.pk}/answers/{answer.pk}/"):
        page = client.get(path).content.decode()
        assert "The house was stopped while this was written" in page
        assert "aria-busy" not in page


def test_the_newest_branch_is_shown_and_the_others_are_reached(cast: Cast, client: Client) -> None:
    chat = make_chat(cast, cast.member, "Question", "First")
    asked, first = chat.messages.order_by("id")
    second = add_message(chat, Message.Role.ASSISTANT, "Second", asked)
    client.force_login(cast.member)
    page = client.get(f"/chat/{chat.pk}/").content.decode()
    assert ("Second" in page, "First" in page, "2 of 2" in page) == (True, False, True)
    page = client.get(f"/chat/{chat.pk}/?at={first.pk}").content.decode()
    assert ("Second" in page, "First" in page, f"?at={second.pk}" in page) == (False, True, True)


def test_a_long_thread_asks_the_database_the_same(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    asked = [
        queries(client, f"/chat/{make_chat(cast, cast.member, *texts).pk}/")
        for texts in (["text 0", "text 1"], [f"text {n}" for n in range(50)])
    ]
    assert asked[0] == asked[1]
