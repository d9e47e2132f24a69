"""Ready-made lines that put the house into an app or a program. Every page that shows some takes
them from here, and the tests run what stands here against a house."""

import json
import shlex
from collections.abc import Callable, Iterable
from typing import NamedTuple

DEMO_MODEL = "gatehouse/demo:free"
YOUR_KEY = "YOUR_KEY"
HELLO = "Hello"


class Step(NamedTuple):
    words: str
    value: str = ""  # what is typed or pasted there, in one line


class Snippet(NamedTuple):
    """`steps` come before `text`, which is pasted whole, and `note` behind it."""

    name: str  # in addresses
    title: str
    steps: tuple[Step, ...] = ()
    text: str = ""
    file: str = ""  # under which `text` is kept
    note: str = ""


class Place(NamedTuple):
    """Where the lines lead."""

    base_url: str
    key: str
    model: str


def snippets(
    base_url: str, *, key: str = YOUR_KEY, model: str = DEMO_MODEL, only: Iterable[str] = ()
) -> list[Snippet]:
    """All of them, or those named, in the order asked for. Raises KeyError for an unknown name."""
    place = Place(base_url, key, model)
    return [MAKERS[name](place) for name in (tuple(only) or MAKERS)]


# --- in a terminal ---


def _curl(place: Place) -> Snippet:
    messages = json.dumps(_said(HELLO))
    body = f'{{"model": {json.dumps(place.model)},\n    "messages": {messages}}}'
    text = (
        f"curl {shlex.quote(f'{place.base_url}/chat/completions')} \\\n"
        f'  -H "Authorization: Bearer {place.key}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d {shlex.quote(body)}"
    )
    return Snippet("curl", "curl", (Step("Paste this into a terminal."),), text)


def _env(place: Place) -> Snippet:
    text = f"OPENAI_BASE_URL={place.base_url}\nOPENAI_API_KEY={place.key}"
    words = "Many programs read these two names, the openai packages among them."
    note = "Whoever can read this file can use the key: keep it out of version control."
    return Snippet("env", ".env file", (Step(words),), text, ".env", note)


def _shell(place: Place) -> Snippet:
    text = f"""\
#!/bin/sh
set -eu
. ./.env
body=$(jq -n --arg model {shlex.quote(place.model)} --arg question "$1" \\
  '{{model: $model, messages: [{{role: "user", content: $question}}]}}')
curl -sS "$OPENAI_BASE_URL/chat/completions" \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d "$body" | jq -r '.choices[0].message.content // .error.message'"""
    steps = (
        Step("Install curl and jq, and put the key into a file:", ".env"),
        Step("Keep the lines below beside it, and run them with a question:", _ASK_BY_SHELL),
    )
    return Snippet("shell", "Shell script", steps, text, "ask.sh")


_ASK_BY_SHELL = 'sh ask.sh "Why is the sky blue?"'


# --- in a program ---


def _python(place: Place) -> Snippet:
    text = f"""\
from openai import OpenAI

client = OpenAI(base_url={json.dumps(place.base_url)}, api_key={json.dumps(place.key)})
answer = client.chat.completions.create(
    model={json.dumps(place.model)},
    messages={json.dumps(_said(HELLO))},
)
print(answer.choices[0].message.content)"""
    steps = (
        Step("Install OpenAI’s package; it speaks to any address:", "pip install openai"),
        Step("Keep the lines below in a file and run it:", "python ask.py"),
    )
    return Snippet("python", "Python", steps, text, "ask.py")


def _python_stream(place: Place) -> Snippet:
    text = f"""\
from openai import OpenAI

client = OpenAI(base_url={json.dumps(place.base_url)}, api_key={json.dumps(place.key)})
stream = client.chat.completions.create(
    model={json.dumps(place.model)},
    messages={json.dumps(_said(HELLO))},
    stream=True,
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
    if chunk.usage:
        print("\\nThis cost $", chunk.usage.cost)"""
    steps = (
        Step("Install OpenAI’s package; it speaks to any address:", "pip install openai"),
        Step("Keep the lines below in a file and run it:", "python stream.py"),
    )
    return Snippet("python-stream", "Python, word by word", steps, text, "stream.py")


def _javascript(place: Place) -> Snippet:
    text = f"""\
const response = await fetch({json.dumps(f"{place.base_url}/chat/completions")}, {{
  method: "POST",
  headers: {{
    "Authorization": {json.dumps(f"Bearer {place.key}")},
    "Content-Type": "application/json",
  }},
  body: JSON.stringify({{
    model: {json.dumps(place.model)},
    messages: {_said_in_script(HELLO)},
  }}),
}});
const answer = await response.json();
if (!response.ok) throw new Error(answer.error.message);
console.log(answer.choices[0].message.content);"""
    steps = (
        Step("Nothing to install. Keep the lines below in a file and run it:", "node ask.mjs"),
    )
    note = "A page of yours may do the same, but everybody who opens the page can read the key."
    return Snippet("javascript", "JavaScript", steps, text, "ask.mjs", note)


def _node(place: Place) -> Snippet:
    text = f"""\
import OpenAI from "openai";

const client = new OpenAI({{
  baseURL: {json.dumps(place.base_url)},
  apiKey: {json.dumps(place.key)},
}});
const answer = await client.chat.completions.create({{
  model: {json.dumps(place.model)},
  messages: {_said_in_script(HELLO)},
}});
console.log(answer.choices[0].message.content);"""
    steps = (
        Step("Install OpenAI’s package; it speaks to any address:", "npm install openai"),
        Step("Keep the lines below in a file and run it:", "node chat.mjs"),
    )
    return Snippet("node", "JavaScript, with openai", steps, text, "chat.mjs")


def _langchain(place: Place) -> Snippet:
    text = f"""\
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url={json.dumps(place.base_url)},
    api_key={json.dumps(place.key)},
    model={json.dumps(place.model)},
)
print(model.invoke({json.dumps(HELLO)}).content)"""
    steps = (
        Step("Install LangChain’s package for OpenAI’s wire:", "pip install langchain-openai"),
        Step("Keep the lines below in a file and run it:", "python chain.py"),
    )
    return Snippet("langchain", "LangChain", steps, text, "chain.py")


def _litellm(place: Place) -> Snippet:
    text = f"""\
from litellm import completion

answer = completion(
    model={json.dumps(f"openai/{place.model}")},
    api_base={json.dumps(place.base_url)},
    api_key={json.dumps(place.key)},
    messages={json.dumps(_said(HELLO))},
)
print(answer.choices[0].message.content)"""
    steps = (
        Step("Install LiteLLM’s package:", "pip install litellm"),
        Step("Keep the lines below in a file and run it:", "python light.py"),
    )
    note = (
        "The “openai/” in front tells LiteLLM which wire to speak; it takes it off again. When it "
        "starts, LiteLLM fetches a list of prices from the internet."
    )
    return Snippet("litellm", "LiteLLM", steps, text, "light.py", note)


# --- in an app ---


def _open_webui(place: Place) -> Snippet:
    steps = (
        Step("Open the admin settings, then Connections, and add one under OpenAI API."),
        Step("URL:", place.base_url),
        Step("Key:", place.key),
        Step("Save. The models this key may use appear in the list; choose one:", place.model),
    )
    return Snippet("open-webui", "Open WebUI", steps, note=CONTAINER)


CONTAINER = (
    "An app in a container, or on another machine, does not find this house under “localhost”. "
    "The house must then listen on the network (GATEHOUSE_BIND), and GATEHOUSE_URL must be the "
    "address it is reached by."
)


def _librechat(place: Place) -> Snippet:
    text = f"""\
version: 1.2.1
cache: true
endpoints:
  custom:
    - name: "Gatehouse"
      apiKey: {json.dumps(place.key)}
      baseURL: {json.dumps(place.base_url)}
      models:
        default: [{json.dumps(place.model)}]
        fetch: true
      titleConvo: true
      titleModel: "current_model"
      modelDisplayLabel: "Gatehouse\""""
    steps = (Step("Put these lines into this file, and start LibreChat again:", "librechat.yaml"),)
    return Snippet("librechat", "LibreChat", steps, text, "librechat.yaml", CONTAINER)


def _continue(place: Place) -> Snippet:
    text = f"""\
name: Gatehouse
version: 0.0.1
schema: v1
models:
  - name: {json.dumps(place.model)}
    provider: openai
    model: {json.dumps(place.model)}
    apiBase: {json.dumps(place.base_url)}
    apiKey: {json.dumps(place.key)}
    roles: [chat, edit, apply]"""
    steps = (Step("In VS Code or JetBrains, open Continue’s settings file:", "config.yaml"),)
    return Snippet("continue", "Continue", steps, text, "config.yaml")


def _cline(place: Place) -> Snippet:
    steps = (
        Step("Open the settings of Cline, and as the API provider choose OpenAI Compatible."),
        Step("Base URL:", place.base_url),
        Step("API key:", place.key),
        Step("Model ID:", place.model),
    )
    note = "It plans with tools, so choose a model that uses tools."
    return Snippet("cline", "Cline", steps, note=note)


def _cursor(place: Place) -> Snippet:
    steps = (
        Step(
            "Open Cursor’s settings, then Models. Switch on Override OpenAI Base URL:",
            place.base_url,
        ),
        Step("OpenAI API key:", place.key),
        Step("Add a custom model and switch it on:", place.model),
    )
    note = (
        "Cursor calls from its own servers. It reaches this house only under a public https "
        "address, and its maker sees what you send. Continue and Cline call from your machine."
    )
    return Snippet("cursor", "Cursor", steps, note=note)


def _said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def _said_in_script(text: str) -> str:
    return f'[{{ role: "user", content: {json.dumps(text)} }}]'


MAKERS: dict[str, Callable[[Place], Snippet]] = {
    "open-webui": _open_webui,
    "librechat": _librechat,
    "continue": _continue,
    "cline": _cline,
    "cursor": _cursor,
    "curl": _curl,
    "shell": _shell,
    "env": _env,
    "python": _python,
    "python-stream": _python_stream,
    "javascript": _javascript,
    "node": _node,
    "langchain": _langchain,
    "litellm": _litellm,
}
