"""Who makes which family of models, and how the companies spell each other's names.

Facts only, in tables; the rules that use them stand in names.py.
"""

from __future__ import annotations

import re

# How providers write an author in a path or a prefix -> the author as OpenRouter writes it.
AUTHORS = {
    "ai21": "ai21", "ai21-labs": "ai21", "aion-labs": "aion-labs", "aisingapore": "aisingapore",
    "alibaba": "qwen", "alibaba-nlp": "alibaba", "allenai": "allenai", "amazon": "amazon",
    "anthracite-org": "anthracite-org", "anthropic": "anthropic", "arcee": "arcee-ai",
    "arcee-ai": "arcee-ai", "baai": "baai", "baidu": "baidu", "bytedance": "bytedance-seed",
    "bytedance-seed": "bytedance-seed", "bigcode": "bigcode", "cohere": "cohere",
    "coherelabs": "cohere", "cohereforai": "cohere", "deepcogito": "deepcogito",
    "deepseek": "deepseek", "deepseek-ai": "deepseek", "dphn": "dphn", "essentialai": "essentialai",
    "google": "google", "gryphe": "gryphe", "ibm": "ibm-granite", "ibm-granite": "ibm-granite",
    "inception": "inception", "inclusionai": "inclusionai", "kwaipilot": "kwaipilot",
    "lgai-exaone": "lgai-exaone", "liquid": "liquid", "liquidai": "liquid",
    "meta": "meta-llama", "meta-llama": "meta-llama", "microsoft": "microsoft",
    "minimax": "minimax", "minimaxai": "minimax", "minimax-ai": "minimax", "mistral": "mistralai",
    "mistral-ai": "mistralai", "mistralai": "mistralai", "moonshot": "moonshotai",
    "moonshotai": "moonshotai", "morph": "morph", "nex-agi": "nex-agi",
    "nousresearch": "nousresearch", "nvidia": "nvidia", "openai": "openai",
    "opengvlab": "opengvlab", "openbmb": "openbmb", "perplexity": "perplexity",
    "poolside": "poolside", "primeintellect": "prime-intellect", "qwen": "qwen",
    "sao10k": "sao10k", "sarvamai": "sarvam",
    "stepfun": "stepfun", "stepfun-ai": "stepfun", "swiss-ai": "swiss-ai", "tencent": "tencent",
    "thedrummer": "thedrummer", "thinkingmachines": "thinkingmachines", "thudm": "thudm",
    "tngtech": "tngtech", "undi95": "undi95", "upstage": "upstage", "writer": "writer",
    "x-ai": "x-ai", "xai": "x-ai", "xiaomi": "xiaomi", "xiaomimimo": "xiaomi",
    "z-ai": "z-ai", "zai": "z-ai", "zai-org": "z-ai", "zhipu": "z-ai", "zhipuai": "z-ai",
}  # fmt: skip

# First words of a model's name -> its author. The first rule that fits wins.
FAMILIES = tuple(
    (re.compile(pattern), author)
    for pattern, author in (
        (r"claude", "anthropic"),
        (r"(gpt|chatgpt|o1|o3|o4|codex|davinci)(?![a-z])", "openai"),
        (r"(gemini|gemma|medgemma|shieldgemma|codegemma|diffusiongemma|palm|lyria)", "google"),
        (r"(nemotron|llama-3-1-nemotron|llama-3-3-nemotron|nv-)", "nvidia"),
        (r"(hermes|deephermes|nous-)", "nousresearch"),
        (r"(llama|codellama)", "meta-llama"),
        (r"(muse-)", "meta"),
        (r"(qwen|qwq|qvq)", "qwen"),
        (r"deepseek", "deepseek"),
        (
            r"(mistral|mixtral|ministral|magistral|codestral|devstral|pixtral|voxtral|open-mi)",
            "mistralai",
        ),
        (r"grok", "x-ai"),
        (r"(glm|chatglm|codegeex)", "z-ai"),
        (r"(kimi|moonshot)", "moonshotai"),
        (r"(minimax|abab)", "minimax"),
        (r"(command|c4ai|aya|north-)", "cohere"),
        (r"(nova|titan)-", "amazon"),
        (r"jamba", "ai21"),
        (r"sonar", "perplexity"),
        (r"(phi|wizardlm|mai)-", "microsoft"),
        (r"granite", "ibm-granite"),
        (r"solar", "upstage"),
        (r"step-", "stepfun"),
        (r"mimo", "xiaomi"),
        (r"mercury", "inception"),
        (r"palmyra", "writer"),
        (r"ernie", "baidu"),
        (r"(seed|doubao|ui-tars)", "bytedance-seed"),
        (r"(hunyuan|hy\d)", "tencent"),
        (r"(olmo|tulu)", "allenai"),
        (r"lfm", "liquid"),
        (r"(trinity|afm-|virtuoso|coder-large)", "arcee-ai"),
        (r"intellect", "prime-intellect"),
        (r"(ling|ring)-", "inclusionai"),
        (r"inkling", "thinkingmachines"),
        (r"laguna", "poolside"),
        (r"(eurollm)", "utter-project"),
        (r"apertus", "swiss-ai"),
        (r"kat-", "kwaipilot"),
        (r"longcat", "meituan"),
        (r"sarvam", "sarvam"),
        (r"(morph|v3-)", "morph"),
        (r"cogito", "deepcogito"),
        (r"euryale|l3-|lunaris", "sao10k"),
    )
)

# Providers that make models themselves: an id there without a known family is their own.
MAKERS = {
    "openai": "openai", "anthropic": "anthropic", "google": "google", "mistral": "mistralai",
    "deepseek": "deepseek", "xai": "x-ai", "cohere": "cohere", "perplexity": "perplexity",
    "minimax": "minimax", "moonshotai": "moonshotai", "z-ai": "z-ai", "xiaomi": "xiaomi",
    "ai21": "ai21", "arcee": "arcee-ai", "inception": "inception", "upstage": "upstage",
    "stepfun": "stepfun", "meta": "meta", "morph": "morph", "poolside": "poolside",
    "sakana": "sakana", "sarvam": "sarvam", "liquid": "liquid", "venice": "venice",
    "longcat": "meituan", "alibaba": "qwen", "tencent": "tencent", "ambient": "ambient",
    "thinkingmachines": "thinkingmachines", "watsonx": "ibm-granite",
    "abliteration": "abliteration", "greenpt": "greenpt", "clarifai": "clarifai",
}  # fmt: skip

# Labels of a host's serving, not of the model. Elsewhere the same word names another model.
SERVING = {
    "together": ("turbo", "lite"),
    "deepinfra": ("turbo", "fast", "precise"),
    "groq": ("versatile", "instant"),
    "nebius": ("fast", "base"),
    "cloudflare": ("fast",),
    "fireworks": ("turbo", "fast", "priority", "us"),
    "neuralwatt": ("fast", "short", "speed"),
    "venice": ("fast-api", "fast"),
    "wandb": ("turbo",),
    "chutes": ("turbo",),
    "friendli": ("fast",),
    "baseten": ("turbo", "fast"),
    "nearai": ("fast",),
    "inceptron": ("fast", "turbo"),
}


def author_of(name: str) -> str | None:
    """The author a model's own name tells."""
    return next((author for rule, author in FAMILIES if rule.match(name)), None)
