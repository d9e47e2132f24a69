"""What a search of the models finds: names first, slips put right, nothing that was not meant."""

import pytest

from apps.catalog.search import Spoken, Vocabulary, find

MODELS = {
    "sonnet": ("anthropic/claude-sonnet-4.5", "Claude Sonnet 4.5", "Anthropic"),
    "haiku": ("anthropic/claude-haiku-4.5", "Claude Haiku 4.5", "Anthropic"),
    "gpt5": ("openai/gpt-5", "GPT-5", "OpenAI"),
    "gpt5mini": ("openai/gpt-5-mini", "GPT-5 Mini", "OpenAI"),
    "gpt4o": ("openai/gpt-4o", "GPT-4o", "OpenAI"),
    "llama3": ("meta-llama/llama-3.3-70b-instruct", "Llama 3.3 70B", "Meta"),
    "mistral": ("mistralai/mistral-small", "Mistral Small", "Mistral AI"),
    "codestral": ("mistralai/codestral", "Codestral", "Mistral AI"),
    "glm": ("z-ai/glm-4.6", "GLM 4.6", "Z.ai"),
    "r1": ("deepseek/deepseek-r1", "DeepSeek R1", "DeepSeek"),
}
ABOUT = {"gpt4o": ("Pictures", "Reading pictures", "image vision photo"), "r1": ("Thinks first",)}
AMONG = Vocabulary(
    {
        key: Spoken.of(title, (slug, maker), ABOUT.get(key, ()))
        for key, (slug, title, maker) in MODELS.items()
    }
)


def found(text: str) -> str:
    levels = find(text, AMONG)
    return " ".join(sorted(levels, key=lambda key: (levels[key], key)))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("claude", "haiku sonnet"),
        ("Claude Sonnet", "sonnet"),
        ("sonnet claude", "sonnet"),
        ("clau", "haiku sonnet"),
        ("claude-sonnet-4.5", "sonnet"),
        ("claudesonnet", "sonnet"),
        ("gpt-5", "gpt5 gpt5mini"),
        ("gpt5", "gpt5 gpt5mini"),
        ("GPT 4o", "gpt4o"),
        ("chatgpt 5 mini", "gpt5mini"),
        ("stral", "codestral mistral"),
        ("z.ai", "glm"),
        ("openai", "gpt4o gpt5 gpt5mini"),
        ("vision", "gpt4o"),
        ("pictures", "gpt4o"),
        ("thinks", "r1"),
    ],
)
def test_names_are_found_as_people_type_them(text: str, keys: str) -> None:
    assert found(text) == keys


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("clude sonet", "sonnet"),
        ("claued haiku", "haiku"),
        ("antrophic", "haiku sonnet"),
        ("mistrl", "codestral mistral"),
        ("depseek", "r1"),
        ("lama3", "llama3"),
        ("pictuers", "gpt4o"),
    ],
)
def test_a_slip_of_the_finger_is_put_right(text: str, keys: str) -> None:
    assert found(text) == keys


@pytest.mark.parametrize(
    "text",
    ["gpt-6", "is", "nothing-is-called-this", "cat", "xyz", "claude gpt", "llama 9", "%_"],
)
def test_what_nobody_meant_is_not_found(text: str) -> None:
    assert found(text) == ""


@pytest.mark.parametrize("text", ["", " ", "\0", "(" * 50, "a" * 10_000, "x " * 5_000, "🙂"])
def test_odd_searches_do_no_harm(text: str) -> None:
    assert found(text) == ""


def test_a_word_of_very_many_parts_is_not_looked_for_part_by_part() -> None:
    assert found("m5") == found("m5m5") == "gpt5mini"
    assert found("m5" * 50) == ""
