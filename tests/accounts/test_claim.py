"""The one-time set-up link: one person, once."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from apps.accounts.claim import HouseTaken, claim, opens, setup_link
from apps.accounts.models import AuditEntry, Household, User
from apps.projects.founding import found_house
from apps.projects.models import Membership, Project

GOOD = {"email": "Owner@House.example", "name": "Lea", "password": "a lamp above the gate"}


def token() -> str:
    link = setup_link()
    assert link is not None
    return link.rstrip("/").rpartition("/")[2]


def page(value: str) -> str:
    return f"/setup/{value}/"


@pytest.mark.django_db
def test_the_link_makes_the_owner_the_project_and_the_session(client: Client) -> None:
    value = token()
    assert client.get(page(value)).status_code == 200
    answer = client.post(page(value), GOOD)
    assert (answer.status_code, answer["Location"]) == (302, "/welcome/")
    owner = User.objects.get()
    assert (owner.email, owner.name, owner.role) == ("owner@house.example", "Lea", "owner")
    assert client.get("/settings/").status_code == 200
    assert Household.current().setup_step == "household"
    assert Membership.objects.get().project == Project.objects.get(name="Home")
    assert AuditEntry.objects.get().verb == "house.claimed"


@pytest.mark.django_db
def test_the_link_works_once(client: Client) -> None:
    value = token()
    found_house(token=value, **GOOD)
    assert not opens(value)
    for answer in (client.get(page(value)), client.post(page(value), GOOD)):
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/")
    with pytest.raises(HouseTaken):
        claim(token=value, email="second@house.example", password=GOOD["password"])
    assert setup_link() is None


@pytest.mark.django_db
def test_the_way_back_to_a_spent_link_leads_inside(client: Client) -> None:
    value = token()
    client.post(page(value), GOOD)
    assert client.get(page(value))["Location"] == "/"
    assert client.post(page(value), GOOD)["Location"] == "/"
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_newer_link_replaces_the_older() -> None:
    older, newer = token(), token()
    assert not opens(older)
    assert opens(newer)


@pytest.mark.django_db
def test_a_wrong_link_says_the_same_as_an_address_that_never_was(client: Client) -> None:
    token()
    paths = (page("wrong"), "/no/such/page/")
    wrong, nowhere = (client.get(path) for path in paths)
    assert wrong.status_code == nowhere.status_code == 404
    # Either page leads to the sign-in and back to its own address.
    without = [
        a.content.replace(p.encode(), b"") for a, p in zip((wrong, nowhere), paths, strict=True)
    ]
    assert without[0] == without[1]


@pytest.mark.django_db
def test_only_a_digest_of_the_link_is_stored() -> None:
    value = token()
    with connection.cursor() as cursor:
        cursor.execute("SELECT row(accounts_household.*)::text FROM accounts_household")
        assert value not in cursor.fetchone()[0]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("password", "short"),
        ("password", "qwertyuiop"),
        ("email", "nobody"),
        ("email", ""),
        ("name", "x" * 101),
    ],
)
def test_what_will_not_do_leaves_the_house_unclaimed(
    client: Client, field: str, value: str
) -> None:
    good = token()
    answer = client.post(page(good), {**GOOD, field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert GOOD["email" if field != "email" else "name"] in answer.content.decode()
    assert not User.objects.exists()
    assert opens(good)


@pytest.mark.django_db
def test_owner_and_project_come_both_or_neither() -> None:
    with pytest.raises(ValidationError):
        found_house(token=token(), email=GOOD["email"], password="short")
    assert not User.objects.exists()
    assert not Project.objects.exists()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_who_come_at_once_one_becomes_the_owner() -> None:
    value, start, ends = token(), threading.Barrier(2), []

    def come(name: str) -> None:
        start.wait(timeout=10)
        try:
            found_house(token=value, email=f"{name}@house.example", password=GOOD["password"])
            ends.append("owner")
        except HouseTaken:
            ends.append("late")
        finally:
            connection.close()

    both = [threading.Thread(target=come, args=(name,)) for name in ("first", "second")]
    for one in both:
        one.start()
    for one in both:
        one.join(timeout=30)
    assert sorted(ends) == ["late", "owner"]
    assert User.objects.filter(role=User.Role.OWNER).count() == 1
    assert Project.objects.count() == 1
