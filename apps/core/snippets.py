"""Ready-made lines that put the house into an app or a program. Every page that shows some takes
them from here, and the tests run what stands here against a house."""

import json
import re
import shlex
from collections.abc import Iterable, Mapping
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


def snippets(
    base_url: str, *, key: str = YOUR_KEY, model: str = DEMO_MODEL, only: Iterable[str] = ()
) -> list[Snippet]:
    """All of them, or those named, in the order asked for. Raises KeyError for an unknown name."""
    values = _values(base_url, key, model)
    return [_filled(KNOWN[name], values) for name in (tuple(only) or KNOWN)]


def _values(base_url: str, key: str, model: str) -> dict[str, str]:
    """What stands for the marks in the table: in capitals as it is, else quoted for where it is."""
    chat = f"{base_url}/chat/completions"
    messages = json.dumps([{"role": "user", "content": HELLO}])
    body = f'{{"model": {json.dumps(model)},\n    "messages": {messages}}}'
    return {
        "URL": base_url,
        "KEY": key,
        "MODEL": model,
        "url": json.dumps(base_url),
        "key": json.dumps(key),
        "bearer": json.dumps(f"Bearer {key}"),
        "model": json.dumps(model),
        "openai/model": json.dumps(f"openai/{model}"),
        "chat": json.dumps(chat),
        "messages": messages,
        "messages in a script": f'[{{ role: "user", content: {json.dumps(HELLO)} }}]',
        "chat in a shell": shlex.quote(chat),
        "model in a shell": shlex.quote(model),
        "body in a shell": shlex.quote(body),
    }


def _filled(snippet: Snippet, values: Mapping[str, str]) -> Snippet:
    def fill(text: str) -> str:
        return re.sub("«([^»]+)»", lambda mark: values[mark[1]], text)

    steps = tuple(Step(step.words, fill(step.value)) for step in snippet.steps)
    return snippet._replace(steps=steps, text=fill(snippet.text))


RUN = "Keep the lines below in a file and run it:"
INSTALL_OPENAI = "Install OpenAI’s package; it speaks to any address:"
CONTAINER = (
    "An app in a container, or on another machine, does not find this house under “localhost”. "
    "The house must then listen on the network (GATEHOUSE_BIND), and GATEHOUSE_URL must be the "
    "address it is reached by."
)

APPS = (
    Snippet(
        "open-webui",
        "Open WebUI",
        (
            Step("Open the admin settings, then Connections, and add one under OpenAI API."),
            Step("URL:", "«URL»"),
            Step("Key:", "«KEY»"),
            Step("Save. The models this key may use appear in the list; choose one:", "«MODEL»"),
        ),
        note=CONTAINER,
    ),
    Snippet(
        "librechat",
        "LibreChat",
        (Step("Put these lines into this file, and start LibreChat again:", "librechat.yaml"),),
        """\
version: 1.2.1
cache: true
endpoints:
  custom:
    - name: "Gatehouse"
      apiKey: «key»
      baseURL: «url»
      models:
        default: [«model»]
        fetch: true
      titleConvo: true
      titleModel: "current_model"
      modelDisplayLabel: "Gatehouse\"""",
        "librechat.yaml",
        CONTAINER,
    ),
    Snippet(
        "continue",
        "Continue",
        (Step("In VS Code or JetBrains, open Continue’s settings file:", "config.yaml"),),
        """\
name: Gatehouse
version: 0.0.1
schema: v1
models:
  - name: «model»
    provider: openai
    model: «model»
    apiBase: «url»
    apiKey: «key»
    roles: [chat, edit, apply]""",
        "config.yaml",
    ),
    Snippet(
        "cline",
        "Cline",
        (
            Step("Open the settings of Cline, and as the API provider choose OpenAI Compatible."),
            Step("Base URL:", "«URL»"),
            Step("API key:", "«KEY»"),
            Step("Model ID:", "«MODEL»"),
        ),
        note="It plans with tools, so choose a model that uses tools.",
    ),
    Snippet(
        "cursor",
        "Cursor",
        (
            Step(
                "Open Cursor’s settings, then Models. Switch on Override OpenAI Base URL:", "«URL»"
            ),
            Step("OpenAI API key:", "«KEY»"),
            Step("Add a custom model and switch it on:", "«MODEL»"),
        ),
        note=(
            "Cursor calls from its own servers. It reaches this house only under a public https "
            "address, and its maker sees what you send. Continue and Cline call from your machine."
        ),
    ),
)

TERMINAL = (
    Snippet(
        "curl",
        "curl",
        (Step("Paste this into a terminal."),),
        """\
curl «chat in a shell» \\
  -H "Authorization: Bearer «KEY»" \\
  -H "Content-Type: application/json" \\
  -d «body in a shell»""",
    ),
    Snippet(
        "shell",
        "Shell script",
        (
            Step("Install curl and jq, and put the key into a file:", ".env"),
            Step(
                "Keep the lines below beside it, and run them with a question:",
                'sh ask.sh "Why is the sky blue?"',
            ),
        ),
        """\
#!/bin/sh
set -eu
. ./.env
body=$(jq -n --arg model «model in a shell» --arg question "$1" \\
  '{model: $model, messages: [{role: "user", content: $question}]}')
curl -sS "$OPENAI_BASE_URL/chat/completions" \\
  -H "Authorization: Bearer $OPENAI_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d "$body" | jq -r '.choices[0].message.content // .error.message'""",
        "ask.sh",
    ),
    Snippet(
        "env",
        ".env file",
        (Step("Many programs read these two names, the openai packages among them."),),
        "OPENAI_BASE_URL=«URL»\nOPENAI_API_KEY=«KEY»",
        ".env",
        "Whoever can read this file can use the key: keep it out of version control.",
    ),
)

PROGRAMS = (
    Snippet(
        "python",
        "Python",
        (Step(INSTALL_OPENAI, "pip install openai"), Step(RUN, "python ask.py")),
        """\
from openai import OpenAI

client = OpenAI(base_url=«url», api_key=«key»)
answer = client.chat.completions.create(
    model=«model»,
    messages=«messages»,
)
print(answer.choices[0].message.content)""",
        "ask.py",
    ),
    Snippet(
        "python-stream",
        "Python, word by word",
        (Step(INSTALL_OPENAI, "pip install openai"), Step(RUN, "python stream.py")),
        """\
from openai import OpenAI

client = OpenAI(base_url=«url», api_key=«key»)
stream = client.chat.completions.create(
    model=«model»,
    messages=«messages»,
    stream=True,
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)
    if chunk.usage:
        print("\\nThis cost $", chunk.usage.cost)""",
        "stream.py",
    ),
    Snippet(
        "javascript",
        "JavaScript",
        (Step(f"Nothing to install. {RUN}", "node ask.mjs"),),
        """\
const response = await fetch(«chat», {
  method: "POST",
  headers: {
    "Authorization": «bearer»,
    "Content-Type": "application/json",
  },
  body: JSON.stringify({
    model: «model»,
    messages: «messages in a script»,
  }),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.error.message);
console.log(answer.choices[0].message.content);""",
        "ask.mjs",
        "A page of yours may do the same, but everybody who opens the page can read the key.",
    ),
    Snippet(
        "node",
        "JavaScript, with openai",
        (Step(INSTALL_OPENAI, "npm install openai"), Step(RUN, "node chat.mjs")),
        """\
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: «url»,
  apiKey: «key»,
});
const answer = await client.chat.completions.create({
  model: «model»,
  messages: «messages in a script»,
});
console.log(answer.choices[0].message.content);""",
        "chat.mjs",
    ),
    Snippet(
        "langchain",
        "LangChain",
        (
            Step("Install LangChain’s package for OpenAI’s wire:", "pip install langchain-openai"),
            Step(RUN, "python chain.py"),
        ),
        f"""\
from langchain_openai import ChatOpenAI

model = ChatOpenAI(
    base_url=«url»,
    api_key=«key»,
    model=«model»,
)
print(model.invoke("{HELLO}").content)""",
        "chain.py",
    ),
    Snippet(
        "litellm",
        "LiteLLM",
        (Step("Install LiteLLM’s package:", "pip install litellm"), Step(RUN, "python light.py")),
        """\
from litellm import completion

answer = completion(
    model=«openai/model»,
    api_base=«url»,
    api_key=«key»,
    messages=«messages»,
)
print(answer.choices[0].message.content)""",
        "light.py",
        "The “openai/” in front tells LiteLLM which wire to speak; it takes it off again. When it "
        "starts, LiteLLM fetches a list of prices from the internet.",
    ),
)

KNOWN = {one.name: one for one in (*APPS, *TERMINAL, *PROGRAMS)}
