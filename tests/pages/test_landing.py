"""The front door: what somebody without an account finds there."""

import pytest
from django.test import Client

from apps.catalog.doors import COLUMNS, field_of_doors
from tests.cast import Cast
from tests.pages.markup import Page


def test_strangers_find_the_front_door(cast: Cast, client: Client) -> None:
    page = client.get("/").content.decode()
    assert Page(page).problems == []
    assert "One key,<br>many doors." in page
    assert "See the 1 models" not in page and "See the model" in page  # the demonstration
    assert "//" not in page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "Our house" not in page  # who lives here is nobody's business


@pytest.mark.django_db
def test_a_house_without_an_owner_has_no_front_door_yet(client: Client) -> None:
    assert client.get("/")["Location"] == "/accounts/login/?next=/"


@pytest.mark.parametrize(("open_count", "shut_count"), [(0, 0), (3, 0), (COLUMNS, 1), (300, 315)])
def test_there_is_a_door_for_each_model(open_count: int, shut_count: int) -> None:
    doors = field_of_doors(open_count=open_count, shut_count=shut_count)
    assert (doors.open.count("M"), doors.shut.count("M")) == (open_count, shut_count)
    _, _, width, height = map(int, doors.box.split())
    assert width > 0 and height > 0
