"""The papers, held to their word: what they name exists, their commands are taken, their snippets
run against a house, and what they promise not to keep is not kept."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from django.core.management import load_command_class

from apps.core.house.options import read_options
from apps.keys import tokens
from tests.gateway.behaviours import Status
from tests.gateway.founding import CREDENTIAL
from tests.gateway.running import PATH, WebHouse, a_web_house
from tests.test_house_rules import ROOT, name_of, tracked, written_settings

PAPERS = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/scaling.md"]
ADDRESS = "http://localhost:8000"
SECRET_WORDS = "the heron sleeps under the third bridge"
COMMANDS = {
    "setup": "apps.projects",
    "connect": "apps.connections",
    "create_key": "apps.keys",
    "reset_password": "apps.accounts",
    "doctor": "apps.gateway",
    "freeze": "apps.keys",
    "thaw": "apps.keys",
    "reconcile": "apps.gateway",
    "rebuild_usage": "apps.usage",
    "refresh_catalog": "apps.catalog",
    "refresh_rankings": "apps.gateway",
    "seed_demo": "apps.gateway",
    "up": "apps.core",
    "web": "apps.gateway",
}


def paper(name: str) -> str:
    return (ROOT / name).read_text()


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", paper(name), re.MULTILINE | re.DOTALL)


# --- what they name exists ---


@pytest.mark.parametrize("name", PAPERS)
def test_every_link_leads_to_a_file(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", paper(name))
    missing = [link for link in links if not (ROOT / name).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize("name", [paper for paper in PAPERS if paper != "README.md"])
def test_every_file_they_name_exists(name: str) -> None:
    files = {name_of(path) for path in tracked()}
    made_later = {"secrets.json"}
    named = set(re.findall(r"[\w./-]+\.(?:py|sql|toml|json|html|md|in)\b", paper(name)))
    missing = [
        word
        for word in named - made_later
        if not any(f"/{known}".endswith(f"/{word.removeprefix('../')}") for known in files)
    ]
    assert missing == []


@pytest.mark.parametrize("name", PAPERS)
def test_every_make_word_exists(name: str) -> None:
    words = set(re.findall(r"(?:`|^\s*)make ([a-z][a-z-]*)", paper(name), re.MULTILINE))
    targets = set(re.findall(r"^([a-z][a-z-]*):", paper("Makefile"), re.MULTILINE))
    assert words <= targets


@pytest.mark.parametrize("name", [*PAPERS, "CHANGELOG.md"])
def test_every_command_line_is_taken(name: str) -> None:
    for line in re.findall(r"manage\.py ([a-z_]+[^\n`]*)", paper(name)):
        word, *rest = shlex.split(line)
        command = load_command_class(COMMANDS[word], word)
        if rest:
            command.create_parser("manage.py", word).parse_args(rest)


def test_every_variable_they_name_is_a_setting() -> None:
    known = set(written_settings()) | {"GATEHOUSE_KEY"}  # the reader's own, for the snippets
    for name in PAPERS:
        named = set(re.findall(r"\b(?:GATEHOUSE|DATABASE|CELERY|EMAIL)_[A-Z_]+\b", paper(name)))
        assert named <= known, name


# --- facts they state ---


def test_the_version_and_the_catalogue_are_what_the_changelog_says() -> None:
    version = re.search(r"^## (\S+)", paper("CHANGELOG.md"), re.MULTILINE)
    assert version is not None
    assert version[1] == tomllib.loads(paper("pyproject.toml"))["project"]["version"]
    seed = orjson.loads((ROOT / "apps/catalog/data/seed.json").read_bytes())
    counts = f"{len(seed['models'])} models and {len(seed['endpoints']):,} endpoints"
    assert counts in paper("CHANGELOG.md")
    assert counts.replace(" and", ",") in paper("ARCHITECTURE.md")


def test_the_shape_of_a_key_is_the_one_scanners_are_told() -> None:
    assert f"\n    {tokens.SHAPE.pattern}\n" in paper("SECURITY.md")


def test_an_example_with_every_line_switched_on_is_the_defaults(tmp_path: Path) -> None:
    plain = {name: text for name, text in os.environ.items() if name not in written_settings()}
    here = {"GATEHOUSE_DATA_DIR": str(tmp_path), "PYTHONHASHSEED": "0"}  # sets are printed
    program = (
        "from config import settings as s\n"
        "print({n: getattr(s, n) for n in dir(s) if n.isupper() and 'SECRET' not in n})"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env=plain | more | here,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for more in ({}, written_settings())
    ]
    assert told[0] == told[1]
    assert read_options(written_settings() | here).port == 8000


def test_the_house_answers_under_the_address_it_is_given(tmp_path: Path) -> None:
    """The README's way to be reached from another machine."""
    program = "from config import settings as s; print(*s.ALLOWED_HOSTS, *s.CSRF_TRUSTED_ORIGINS)"
    given = {"GATEHOUSE_DATA_DIR": str(tmp_path), "GATEHOUSE_URL": "http://192.168.1.4:8000"}
    answered = subprocess.check_output(
        [sys.executable, "-c", program], cwd=ROOT, env=os.environ | given, text=True
    ).split()
    assert {"192.168.1.4", "localhost", "http://192.168.1.4:8000"} <= set(answered)


# --- their snippets run ---


@pytest.fixture(scope="module")
def house() -> Iterator[WebHouse]:
    with a_web_house() as running:
        yield running


def run(house: WebHouse, *words: str) -> str:
    """A snippet, with the house's own address and key."""
    placed = [word.replace(ADDRESS, f"http://localhost:{house.port}") for word in words]
    done = subprocess.run(
        placed,
        env=os.environ | {"GATEHOUSE_KEY": house.key},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
def test_the_call_by_curl_is_answered(house: WebHouse) -> None:
    snippet = next(block for block in blocks("README.md", "sh") if block.startswith("curl"))
    answer = orjson.loads(run(house, "sh", "-ec", snippet))
    assert "demonstration model" in answer["choices"][0]["message"]["content"]
    assert answer["usage"]["cost"] == 0
    assert house.receipt(answer["id"])["state"] == "closed"


def test_the_call_from_python_streams(house: WebHouse) -> None:
    (snippet,) = blocks("README.md", "python")
    assert "demonstration model" in run(house, sys.executable, "-c", snippet)


def test_what_is_said_is_nowhere_written_down(house: WebHouse) -> None:
    said = [{"role": "user", "content": SECRET_WORDS}]
    for stream in (False, True):
        answered = house.ask("gatehouse/demo:free", messages=said, stream=stream, user="heron")
        assert answered.status_code == 200
    refused = house.ask("test/nowhere", messages=said)
    assert refused.status_code == 400
    for text in ("heron", "prepared answers"):
        assert house.tables_with(text) == house.files_with(text) == []


def test_no_secret_is_written_down_in_the_clear(house: WebHouse) -> None:
    wrong = "gate_live_" + "heron" * 8
    house.first.then(Status(401, message=f"{CREDENTIAL} is no key of ours"))
    assert house.ask().status_code == 502
    assert house.ask().status_code == 200
    for key in (wrong, house.key):
        house.client.get("/api/v1/key", headers={"Authorization": f"Bearer {key}"})
        house.client.post(PATH, content=b"{}", headers={"x-api-key": key})
    for secret in (wrong, house.key, CREDENTIAL):
        assert house.tables_with(secret) == []
        assert secret not in house.log.read_text()
