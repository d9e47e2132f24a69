"""Which model a provider's id means: what is the host's goes, what is the model's stays.

Two ids with the same key are the same model. What was stripped (region, serving, quantization,
variant) is kept as facts of the endpoint. It knows no prices and looks nothing up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from apps.catalog.naming.families import AUTHORS, MAKERS, SERVING, author_of

HOST_PREFIX = re.compile(
    r"^(accounts/[^/]+/(models|routers)/|@cf/|@hf/|hf:|workers-ai/|tee/|databricks-|system\.ai\.)"
)
REGION = re.compile(r"^(us-gov|us|eu|apac|au|jp|ca|sa|in|global)\.")
VENDOR_DOT = re.compile(r"^([a-z][a-z0-9-]*)\.(?=[a-z])")
QUANTIZATION = re.compile(
    r"-(nvfp4|mxfp4|mxfp8|fp4|fp6|fp8-dynamic|fp8|fp16|bf16|awq|gptq|int4|int8|w4a16|4bit|8bit|gguf)$"
)
BEDROCK_TAIL = re.compile(r"(-v\d+)?:\d+(:\w+)?$|-v1$")
HOST_TAIL = re.compile(r"(@default|-maas|-tee|-hf)$")
# Not rate-limited variants of a model but ways to serve it: part of the endpoint.
VARIANTS = ("free", "thinking", "extended", "beta", "nitro", "floor", "exacto", "online")


@dataclass(frozen=True)
class Identity:
    author: str | None
    key: str
    """Letters, digits and dashes only: what is compared."""
    name: str
    """The same with its dots: what a slug is made of."""
    region: str | None = None
    serving: str | None = None
    variant: str | None = None
    quantization: str | None = None

    @property
    def tag(self) -> str | None:
        return "-".join(filter(None, (self.region, self.serving, self.variant))) or None


def identify(provider: str, upstream_id: str) -> Identity | None:
    """None for moving aliases: what they mean changes, and with it the price."""
    text = upstream_id.strip().lower()
    if text.startswith("~"):
        return None
    text, region, hint = _strip_host(provider, text)
    text, variant = _strip_variant(text)
    text, serving, quantization = _strip_serving(provider, text)
    name = _spell(text)
    key = fold(name)
    author = hint or author_of(key) or MAKERS.get(provider)
    return Identity(author, key, name, region, serving, variant, quantization)


def fold(name: str) -> str:
    """The comparable form of a name: no dots, no words that only say "made for chat"."""
    key = re.sub(r"[^a-z0-9]+", "-", name).strip("-")
    key = re.sub(r"^(meta|nvidia)-(?=llama|nemotron)", "", key)
    # The instruct edition is what everybody serves; only for OpenAI's old one it is another model.
    if not key.startswith("gpt-"):
        key = re.sub(r"-(instruct|it|chat-hf)(?=-|$)", "", key)
    key = re.sub(r"^(llama-4-(?:scout|maverick))-17b(-\d+e)?", r"\1", key)
    key = re.sub(r"^qwen-(?=\d)", "qwen", key)
    return _fold_claude(key) if key.startswith("claude") else key


def _fold_claude(key: str) -> str:
    key = re.sub(r"-20\d{6}(?=-|$)", "", key)
    key = re.sub(r"-(latest|v\d+)$", "", key)
    key = re.sub(r"^claude-(opus|sonnet|haiku)-(3(?:-[57])?)(?=-|$)", r"claude-\2-\1", key)
    key = re.sub(r"^claude-([4-9](?:-\d)?)-(opus|sonnet|haiku)(?=-|$)", r"claude-\2-\1", key)
    return re.sub(r"^(claude-(?:opus|sonnet)-4)-0$", r"\1", key)


def _strip_host(provider: str, text: str) -> tuple[str, str | None, str | None]:
    """(the rest, region, author as the path or prefix tells)."""
    region = None
    while found := HOST_PREFIX.match(text):
        text = text[found.end() :]
    if provider in ("amazon-bedrock", "oci"):
        text = BEDROCK_TAIL.sub("", text)
        if found := REGION.match(text):
            region, text = found[1], text[found.end() :]
    parts = text.split("/")
    hint = AUTHORS.get(parts[-2]) if len(parts) > 1 else None
    if provider == "openrouter" and len(parts) == 2:
        hint = parts[0]
    text = parts[-1]
    if (found := VENDOR_DOT.match(text)) and found[1] in AUTHORS:
        hint, text = AUTHORS[found[1]], text[found.end() :]
    text = re.sub(r"@(20\d{6}|\d{3})$", r"-\1", text)
    while found := HOST_TAIL.search(text):
        text = text[: found.start()]
    return _strip_vendor_word(text, region=region, hint=hint)


def _strip_vendor_word(
    text: str, *, region: str | None, hint: str | None
) -> tuple[str, str | None, str | None]:
    """`openai-gpt-5`, `zai-org-glm-5`: the vendor's word goes where the rest names that vendor."""
    for word, author in sorted(AUTHORS.items(), key=lambda one: -len(one[0])):
        rest = text.removeprefix(f"{word}-")
        known = author_of(re.sub(r"[^a-z0-9]+", "-", rest)) if rest != text else None
        if known == author or (known and word == "nvidia"):
            return rest, region, author
    return text, region, hint


def _strip_variant(text: str) -> tuple[str, str | None]:
    name, colon, tail = text.partition(":")
    if colon and tail in VARIANTS:
        return name, tail
    # Ollama writes the size behind a colon: gpt-oss:120b.
    return text.replace(":", "-"), None


def _strip_serving(provider: str, text: str) -> tuple[str, str | None, str | None]:
    serving = quantization = None
    own = author_of(text) in ("anthropic", "google", "x-ai") and "gemma" not in text
    labels = () if own or text.startswith("gpt-3") else SERVING.get(provider, ())
    changed = True
    while changed:
        changed = False
        if found := QUANTIZATION.search(text):
            quantization, text, changed = found[1], text[: found.start()], True
        for label in labels:
            if text.endswith(f"-{label}") and serving is None:
                serving, text, changed = label, text.removesuffix(f"-{label}"), True
    return text, serving, quantization


def _spell(text: str) -> str:
    """One spelling of version numbers: v3p2, llama3.1, gpt-54, minimax-m27, qwen-3-6."""
    text = text.replace("_", "-")
    text = re.sub(r"(?<=\d)p(?=\d)", ".", text)
    text = re.sub(r"^(llama|gemma)-?(?=\d)", r"\1-", text)
    text = re.sub(r"^(gpt)-?(\d)(\d)(?=-|$)", r"\1-\2.\3", text)
    text = re.sub(r"^(minimax-m)(\d)(\d)(?=-|$)", r"\1\2.\3", text)
    text = re.sub(
        r"^(glm|kimi-k|minimax-m|grok|hy|mimo-v|deepseek-v|seed)(-?\d)-(\d)(?=-|$)",
        r"\1\2.\3",
        text,
    )
    text = re.sub(r"^qwen-?(\d)-(\d)(?=-|$)", r"qwen\1.\2", text)
    return re.sub(r"^(llama-\d)-(\d)(?=-|$)", r"\1.\2", text)
