"""An app has one row for ever, whatever it calls itself later."""

import asyncio

import pytest

from apps.gateway.app_notes import AppNotes
from apps.usage.app_names import MOST_A_DAY, MOST_CATEGORIES, Told, learn, names_of_apps
from apps.usage.models import App
from tests.cast import Cast, make_quarter


def test_the_name_told_last_is_its_name(db: None) -> None:
    learn([Told("app.example", "Recipes", ("writing-assistant",))])
    first = App.objects.get()
    learn([Told("app.example", "Kitchen", ("game",))])
    learn([Told("app.example")])

    app = App.objects.get()
    assert (app.pk, app.slug, app.name) == (first.pk, "app-example", "Kitchen")
    assert app.categories == ["writing-assistant", "game"]


def test_apps_that_are_written_alike_have_pages_of_their_own(db: None) -> None:
    identities = ["Open WebUI", "open-webui", "open webui", "料理", "!!!", "unknown", "x" * 100]
    learn([Told(one, one) for one in identities])

    slugs = set(App.objects.values_list("slug", flat=True))
    assert App.objects.count() == len(slugs) == len(identities)
    assert "open-webui" in slugs
    assert "unknown" not in slugs


def test_an_app_can_be_in_only_so_many_categories(db: None) -> None:
    for number in range(15):
        learn([Told("app.example", "App", (f"category-{number}",))])
    assert len(App.objects.get().categories) == MOST_CATEGORIES


def test_one_that_nobody_noted_goes_by_what_it_is(db: None) -> None:
    learn([Told("app.example", "Kitchen")])
    names = names_of_apps(["app.example", "new.example", ""])
    assert {one: app.name for one, app in names.items()} == {
        "app.example": "Kitchen",
        "new.example": "new.example",
        "": "No name given",
    }


@pytest.mark.django_db(transaction=True)
def test_processes_share_what_a_key_brought_and_met(cast: Cast) -> None:
    for number in range(MOST_A_DAY - 1):
        make_quarter(cast, cast.member, "1", key_id=7, app=f"{number}.example")
    notes = AppNotes()
    asyncio.run(notes.write())
    brought = [notes.identity(7, Told(one, "New")) for one in ("a.example", "b.example")]
    asyncio.run(notes.write())

    assert brought == ["a.example", ""]
    assert App.objects.get(identity="a.example").name == "New"
    assert App.objects.filter(identity="3.example").exists()
    assert not App.objects.filter(identity="b.example").exists()
