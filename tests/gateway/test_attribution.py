"""Which app a call comes from: by its address, its name, its key, its front end or its client."""

import pytest

from apps.gateway import known_apps
from apps.gateway.app_notes import AppNotes
from apps.gateway.attribution import address_of, app_of
from apps.usage.app_names import LONGEST, MOST_A_DAY, Told, cleaned

ADDRESSES = {
    "https://openwebui.com/": "openwebui.com",
    "http://openwebui.com": "openwebui.com",
    "https://OpenWebUI.com:443/?utm=1#top": "openwebui.com",
    "https://www.example.org/tools/": "example.org/tools",
    "https://example.org:8443/tools": "example.org:8443/tools",
    "https://someone:secret@example.org/a/../b//c": "example.org/b/c",
    "https://github.com/cline/cline": "github.com/cline/cline",
    "example.org": "example.org",
    "http://homeserver:3000/": "homeserver:3000",
    "http://192.168.1.20:3000": "192.168.1.20:3000",
    "http://[2001:DB8::1]/": "[2001:db8::1]",
    "https://müsli.example": "xn--msli-0ra.example",
    f"https://example.org/{'a' * 200}": "example.org",
    "https://example.org/caf\u00e9": "example.org",
    "http://localhost:3000/": "",
    "http://app.localhost": "",
    "http://127.0.0.1:8080": "",
    "http://[::1]:3000": "",
    "http://0.0.0.0": "",
    "javascript:alert(1)": "",
    "javascript://example.org/%0aalert(1)": "",
    "data:text/html,hello": "",
    "https://": "",
    "https://exa mple.org": "",
    "https://example.org:99999": "",
    "http://[": "",
    "My own app": "",
    f"https://{'a' * 300}.example": "",
    "": "",
}
# As these clients send it.
AGENTS = {
    "claude-cli/2.1.220 (external, cli)": "Claude Code",
    "codex_cli_rs/0.118.0 (Windows; x86_64) CodexAccountSwitcher/0.1.0": "Codex",
    "codex_vscode/0.98.0": "Codex",
    "opencode/1.18.30 ai-sdk/provider-utils/4.0.40 runtime/bun/1.3.14": "opencode.ai",
    "Cline/3.74.0": "cline.bot",
    "RooCode/3.52.1": "github.com/RooVetGit/Roo-Cline",
    "Kilo-Code/4.99.0": "kilocode.ai",
    "GeminiCLI/v0.9.0/gemini-2.5-pro (linux; x64)": "Gemini CLI",
    "QwenCode/0.2.1 (linux; x64)": "Qwen Code",
    "GitHubCopilotChat/0.26.7": "GitHub Copilot",
    "Zed/0.190.5 (linux; x86_64)": "zed.dev",
    "Mozilla/5.0 (X11; Linux x86_64) CherryStudio/1.5.7 Electron/35.6": "cherry-ai.com",
    "SillyTavern/1.12.0": "sillytavern.app",
    "aider/0.86.1": "aider.chat",
    "n8n": "n8n.io",
    "litellm/1.75.0": "LiteLLM",
    "PostmanRuntime/7.44.1": "Postman",
    "insomnia/11.2.0": "Insomnia",
    "HTTPie/3.2.4": "HTTPie",
    "curl/8.5.0": "curl",
    "ai-sdk/openai-compatible/0.1.0": "AI SDK",
    "ai/5.0.8 ai-sdk/provider-utils/3.0.2 runtime/node.js/22": "AI SDK",
    "OpenAI/Python 1.99.1": "OpenAI for Python",
    "AsyncOpenAI/Python 1.99.1": "OpenAI for Python",
    "OpenAI/JS 5.12.0": "OpenAI for JavaScript",
    "python-requests/2.32.4": "Python",
    "python-httpx/0.28.1": "Python",
    "Python-urllib/3.11": "Python",
    "Python/3.11 aiohttp/3.12.15": "Python",
    "node": "Node.js",
    "undici": "Node.js",
    "axios/1.11.0": "Node.js",
    "Go-http-client/2.0": "Go",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36": "",
    "Something/1.0": "",
    "": "",
    "/": "",
    "((((": "",
}


@pytest.mark.parametrize(("referer", "address"), ADDRESSES.items())
def test_an_address_is_one_however_it_is_written(referer, address):
    assert address_of(referer) == address


@pytest.mark.parametrize(("agent", "identity"), AGENTS.items())
def test_a_client_is_known_by_its_user_agent(agent, identity):
    assert asked({"User-Agent": agent}).identity == identity


def test_every_client_of_the_table_is_seen_once():
    seen = {identity for identity in AGENTS.values() if identity}
    assert seen == {app.identity for app in known_apps.APPS if app.agents}


def test_the_address_identifies_and_the_title_names():
    first = asked({"HTTP-Referer": "https://app.example/", "X-Title": "Recipes"})
    later = asked({"HTTP-Referer": "http://app.example", "X-OpenRouter-Title": "Recipes 2"})

    assert first == Told("app.example", "Recipes")
    assert later == Told("app.example", "Recipes 2")


def test_the_newer_header_names_before_the_older_one():
    assert asked({"X-Title": "Old", "X-OpenRouter-Title": "New"}).name == "New"


def test_an_app_on_ones_own_machine_needs_a_title():
    assert asked({"HTTP-Referer": "http://localhost:3000", "X-Title": "Mine"}) == Told(
        "Mine", "Mine"
    )
    assert asked({"HTTP-Referer": "http://localhost:3000"}).identity == ""


def test_a_known_app_is_the_same_by_address_name_and_client():
    by_address = asked({"HTTP-Referer": "https://cline.bot"})
    by_name = asked({"X-Title": "cline"})
    by_client = asked({"User-Agent": "Cline/3.74.0"})

    assert by_address.identity == by_name.identity == by_client.identity == "cline.bot"
    assert by_address.name == "Cline"
    assert by_address.categories == ("ide-extension",)


def test_each_source_counts_where_those_before_it_say_nothing():
    everything = {
        "HTTP-Referer": "https://app.example",
        "X-Title": "Title",
        "X-OpenWebUI-User-Email": "somebody@house.example",
        "User-Agent": "curl/8.5.0",
    }
    found = []
    for left in ([], ["HTTP-Referer"], ["HTTP-Referer", "X-Title"]):
        headers = {name: value for name, value in everything.items() if name not in left}
        found.append(asked(headers, key_app="Of the key", is_front_end=True).identity)
    assert found == ["app.example", "Title", "Of the key"]

    headers = {name: value for name, value in everything.items() if name[0] in "XU"}
    del headers["X-Title"]
    assert asked(headers, is_front_end=True).identity == "openwebui.com"
    assert asked(headers, is_front_end=False).identity == "curl"
    assert asked({}).identity == ""


def test_categories_that_do_not_exist_are_dropped():
    told = asked(
        {
            "X-Title": "Mine",
            "X-OpenRouter-Categories": "Game, nonsense,<b>, legal,roleplay, game",
        }
    )
    assert told.categories == ("game", "legal")


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("  Two   words\t", "Two words"),
        ("line\r\nline", "line line"),
        ("nul\0 and bell\a", "nul and bell"),
        ("\u202eevil\u200b", "evil"),
        ("a\u0301\u0302\u0303\u0304\u0305", "\u00e1\u0302\u0303"),
        ("x" * 5000, "x" * LONGEST),
        ("\u200b", ""),
        ("=cmd()|'a'!A1", "=cmd()|'a'!A1"),
        ("<script>", "<script>"),
    ],
)
def test_a_name_is_one_line_that_can_be_seen(told, name):
    assert cleaned(told) == name


@pytest.mark.parametrize("name", ["HTTP-Referer", "X-Title", "X-OpenRouter-Categories"])
@pytest.mark.parametrize("value", [b"\xff\xfe", b"\0", b"a" * 60_000, "é".encode("latin-1") * 90])
def test_no_header_breaks_the_reading(name, value):
    told = app_of({name.lower().encode(): value}, key_app="")
    assert len(told.identity) <= LONGEST
    assert len(told.name) <= LONGEST


def test_a_key_that_brings_ever_new_apps_is_folded_into_nobody():
    notes = AppNotes()
    brought = [notes.identity(7, Told(f"{number}.example")) for number in range(100)]

    assert brought[:MOST_A_DAY] == [f"{number}.example" for number in range(MOST_A_DAY)]
    assert set(brought[MOST_A_DAY:]) == {""}
    assert notes.identity(7, Told("3.example")) == "3.example"
    assert notes.identity(8, Told("new.example")) == "new.example"


def asked(headers, **more):
    sent = {name.lower().encode(): value.encode() for name, value in headers.items()}
    return app_of(sent, **({"key_app": ""} | more))
