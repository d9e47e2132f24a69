"""Static files may be kept for good: whenever one changes, all of them change their address."""

import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from django.conf import settings
from django.test import Client

from config.assets import fingerprint
from tests.cast import Cast

FOR_GOOD = "max-age=315360000, public, immutable"


@pytest.mark.parametrize(
    ("files", "is_same"),
    [
        ({"css/a.css": "one", "js/b.js": "two"}, True),
        ({"css/a.css": "one", "js/b.js": "two!"}, False),
        ({"css/a.css": "one", "js/c.js": "two"}, False),
        ({"css/a.css": "two", "js/b.js": "one"}, False),
        ({"css/a.css": "one"}, False),
    ],
)
def test_any_change_of_a_file_changes_the_name_of_the_folder(
    tmp_path: Path, files: dict[str, str], is_same: bool
) -> None:
    before = fingerprint(written(tmp_path / "a", {"css/a.css": "one", "js/b.js": "two"}))
    assert (fingerprint(written(tmp_path / "b", files)) == before) is is_same


def written(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_a_browser_keeps_what_a_page_names_and_what_its_scripts_import(
    cast: Cast, client: Client
) -> None:
    page = client.get("/").content.decode()
    named = re.findall(r'(?:src|href)="(/static/[^"#]+)', page)
    chat = f"{settings.STATIC_URL}js/chat.js"
    imported = re.findall(r'from "(\./[^"]+)"', b"".join(client.get(chat)).decode())
    assert named
    assert imported
    for address in {*named, *(urljoin(chat, path) for path in imported)}:
        answer = client.get(address)
        assert (answer.status_code, answer["Cache-Control"]) == (200, FOR_GOOD)
    assert client.get("/static/css/base.css").status_code == 404
