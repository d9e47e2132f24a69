"""Home: a question, last chats, what was spent, and what needs a look."""

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.catalog.models import Provider
from apps.chat.models import Conversation
from apps.connections.models import Connection
from apps.keys.making import Rules, make_key
from tests.cast import Cast, make_call, make_quarter
from tests.pages.asking import queries
from tests.pages.markup import Page


def connect(**facts: object) -> Connection:
    provider, _ = Provider.objects.get_or_create(slug="openai", defaults={"name": "OpenAI"})
    known = {"name": "OpenAI", "base_url": "https://a.example/v1", "test_code": "ok"}
    connection = Connection.objects.create(provider=provider, **{**known, **facts})
    connection.set_credential("sk-a-key-of-the-provider")
    connection.save()
    return connection


def titles(client: Client, person: User) -> list[str]:
    client.force_login(person)
    answer = client.get("/")
    assert Page(answer.content.decode()).problems == []
    return [note.title for note in answer.context["notes"]]


def test_a_house_without_a_provider_says_so_and_what_to_do(cast: Cast, client: Client) -> None:
    assert titles(client, cast.owner) == ["You are on the demo model."]
    assert "/connections/new/" in client.get("/").content.decode()
    assert titles(client, cast.member) == ["You are on the demo model."]
    assert "/connections/" not in client.get("/").content.decode()
    Connection.objects.update(is_enabled=False)
    assert titles(client, cast.owner) == ["No model can answer yet."]


def test_a_connection_that_fails_is_told_to_who_can_repair_it(cast: Cast, client: Client) -> None:
    connect(test_code="unauthorized")
    connect(name="Second")
    connect(name="Third", is_enabled=False, test_code="unauthorized")
    assert titles(client, cast.owner) == ["OpenAI does not work."]
    watched = [(one.name, one.words) for one in client.get("/").context["watch"]]
    assert watched == [("OpenAI", "does not work"), ("Second", "well"), ("Third", "switched off")]
    assert titles(client, cast.member) == []
    assert "watch" not in client.get("/").context


def test_keys_that_end_soon_are_worth_a_look(cast: Cast, client: Client) -> None:
    now = timezone.now()
    for name, days in (("Soon", 3), ("Later", 90)):
        ends = now + timedelta(days=days, hours=1)
        make_key(Rules(name, expires_at=ends), project=cast.project, owner=cast.owner, actor=None)
    client.force_login(cast.owner)
    watched = [(one.name, one.words) for one in client.get("/").context["watch"]]
    assert watched == [("Key “Soon”", "ends in 3 days")]


def test_who_may_make_no_call_learns_why(cast: Cast, client: Client) -> None:
    client.force_login(cast.stranger)
    page = client.get("/").content.decode()
    assert "You belong to no project" in page
    assert 'id="question"' not in page


def test_a_question_goes_to_the_model_one_used_last(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    page = client.get("/").content.decode()
    assert 'value="gatehouse/demo:free" checked' in page
    assert 'value="http://localhost:8000/api/v1"' in page


def test_last_chats_are_ones_own(cast: Cast, client: Client) -> None:
    for person in (cast.owner, cast.member):
        for number in range(6):
            words = f"{person} asks <{number}>"
            Conversation.begin(owner=person, project=cast.project, first_words=words)
    client.force_login(cast.member)
    answer = client.get("/")
    assert [chat.title for chat in answer.context["chats"]] == [
        f"member asks <{number}>" for number in (5, 4, 3, 2, 1)
    ]
    assert "asks &lt;5&gt;" in answer.content.decode()


def test_only_the_house_sees_who_spent_what(cast: Cast, client: Client) -> None:
    make_quarter(cast, cast.member, "1")
    make_quarter(cast, cast.owner, "3")
    client.force_login(cast.owner)
    answer = client.get("/")
    assert [(one.name, one.share) for one in answer.context["people"]] == [
        ("owner", 100),
        ("member", 33),
    ]
    assert [one.card.value for one in answer.context["spend"]] == ["$4.00"] * 3
    client.force_login(cast.member)
    answer = client.get("/")
    assert [one.card.value for one in answer.context["spend"]] == ["$1.00"] * 3
    assert "people" not in answer.context


def test_the_number_of_questions_to_the_database_does_not_grow(cast: Cast, client: Client) -> None:
    now, asked = timezone.now(), []
    client.force_login(cast.owner)
    for number in range(12):
        at = now - timedelta(minutes=number)
        make_call(cast, cast.member, number=number, created_at=at)
        make_quarter(cast, (cast.owner, cast.member)[number % 2], "1", at=at)
        connect(name=f"Connection {number}", test_code="unauthorized")
        Conversation.begin(owner=cast.owner, project=cast.project, first_words="Hello")
        asked.append(queries(client, "/"))
    assert asked[1] == asked[-1]
