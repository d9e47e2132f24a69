"""The lines that pages offer for apps and programs, put to use against a running house: programs
run as they stand, and what an app is told to fill in is called as that app would."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from apps.core.snippets import APPS, DEMO_MODEL, KNOWN, Snippet, snippets
from tests.gateway.running import Streamed, WebHouse

ANSWER = "demonstration model"
# Packages that are never fetched here: the little of each that the lines use, as it is documented.
NODE_STAND_IN = """\
export default class OpenAI {
  constructor(given) {
    this.chat = {completions: {create: async (body) => {
      const response = await fetch(given.baseURL + "/chat/completions", {
        method: "POST",
        headers: {Authorization: "Bearer " + given.apiKey, "Content-Type": "application/json"},
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    }}};
  }
}
"""
LANGCHAIN = """\
from openai import OpenAI

class ChatOpenAI:
    def __init__(self, *, base_url, api_key, model):
        self._client, self._model = OpenAI(base_url=base_url, api_key=api_key), model

    def invoke(self, text):
        said = [{"role": "user", "content": text}]
        answer = self._client.chat.completions.create(model=self._model, messages=said)
        return answer.choices[0].message
"""
LITELLM = """\
from openai import OpenAI

def completion(*, model, api_base, api_key, messages):
    wire, _, name = model.partition("/")
    assert wire == "openai", wire
    client = OpenAI(base_url=api_base, api_key=api_key)
    return client.chat.completions.create(model=name, messages=messages)
"""
STAND_INS = {"langchain": ("langchain_openai.py", LANGCHAIN), "litellm": ("litellm.py", LITELLM)}
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
needs_jq = pytest.mark.skipif(shutil.which("jq") is None, reason="needs jq")


def of(house: WebHouse, name: str, model: str = DEMO_MODEL) -> Snippet:
    base_url = f"http://localhost:{house.port}/api/v1"
    (found,) = snippets(base_url, key=house.key, model=model, only=[name])
    return found


def run(folder: Path, *words: str, **environment: str) -> str:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("OPENAI_")}
    done = subprocess.run(
        words,
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def keep(folder: Path, snippet: Snippet) -> str:
    folder.joinpath(snippet.file).write_text(f"{snippet.text}\n")
    return snippet.file


@needs_curl
def test_curl(house: WebHouse, tmp_path: Path) -> None:
    assert ANSWER in run(tmp_path, "sh", "-ec", of(house, "curl").text)


@needs_curl
@needs_jq
def test_the_shell_script_with_its_env_file(house: WebHouse, tmp_path: Path) -> None:
    keep(tmp_path, of(house, "env"))
    script = of(house, "shell")
    keep(tmp_path, script)
    line = script.steps[-1].value
    assert ANSWER in run(tmp_path, "sh", "-ec", line)
    keep(tmp_path, of(house, "shell", model='test/it\'s "not" there'))
    assert "is not a model of this house" in run(tmp_path, "sh", "-ec", line)


def test_the_env_file_is_what_the_openai_package_reads(house: WebHouse, tmp_path: Path) -> None:
    lines = dict(line.split("=", 1) for line in of(house, "env").text.splitlines())
    program = "from openai import OpenAI; print([one.id for one in OpenAI().models.list()])"
    assert DEMO_MODEL in run(tmp_path, sys.executable, "-c", program, **lines)


def test_python(house: WebHouse, tmp_path: Path) -> None:
    assert ANSWER in run(tmp_path, sys.executable, keep(tmp_path, of(house, "python")))


def test_python_word_by_word(house: WebHouse, tmp_path: Path) -> None:
    told = run(tmp_path, sys.executable, keep(tmp_path, of(house, "python-stream")))
    assert ANSWER in told
    assert told.endswith("This cost $ 0\n")


@pytest.mark.parametrize("name", STAND_INS)
def test_python_with_another_package(house: WebHouse, tmp_path: Path, name: str) -> None:
    module, text = STAND_INS[name]
    tmp_path.joinpath(module).write_text(text)
    assert ANSWER in run(tmp_path, sys.executable, keep(tmp_path, of(house, name)))


@needs_node
def test_javascript(house: WebHouse, tmp_path: Path) -> None:
    assert ANSWER in run(tmp_path, "node", keep(tmp_path, of(house, "javascript")))


@needs_node
def test_javascript_with_the_openai_package(house: WebHouse, tmp_path: Path) -> None:
    package = tmp_path / "node_modules" / "openai"
    package.mkdir(parents=True)
    package.joinpath("package.json").write_text('{"type": "module", "main": "index.js"}')
    package.joinpath("index.js").write_text(NODE_STAND_IN)
    assert ANSWER in run(tmp_path, "node", keep(tmp_path, of(house, "node")))


@pytest.mark.parametrize("name", [one.name for one in APPS])
def test_what_an_app_is_told_works_as_it_would_call(house: WebHouse, name: str) -> None:
    """An app lists the models, then asks for a stream and who it is for."""
    base_url, key, model = settings_of(of(house, name))
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(headers=headers, trust_env=False) as app:
        listed = app.get(f"{base_url}/models").json()
        assert model in [one["id"] for one in listed["data"]]
        said = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
        body = {"model": model, "messages": said, "stream": True, "user": "somebody"}
        streamed = Streamed.read(app.post(f"{base_url}/chat/completions", json=body))
    assert streamed.is_done
    assert ANSWER in streamed.text


def settings_of(snippet: Snippet) -> tuple[str, str, str]:
    """Address, key and model, from what is typed in or from the lines of a file."""
    words = [step.value for step in snippet.steps] + re.findall(r'"([^"]+)"', snippet.text)
    (address,) = {word for word in words if word.startswith("http://")}
    (key,) = {word for word in words if word.startswith("gate_live_")}
    (model,) = {word for word in words if word.startswith("gatehouse/")}
    return address, key, model


def test_every_snippet_is_put_to_use_here() -> None:
    run_whole = {"curl", "shell", "env", "python", "python-stream", "javascript", "node"}
    assert run_whole | set(STAND_INS) | {one.name for one in APPS} == set(KNOWN)


def test_the_address_key_and_model_of_the_page_stand_in_every_snippet() -> None:
    for snippet in snippets("https://gate.example/api/v1", key="the-key", model="acme/one"):
        shown = " ".join((snippet.text, *(step.value for step in snippet.steps)))
        wanted = {"https://gate.example/api/v1", "the-key", "acme/one"}
        wanted -= {"shell": {"https://gate.example/api/v1", "the-key"}, "env": {"acme/one"}}.get(
            snippet.name, set()
        )
        assert [word for word in wanted if word not in shown] == [], snippet.name
