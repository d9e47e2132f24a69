"""The page of a guardrail: who reads and who changes it, what is saved, what is refused in words
and loses nothing, what a rail above locks, and what becomes of stored chats."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.chat.models import Conversation
from apps.guardrails.models import GuardrailChange, RuleHits, ScrubRule
from apps.guardrails.rail import Rail
from apps.keys.making import Rules, make_key
from apps.projects.models import Membership, Project
from apps.routing.redaction.detectors import DETECTORS
from tests.cast import Cast
from tests.catalog.shelf import connect, offer
from tests.chat.chats import make_chat
from tests.guardrails.sheets import (
    HOUSE,
    MAIL,
    PATTERN,
    PROJECT,
    SECRET_EXAMPLE,
    SECRET_PATTERN,
    SECRET_WORDS,
    WORDS,
    put,
    send,
    sheet,
    stands,
)
from tests.pages.markup import Page

PRIVATE = (*SECRET_WORDS, SECRET_PATTERN, SECRET_EXAMPLE, "QX-4")


def privates_in(page: str) -> list[str]:
    return [one for one in PRIVATE if one in page]


# --- who reads, who changes ---


@pytest.mark.parametrize(
    ("who", "reads", "changes"),
    [
        ("owner", {"project", "house", "member", "key"}, {"project", "house", "member", "key"}),
        ("admin", {"project", "house", "member", "key"}, {"project", "house", "member", "key"}),
        ("project's admin", {"project", "member", "key"}, {"project", "member", "key"}),
        ("member", {"project", "member", "key"}, {"key"}),
        ("viewer", {"project"}, set()),
        ("stranger", set(), set()),
    ],
)
def test_who_reads_and_who_changes(
    cast: Cast, client: Client, who: str, reads: set[str], changes: set[str]
) -> None:
    member = Membership.objects.get(user=cast.member)
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    if who == "project's admin":
        Membership.objects.filter(user=cast.viewer).update(role=Membership.Role.ADMIN)
    client.force_login(cast.viewer if who == "project's admin" else getattr(cast, who))
    paths = {
        "project": PROJECT,
        "house": HOUSE,
        "member": f"/projects/home/members/{member.pk}/guardrails/",
        "key": f"/keys/{key.pk}/guardrails/",
    }
    seen = {name for name, path in paths.items() if client.get(path).status_code == 200}
    sent = sheet(no_training="on")
    done = {name for name, path in paths.items() if send(client, path, sent).status_code == 302}
    assert (seen, done) == (reads, changes)
    assert GuardrailChange.objects.exists() == bool(changes)


def test_nobody_reads_private_words_but_who_may_change_them(cast: Cast, client: Client) -> None:
    put(cast, cast.project, rules=(WORDS, PATTERN, MAIL))
    put(cast, Household.current(), rules=(WORDS,))
    tries = {"do": "try", "text": "Anything at all"}
    for person in (cast.member, cast.viewer):
        client.force_login(person)
        for answer in (client.get(PROJECT), client.post(PROJECT, tries)):
            page = answer.content.decode()
            assert answer.status_code == 200
            assert Page(page).problems == []
            assert privates_in(page) == []
            assert "Customer number" in page and "2 words: replace and put back." in page
    client.force_login(cast.owner)
    assert privates_in(client.get(PROJECT).content.decode()) == list(PRIVATE)


def test_the_household_keeps_its_words_from_a_projects_admin(cast: Cast, client: Client) -> None:
    put(cast, Household.current(), rules=(WORDS, PATTERN))
    Membership.objects.filter(user=cast.viewer).update(role=Membership.Role.ADMIN)
    client.force_login(cast.viewer)
    page = client.get(PROJECT).content.decode()
    assert privates_in(page) == []
    assert "The household has 2 words of its own and 1 pattern as well." in page
    assert client.get(HOUSE).status_code == 404


def test_an_archived_project_is_read_only(cast: Cast, client: Client) -> None:
    Project.objects.filter(pk=cast.project.pk).update(archived_at="2026-01-01T00:00Z")
    client.force_login(cast.owner)
    assert 'name="zero_retention"' not in client.get(PROJECT).content.decode()
    assert send(client, PROJECT, sheet(no_training="on")).status_code == 404


# --- what is saved ---


def test_what_is_typed_is_what_stands(cast: Cast, client: Client) -> None:
    connect(offer("acme/alpha", "north").provider.slug, cast)
    offer("acme/beta", "south")
    client.force_login(cast.owner)
    pattern = {
        "name": " Customer  number ",
        "pattern": SECRET_PATTERN,
        "must_match": f"{SECRET_EXAMPLE}\r\n",
        "must_not_match": "QX-4",
        "action": "redact",
        "scope": "all",
    }
    sent = sheet(
        pattern,
        zero_retention="on",
        scrubs="on",
        only_free="on",
        allowed_models="acme/alpha, acme/beta\n\nacme/alpha",
        denied_providers="South",
        max_prompt_price="$1.50",
        blocks_media="blocks",
        words="\n".join(("", *SECRET_WORDS, SECRET_WORDS[0])),
        d_email="restore",
    )
    answer = send(client, PROJECT, sent)
    assert answer.status_code == 302 and answer["Location"] == PROJECT
    assert stands(cast.project) == Rail(
        zero_retention=True,
        only_free=True,
        allowed_models=("acme/alpha", "acme/beta"),
        denied_providers=("south",),
        max_prompt_price=Decimal("1.5"),
        blocks_media=True,
        rules=(MAIL, WORDS, PATTERN),
    )
    assert not any(word in row.locked for row in ScrubRule.objects.all() for word in PRIVATE)
    page = client.get(PROJECT).content.decode()
    assert Page(page).problems == [] and "Saved. It holds from the next call on." in page
    change = GuardrailChange.objects.get()
    assert change.actor == cast.owner and privates_in(" ".join(change.lines)) == []
    assert all(line.split(":")[0] in page for line in change.lines)
    send(client, PROJECT, sent)  # a second time
    assert GuardrailChange.objects.count() == 1


def test_scrubbing_switched_on_for_the_first_time_brings_its_usual_rules(
    cast: Cast, client: Client
) -> None:
    client.force_login(cast.owner)
    page = read(client, PROJECT)
    assert 'name="scrubs" aria-describedby="scrubs-means" checked' not in page
    assert "13 of 13" in page
    offered = {f"d_{slug}": one.usual_action.name.lower() for slug, one in DETECTORS.items()}
    send(client, PROJECT, sheet(**offered))
    assert stands(cast.project).rules == (), "what was only offered was taken"
    send(client, PROJECT, sheet(scrubs="on", **offered))
    rail = stands(cast.project)
    assert {rule.detector for rule in rail.rules} == set(DETECTORS) and rail.scrubs
    assert 'name="scrubs" aria-describedby="scrubs-means" checked' in read(client, PROJECT)


def test_scrubbing_switched_off_keeps_its_rules(cast: Cast, client: Client) -> None:
    put(cast, cast.project, rules=(MAIL, WORDS))
    client.force_login(cast.owner)
    send(client, PROJECT, sheet(d_email="restore", words="\n".join(SECRET_WORDS)))
    rail = stands(cast.project)
    assert (rail.rules, rail.acting) == ((MAIL, WORDS), ())


def test_ten_thousand_words_fit_and_one_more_does_not(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    words = [f"word number {number}" for number in range(10_001)]
    answer = send(client, PROJECT, sheet(words="\n".join(words)))
    assert answer.status_code == 422
    assert "That is 10,001 words; a list holds at most 10,000." in answer.content.decode()
    assert send(client, PROJECT, sheet(words="\n".join(words[1:]))).status_code == 302
    [rule] = stands(cast.project).rules
    assert rule.private and len(rule.private.words) == 10_000


def test_a_pattern_is_removed_when_that_is_ticked(cast: Cast, client: Client) -> None:
    put(cast, cast.project, rules=(MAIL, PATTERN))
    client.force_login(cast.owner)
    gone = {"was": "Customer number", "name": "Customer number", "pattern": "(", "removes": "on"}
    assert send(client, PROJECT, sheet(gone, scrubs="on", d_email="restore")).status_code == 302
    assert stands(cast.project).rules == (MAIL,)


def test_a_pattern_that_hits_everyday_messages_is_warned_of(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    send(client, PROJECT, sheet({"name": "Vowels", "pattern": "[aeiou]"}))
    assert "hits 16 of 16 everyday messages" in read(client, PROJECT)


def test_one_more_pattern_without_a_script(cast: Cast, client: Client) -> None:
    client.force_login(cast.owner)
    half = {"name": "Half", "pattern": "", "action": "redact"}
    answer = send(client, PROJECT, {**sheet(half), "do": "more"})
    page = answer.content.decode()
    assert answer.status_code == 200 and Page(page).problems == []
    assert 'name="p-1-pattern"' in page and 'value="Half"' in page
    assert not GuardrailChange.objects.exists()


# --- what is refused ---

PATTERN_OF = {"name": "Number", "pattern": "[0-9]{4}", "action": "redact"}


@pytest.mark.parametrize(
    ("patterns", "typed", "sentence"),
    [
        ((), {"allowed_models": "acme/alhpa"}, "“acme/alhpa” is not a model of this house."),
        ((), {"allowed_models": "acme/alhpa"}, "Did you mean acme/alpha?"),
        ((), {"denied_providers": "nowhere"}, "“nowhere” is not a provider of this house."),
        (
            (),
            {"allowed_models": "acme/alpha", "denied_models": "acme/alpha"},
            "acme/alpha is among those that are allowed as well.",
        ),
        ((), {"max_prompt_price": "cheap"}, "Enter a sum in dollars"),
        ((), {"max_prompt_price": "-1"}, "cannot be below zero"),
        ((), {"max_completion_price": "1000000"}, "$999,999 is the most."),
        ((), {"d_email": "shout"}, "Select a valid choice"),
        ((), {"words": "x" * 201}, "Word 1 is longer than 100 characters."),
        (({**PATTERN_OF, "pattern": "(a"},), {}, "aria-invalid"),
        (({**PATTERN_OF, "pattern": "a*"},), {}, "aria-invalid"),
        (({**PATTERN_OF, "pattern": "(?=a)b"},), {}, "is not possible here"),
        (({**PATTERN_OF, "pattern": ""},), {}, "Enter a pattern, or remove this rule."),
        (({**PATTERN_OF, "name": ""},), {}, "Give it a name"),
        (({**PATTERN_OF, "must_match": "1234\nabc"},), {}, "The pattern finds nothing in line 2."),
        (({**PATTERN_OF, "must_not_match": "99999"},), {}, "finds something in line 1."),
        ((PATTERN_OF, PATTERN_OF), {}, "Another pattern has this name."),
        (({**PATTERN_OF, "name": "E-mail addresses"},), {"d_email": "block"}, "Two rules are"),
    ],
)
def test_what_is_refused_says_why_and_loses_nothing(
    cast: Cast, client: Client, patterns: tuple[Any, ...], typed: dict[str, str], sentence: str
) -> None:
    offer("acme/alpha", "north")
    client.force_login(cast.owner)
    sent = sheet(*patterns, **{"no_training": "on", "words": "Birkenweg", **typed})
    answer = send(client, PROJECT, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page.replace("&#x27;", "'")
    assert Page(page).problems == []
    assert 'name="no_training" aria-describedby="no_training-means" checked' in page
    assert all(str(value).splitlines()[0] in page for value in typed.values())
    assert all(part in page for one in patterns for part in one.values() if part and part != "(a")
    assert stands(cast.project) == Rail()


@pytest.mark.parametrize("do", ["save", "try"])
@pytest.mark.parametrize("value", ["a\0b", "\ufffd\u202e\u200b", "<script>x</script>", "9" * 400])
def test_binary_and_nonsense_are_answered_like_anything_else(
    cast: Cast, client: Client, value: str, do: str
) -> None:
    client.force_login(cast.owner)
    pattern = {"name": value, "pattern": value, "must_match": value}
    fields = ("words", "allowed_models", "max_prompt_price", "text", "d_email", "chats")
    for sent in (sheet(pattern), *(sheet(**{name: value}) for name in fields)):
        answer = send(client, PROJECT, {**sent, "do": do})
        assert answer.status_code in (200, 302, 422)
        assert b"<script>x" not in answer.content


def test_a_page_that_comes_back_in_pieces_saves_nothing(cast: Cast, client: Client) -> None:
    put(cast, cast.project, rules=(PATTERN,))
    client.force_login(cast.owner)
    answer = send(client, PROJECT, {"do": "save", "no_training": "on"})
    assert answer.status_code == 422
    assert "without its patterns" in answer.content.decode()
    assert stands(cast.project).rules == (PATTERN,)


def test_a_keys_owner_makes_it_stricter_and_not_looser(cast: Cast, client: Client) -> None:
    key, _ = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    path = f"/keys/{key.pk}/guardrails/"
    client.force_login(cast.member)
    assert send(client, path, sheet(no_training="on")).status_code == 302
    answer = send(client, path, sheet())
    assert answer.status_code == 422
    assert "You can make this stricter" in answer.content.decode()
    client.force_login(cast.owner)
    assert send(client, path, sheet()).status_code == 302


# --- what a rail above asks for ---


def test_what_the_household_asks_for_is_on_and_locked(cast: Cast, client: Client) -> None:
    put(cast, Household.current(), zero_retention=True, blocks_media=True, rules=(MAIL,))
    client.force_login(cast.owner)
    page = read(client, PROJECT)
    for name in ("zero_retention", "scrubs"):
        assert f'name="{name}" aria-describedby="{name}-means" checked disabled' in page
    assert 'name="no_training" aria-describedby="no_training-means">' in page
    assert page.count("The household asks for it") == 3
    assert "Asked for: replace and put back" in page and "usually:" not in page
    assert 'name="zero_retention" aria-describedby="zero_retention-means" checked>' in read(
        client, HOUSE
    )


def test_what_is_locked_stays_here_as_it_was_chosen(cast: Cast, client: Client) -> None:
    put(cast, cast.project, zero_retention=True)
    put(cast, Household.current(), zero_retention=True, no_training=True)
    client.force_login(cast.owner)
    send(client, PROJECT, sheet(no_training="on", only_free="on"))
    rail = stands(cast.project)
    assert (rail.zero_retention, rail.no_training, rail.only_free) == (True, False, True)


# --- stored chats ---


@pytest.mark.parametrize(("chosen", "left"), [("keep", 1), ("delete", 0)])
def test_keeping_nothing_asks_what_becomes_of_stored_chats(
    cast: Cast, client: Client, chosen: str, left: int
) -> None:
    make_chat(cast, cast.member, "Where is the key?")
    client.force_login(cast.owner)
    assert "1 stored chat" in read(client, PROJECT)
    answer = send(client, PROJECT, sheet(zero_retention="on"))
    assert answer.status_code == 422
    assert "Choose whether the stored chats stay or are deleted." in answer.content.decode()
    assert Conversation.objects.count() == 1 and stands(cast.project) == Rail()
    assert send(client, PROJECT, sheet(zero_retention="on", chats=chosen)).status_code == 302
    assert Conversation.objects.count() == left
    assert stands(cast.project).zero_retention


def test_stored_chats_stay_where_something_else_is_changed(cast: Cast, client: Client) -> None:
    make_chat(cast, cast.member, "Where is the key?")
    client.force_login(cast.owner)
    send(client, PROJECT, sheet(no_training="on", chats="delete"))
    assert Conversation.objects.count() == 1


# --- what was found ---


def test_hits_of_the_last_week_are_counted_by_rule(cast: Cast, client: Client) -> None:
    today = timezone.localdate()
    for days, count in ((0, 3), (6, 4), (7, 100)):
        RuleHits.objects.create(
            project=cast.project,
            rule="Payment cards",
            action="redact",
            day=today - timedelta(days=days),
            count=count,
        )
    client.force_login(cast.member)
    page = read(client, PROJECT)
    assert "<td>replace for good</td>" in page and '<td class="num">7</td>' in page


def read(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    page: str = answer.content.decode()
    return page
