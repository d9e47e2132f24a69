"""Static files may be kept for good: whenever one changes, all of them change their address."""

import gzip
import re
from pathlib import Path
from urllib.parse import urljoin

import brotli
import pytest
from django.conf import settings
from django.test import Client
from pytest_django import Settings

from apps.core.static_files import pack, packed_folder
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


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [("br, gzip", "br"), ("gzip", "gzip"), ("", None), ("identity", None)],
)
def test_a_browser_gets_files_packed_as_it_likes(
    tmp_path: Path, settings: Settings, accepted: str, encoding: str | None
) -> None:
    settings.GATEHOUSE_DATA_DIR = tmp_path
    pack()
    client = Client()  # whose files are looked for when it is made
    for name in ("css/base.css", "plotly/plotly.min.js", "django_htmx/htmx-2.min.js"):
        address = f"{settings.STATIC_URL}{name}"
        answer = client.get(address, headers={"accept-encoding": accepted})
        sent = b"".join(answer)
        unpack = {"br": brotli.decompress, "gzip": gzip.decompress}.get(encoding or "", bytes)
        assert answer.get("Content-Encoding") == encoding
        assert (answer["Cache-Control"], answer["Vary"]) == (FOR_GOOD, "Accept-Encoding")
        assert unpack(sent) == b"".join(client.get(address))
        assert not encoding or len(sent) < len(unpack(sent)) / 2


def test_packing_is_done_once_for_the_same_files(tmp_path: Path, settings: Settings) -> None:
    settings.GATEHOUSE_DATA_DIR = tmp_path
    old = tmp_path / "static" / "0123456789ab"
    old.mkdir(parents=True)
    pack()
    before = {file: file.stat().st_mtime_ns for file in packed_folder().rglob("*.br")}
    pack()
    assert {file: file.stat().st_mtime_ns for file in packed_folder().rglob("*.br")} == before
    assert before
    assert not old.exists()


def test_of_plotly_only_the_file_for_browsers_is_sent(cast: Cast, client: Client) -> None:
    for name, status in (("plotly.min.js", 200), ("widgetbundle.js", 404), ("datasets", 404)):
        assert client.get(f"{settings.STATIC_URL}plotly/{name}").status_code == status
