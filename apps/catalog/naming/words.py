"""Names for people, where no source has one."""

import re

from apps.catalog.naming.names import Identity

WORDS = {
    word.lower(): word
    for word in (
        "GPT", "GLM", "AI", "VL", "MT", "OSS", "LFM", "LFM2", "QwQ", "QvQ", "DeepSeek", "MiniMax",
        "MiMo", "OCR", "TEE", "R1", "RP", "BF16", "ERNIE", "KAT", "UI", "TARS", "OLMo", "FP8",
        "NVFP4", "o1", "o3", "o4", "XL", "SQL", "EuroLLM", "PaddleOCR", "LightOnOCR", "R7B",
    )
}  # fmt: skip


def title(name: str) -> str:
    """`glm-5.3-flash` -> GLM 5.3 Flash, where no source has a name."""
    words = [word for word in re.split(r"[-_ ]+", name) if word]
    return " ".join(
        WORDS.get(word, word.upper() if _is_size(word) else word.capitalize()) for word in words
    )


def dotted(key: str) -> str:
    """Version numbers with their dot again: claude-3-5-haiku -> claude-3.5-haiku."""
    return re.sub(r"(?<![\d-])(-?\d{1,2})-(\d{1,2})(?=-|$)", r"\1.\2", key)


def spelled(key: str, identity: Identity) -> str:
    """The name in a new model's slug. One reached through an alias is another spelling, not this
    model's own; Claude's names carry dates that are no part of the model."""
    is_own = identity.key == key and not key.startswith("claude")
    return identity.name if is_own else dotted(key)


def order(modalities: frozenset[str]) -> list[str]:
    """Text first."""
    return sorted(modalities, key=lambda one: (one != "text", one))


def _is_size(word: str) -> bool:
    return re.fullmatch(r"a?\d+(\.\d+)?[bmtk]|v\d[\d.]*", word) is not None
