"""The page of the parts: only for people who work on the look, and sound itself."""

import pytest
from django.test import Client
from pytest_django import Settings

from apps.core.styleguide import icon_names
from tests.pages.markup import Page


@pytest.mark.django_db
def test_the_parts_are_shown_while_debugging_alone(client: Client, settings: Settings) -> None:
    assert client.get("/styleguide/").status_code == 404
    settings.DEBUG = True
    page = client.get("/styleguide/").content.decode()
    assert Page(page).problems == []
    assert "Enter a sum above zero, such as 1.50." in page
    assert {"home", "lock", "models", "x"} <= set(icon_names())
    assert all(f"#i-{name}" in page for name in icon_names())
