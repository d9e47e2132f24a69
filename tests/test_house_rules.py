"""The house's own rules, read from its files: settings and their papers, sizes, names, the ladder,
what must never stand in a tracked file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import get_commands, load_command_class

ROOT = Path(__file__).resolve().parents[1]
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
READERS = {"text", "flag", "number", "words", "get", "getenv", "_number"}
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+")
# Django's own, and the commands' own way to name the settings module.
FOREIGN = {"DJANGO_SETTINGS_MODULE"}


def tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [ROOT / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.name.endswith(endings or ("",))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- settings and their paper ---


def read_settings() -> dict[str, set[str]]:
    """Every environment variable the product reads, with the defaults it names."""
    found: dict[str, set[str]] = {}
    for path in tracked(".py"):
        if name_of(path).startswith(("apps/", "config/")):
            for node in ast.walk(ast.parse(path.read_text())):
                for name, default in variables(node):
                    found.setdefault(name, set()).update(default)
    return {name: defaults for name, defaults in found.items() if name not in FOREIGN}


def variables(node: ast.AST) -> Iterator[tuple[str, set[str]]]:
    if isinstance(node, ast.Call) and called(node) in READERS and node.args:
        name = node.args[0]
        if isinstance(name, ast.Constant) and NAME.fullmatch(str(name.value)):
            yield str(name.value), {constant(one) for one in node.args[1:2]} - {""}
    if isinstance(node, ast.Subscript) and "environ" in ast.dump(node.value):
        key = node.slice
        if isinstance(key, ast.Constant):
            yield str(key.value), set()


def called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def constant(node: ast.expr) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def written_settings() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_every_setting_stands_in_the_example_and_the_other_way_round() -> None:
    read = read_settings()
    assert "GATEHOUSE_PORT" in read
    assert sorted(read) == sorted(written_settings())


def test_the_example_states_the_real_defaults() -> None:
    written = written_settings()
    wrong = {
        name: (defaults, written[name])
        for name, defaults in read_settings().items()
        if defaults and written[name] not in defaults
    }
    assert wrong == {}


def test_every_setting_has_a_line_of_sense_above_it() -> None:
    lines = (ROOT / ".env.example").read_text().splitlines()
    told: list[str] = []
    silent = set(written_settings()) - {"GATEHOUSE_PORT"}
    for line in lines:
        name = line.removeprefix("#").partition("=")[0]
        if name in silent:
            if told:
                silent.discard(name)
        elif line.startswith("# "):
            told.append(line)
        elif not line:
            told = []
    assert silent == set()


# --- sizes and names ---


def test_no_file_outgrows_a_sitting() -> None:
    too_long = {
        name_of(path): lines
        for path in tracked(".py", ".html", ".css", ".js")
        if "/migrations/" not in name_of(path)
        and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert too_long == {}


def test_no_function_outgrows_a_look() -> None:
    too_long = [
        f"{name_of(path)}:{node.lineno} {node.name}"
        for path in tracked(".py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_modules_are_named_for_their_subject() -> None:
    drawers = {"utils.py", "helpers.py", "services.py", "selectors.py", "signals.py", "common.py"}
    kept = {"apps/core/house/signals.py"}  # the kernel's, not Django's
    assert {name_of(path) for path in tracked(".py") if path.name in drawers} == kept


def test_the_ladder_holds() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run(
        [str(lint), "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert " 0 broken" in done.stdout


# --- what never stands in a tracked file ---


REGISTRIES = (
    r"pypi\.org|pythonhosted\.org|registry\.npmjs|npmjs\.com|proxy\.golang\.org|index-url ?="
)
MACHINES = r"(?<![\w.])/(?:work|root|Users|home/[a-z]+)/"


@pytest.mark.parametrize("pattern", [REGISTRIES, MACHINES])
def test_no_tracked_file_names_a_registry_or_a_machines_folder(pattern: str) -> None:
    found = {
        name_of(path): match.group()
        for path in tracked()
        if (match := re.search(pattern, path.read_bytes().decode("utf-8", "replace")))
    }
    assert found == {}


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(r"\b(?:TO" + "DO|FIX" + "ME|XX" + "X)\b|NotImplemented" + "Error")
    code = tracked(".py", ".html", ".css", ".js", ".sql", ".sh", ".md")
    assert [name_of(path) for path in code if marks.search(path.read_text())] == []


def test_templates_carry_no_script_and_no_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\ssrc=)|<style|\sstyle\s*=|\son[a-z]+\s*=|javascript:|\|\s*safe\b", re.I
    )
    found = {
        name_of(path): match.group()
        for path in tracked(".html")
        if (match := inline.search(path.read_text()))
    }
    assert found == {}


# --- commands and tests ---


def test_every_command_says_what_it_is_for() -> None:
    ours = {name: app for name, app in get_commands().items() if str(app).startswith("apps.")}
    assert {"up", "web", "setup", "connect", "create_key", "doctor"} <= set(ours)
    for name, app in ours.items():
        assert load_command_class(str(app), name).help, name


def test_every_test_stands_where_it_is_found() -> None:
    """A file of tests has one, and no test stands in a file that is never collected."""
    wrong = []
    for path in tracked(".py"):
        if name_of(path).startswith("tests/"):
            has_test = any(
                isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                and node.name.startswith("test_")
                for node in ast.parse(path.read_text()).body
            )
            if has_test != path.name.startswith("test_"):
                wrong.append(name_of(path))
    assert wrong == []
