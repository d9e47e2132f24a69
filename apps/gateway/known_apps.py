"""Apps the house knows without being told: what they call themselves in User-Agent, and which
names and addresses are one and the same app."""

import re
from functools import lru_cache
from typing import NamedTuple

from apps.usage.app_names import Told

LONGEST_AGENT = 200
WORDS = re.compile(r"[^\s()]+")


class Known(NamedTuple):
    """`identity` is the address the app itself sends where it sends one, else its name. `agents`
    are first words of its User-Agent, without the version."""

    identity: str
    name: str
    category: str = ""
    agents: tuple[str, ...] = ()
    also: tuple[str, ...] = ()  # further addresses it was known to send

    @property
    def told(self) -> Told:
        return Told(self.identity, self.name, (self.category,) if self.category else ())


APPS = (
    Known("openwebui.com", "Open WebUI", "general-chat"),
    Known("librechat.ai", "LibreChat", "general-chat"),
    Known("cherry-ai.com", "Cherry Studio", "general-chat", ("cherrystudio",)),
    Known("sillytavern.app", "SillyTavern", "roleplay", ("sillytavern",)),
    Known("cline.bot", "Cline", "ide-extension", ("cline",)),
    Known(
        "github.com/RooVetGit/Roo-Cline",
        "Roo Code",
        "ide-extension",
        ("roocode",),
        ("roocode.com", "github.com/RooCodeInc/Roo-Code"),
    ),
    Known("kilocode.ai", "Kilo Code", "ide-extension", ("kilo-code",)),
    Known("zed.dev", "Zed", "ide-extension", ("zed",)),
    Known("aider.chat", "Aider", "cli-agent", ("aider",)),
    Known("opencode.ai", "opencode", "cli-agent", ("opencode",)),
    Known("Claude Code", "Claude Code", "cli-agent", ("claude-cli", "claude-code")),
    Known(
        "Codex", "Codex", "cli-agent", ("codex_cli_rs", "codex_exec", "codex_vscode", "codex-tui")
    ),
    Known("Gemini CLI", "Gemini CLI", "cli-agent", ("geminicli",)),
    Known("Qwen Code", "Qwen Code", "cli-agent", ("qwencode",)),
    Known("GitHub Copilot", "GitHub Copilot", "ide-extension", ("githubcopilotchat",)),
    Known("n8n.io", "n8n", "personal-agent", ("n8n",)),
    Known("Postman", "Postman", "", ("postmanruntime",)),
    Known("Insomnia", "Insomnia", "", ("insomnia",)),
    Known("curl", "curl", "", ("curl",)),
    Known("HTTPie", "HTTPie", "", ("httpie",)),
    Known("LiteLLM", "LiteLLM", "", ("litellm",)),
    Known("AI SDK", "AI SDK", "", ("ai-sdk", "ai")),
    Known("OpenAI for Python", "OpenAI for Python", "", ("openai/python", "asyncopenai/python")),
    Known("OpenAI for JavaScript", "OpenAI for JavaScript", "", ("openai/js", "asyncopenai/js")),
    Known("Python", "Python", "", ("python-requests", "python-httpx", "python", "python-urllib")),
    Known("Node.js", "Node.js", "", ("node", "node-fetch", "undici", "axios")),
    Known("Go", "Go", "", ("go-http-client",)),
)
_BY_AGENT = {agent: app.told for app in APPS for agent in app.agents}
_BY_NAME = {app.name.casefold(): app.told for app in APPS}
_BY_ADDRESS = {where: app.told for app in APPS for where in (app.identity, *app.also)}
IDENTITIES = frozenset(app.identity for app in APPS)
NOBODY = Told("")


def at(address: str) -> Told:
    """The app of this address; one the house does not know goes by the address alone."""
    return _BY_ADDRESS.get(address) or Told(address)


def named(name: str) -> Told:
    return _BY_NAME.get(name.casefold()) or Told(name, name)


@lru_cache(1024)
def by_agent(agent: bytes) -> Told:
    """The first word of a User-Agent that is an app's. `agent` is cut to LONGEST_AGENT."""
    for word in WORDS.findall(agent.decode("latin-1").lower()):
        if found := _BY_AGENT.get(word) or _BY_AGENT.get(word.partition("/")[0]):
            return found
    return NOBODY
