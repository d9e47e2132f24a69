"""Which family of tokenizer a model is known to have, in OpenRouter's words. A model that was made
of another one, and a name that says nothing, is “Other”."""

import re

OTHER = "Other"
# By author, the beginning of the name; the first that fits counts.
FAMILIES = (
    ("openai", r"(gpt|chatgpt|o\d)", "GPT"),
    ("anthropic", r"claude", "Claude"),
    ("google", r"gemini", "Gemini"),
    ("google", r"gemma", "Gemma"),
    ("x-ai", r"grok", "Grok"),
    ("cohere", r"command", "Cohere"),
    ("amazon", r"nova", "Nova"),
    ("qwen", r"qwen-?3", "Qwen3"),
    ("qwen", r"qwen", "Qwen"),
    ("deepseek", r"deepseek", "DeepSeek"),
    ("mistralai", r"(mistral|ministral|mixtral|codestral|devstral|pixtral|magistral)", "Mistral"),
    ("meta-llama", r"llama-2", "Llama2"),
    ("meta-llama", r"llama-3", "Llama3"),
    ("meta-llama", r"llama-4", "Llama4"),
    ("01-ai", r"yi", "Yi"),
)
_READY = tuple((author, re.compile(name), family) for author, name, family in FAMILIES)


def tokenizer_of(slug: str) -> str:
    author, _, name = slug.partition("/")
    if "distill" in name:
        return OTHER
    return next(
        (family for who, begins, family in _READY if who == author and begins.match(name)), OTHER
    )
