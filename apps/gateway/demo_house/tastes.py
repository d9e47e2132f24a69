"""What calls are like, by what they are for: which models they ask, how long they are, and at what
hours of the day. Plain facts."""

from collections.abc import Mapping
from typing import NamedTuple


class Taste(NamedTuple):
    """Half of its prompts are longer than `prompt` tokens, half of its answers than `completion`;
    `cached` is how much of a prompt was sent before, `tools` how many answers end in one."""

    models: Mapping[str, float]
    prompt: int
    completion: int
    cached: float = 0.0
    tools: float = 0.0
    streams: bool = True


# Model → how well it is liked; one that nobody sells any more, or not yet, is passed over.
SMALL = {
    "openai/gpt-5-mini": 3,
    "openai/gpt-5.4-mini": 3,
    "openai/gpt-5.6-luna": 3,
    "google/gemini-2.5-flash": 3,
    "google/gemini-3-flash-preview": 2,
    "google/gemini-3.6-flash": 3,
    "google/gemini-3.8-flash": 3,
    "mistralai/mistral-small-2603": 2,
    "anthropic/claude-haiku-4.5": 2,
    "meta-llama/llama-3.3-70b-instruct": 1,
}
STRONG = {
    "openai/gpt-5": 3,
    "openai/gpt-5.2": 3,
    "openai/gpt-5.4": 2,
    "openai/gpt-5.6-terra": 3,
    "google/gemini-2.5-pro": 2,
    "google/gemini-3.1-pro-preview": 2,
    "anthropic/claude-sonnet-4.5": 3,
    "anthropic/claude-sonnet-4.6": 3,
    "anthropic/claude-sonnet-5": 4,
    "anthropic/claude-opus-5": 1,
    "x-ai/grok-4.6": 1,
    "mistralai/mistral-medium-3.1": 1,
}
CODING = {
    "anthropic/claude-sonnet-4.5": 4,
    "anthropic/claude-sonnet-4.6": 4,
    "anthropic/claude-sonnet-5": 5,
    "anthropic/claude-haiku-4.5": 2,
    "openai/gpt-5.3-codex": 3,
    "openai/gpt-5": 2,
    "qwen/qwen3-coder": 2,
    "z-ai/glm-4.6": 2,
    "z-ai/glm-5.3": 2,
    "moonshotai/kimi-k2.5": 2,
    "deepseek/deepseek-chat-v3.1": 2,
}
BULK = {
    "openai/gpt-5-nano": 4,
    "openai/gpt-5.4-nano": 2,
    "google/gemini-2.5-flash-lite": 4,
    "google/gemini-3.1-flash-lite": 3,
    "openai/gpt-oss-20b": 3,
    "openai/gpt-oss-120b": 2,
    "meta-llama/llama-3.1-8b-instruct": 1,
    "z-ai/glm-5.3-flash": 2,
    "qwen/qwen3.8-flash": 2,
    "mistralai/mistral-nemo": 1,
}
AT_HOME = {"google/gemma-3-12b-it": 2, "qwen/qwen3-30b-a3b": 1}

TASTES = {
    "small": Taste(SMALL, 420, 210),
    "everyday": Taste({**SMALL, **STRONG}, 700, 380, cached=0.2, tools=0.04),
    "strong": Taste(STRONG, 2400, 900, cached=0.3, tools=0.05),
    "coding": Taste(CODING, 14_000, 420, cached=0.75, tools=0.55),
    "bulk": Taste(BULK, 1100, 90, streams=False),
    "home": Taste(AT_HOME, 300, 160),
}

# How busy each hour of a day is; a weekend has as much of it as stands beside it.
EARLY, LATE = [0.0] * 6, [0.1, 0.0]
HOURS: dict[str, tuple[list[float], float]] = {
    "morning": ([*EARLY, 1, 3, 5, 5, 4, 3, 2, 1, 1, 1, 1, 1, 1, 0.5, 0.3, 0.2, *LATE], 1.2),
    "school": ([*EARLY, 0.5, 0.5, 0, 0, 0, 0, 0.5, 2, 5, 6, 6, 5, 4, 3, 1, 0.5, *LATE], 0.8),
    "office": ([*EARLY, 0.2, 1, 4, 6, 6, 5, 2, 5, 6, 6, 5, 2, 0.5, 0.2, 0.1, 0.1, *LATE], 0.06),
    "evening": (
        [0.3, *EARLY[1:], 0.3, 0.5, 0.5, 0.5, 0.5, 0.7, 1, 1, 1, 1, 1.5, 2, 4, 6, 7, 7, 4, 2],
        1.4,
    ),
    "night": ([3, 8, 8, 6, 3, 1, *[0.0] * 16, 1, 2], 1.0),
    "builder": ([1, 0.5, 0, 0, 0, 0, 0, 1, 3, 6, 7, 7, 3, 5, 7, 7, 6, 4, 2, 2, 3, 3, 2, 2], 0.35),
    "always": ([2.0] * 24, 1.0),
}
