"""Names for people, where no source has one."""

import re

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


def order(modalities: frozenset[str]) -> list[str]:
    """Text first."""
    return sorted(modalities, key=lambda one: (one != "text", one))


def _is_size(word: str) -> bool:
    return re.fullmatch(r"a?\d+(\.\d+)?[bmtk]|v\d[\d.]*", word) is not None
