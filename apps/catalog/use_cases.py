"""What a model is good for, as far as facts say it: one table, each line with its rule in words, as
the pages show it. Nothing is told that no fact or name carries; taste and scores are left out."""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import NamedTuple, Protocol

LONG, VERY_LONG = 200_000, 1_000_000


class Described(Protocol):
    """What the rules may ask of a model."""

    @property
    def name(self) -> str: ...
    @property
    def slug(self) -> str: ...
    @property
    def context(self) -> int: ...
    @property
    def typical(self) -> Decimal | None: ...
    @property
    def has_open_weights(self) -> bool: ...
    @property
    def takes(self) -> frozenset[str]: ...
    @property
    def makes(self) -> frozenset[str]: ...
    @property
    def abilities(self) -> frozenset[str]: ...


class UseCase(NamedTuple):
    """`rule` follows “Shown where”; `inputs` are the facts it reads; `also` what people call it."""

    name: str
    title: str
    rule: str
    fits: Callable[[Described, Decimal], bool]
    inputs: tuple[str, ...]
    also: str = ""


def _able(ability: str) -> Callable[[Described, Decimal], bool]:
    return lambda model, _: ability in model.abilities


def _takes(kind: str) -> Callable[[Described, Decimal], bool]:
    return lambda model, _: kind in model.takes


def _makes(*kinds: str) -> Callable[[Described, Decimal], bool]:
    return lambda model, _: not model.makes.isdisjoint(kinds)


def _called(*words: str) -> Callable[[Described, Decimal], bool]:
    """Whole words of name or slug: “code” is in “Code Llama”, not in “decoder”."""
    pattern = re.compile(rf"(?<![a-z])(?:{'|'.join(words)})(?![a-z])")
    return lambda model, _: bool(pattern.search(f"{model.slug} {model.name}".casefold()))


def _reads(tokens: int) -> Callable[[Described, Decimal], bool]:
    return lambda model, _: model.context >= tokens


def _is_cheap(model: Described, cheap: Decimal) -> bool:
    return model.typical is not None and model.typical <= cheap


# `cheap`, the second argument, is what a typical chat costs at most in the cheapest quarter.
USE_CASES = (
    UseCase(
        "agents",
        "Agents and tools",
        "a provider says that it can call tools",
        _able("tools"),
        ("abilities",),
        "function calling mcp",
    ),
    UseCase(
        "reasoning",
        "Reasoning and maths",
        "it can think before it answers",
        _able("reasoning"),
        ("abilities",),
        "thinking math logic",
    ),
    UseCase(
        "extraction",
        "Filling in forms",
        "a provider keeps its answers to a given JSON schema",
        _able("structured_outputs"),
        ("abilities",),
        "json structured extraction",
    ),
    UseCase(
        "pictures",
        "Reading pictures",
        "it takes pictures beside text",
        _takes("image"),
        ("takes",),
        "image vision photo",
    ),
    UseCase(
        "documents",
        "Reading documents",
        "it takes files such as PDF as they are",
        _takes("file"),
        ("takes",),
        "pdf file",
    ),
    UseCase("listening", "Listening", "it takes sound", _takes("audio"), ("takes",), "audio voice"),
    UseCase("watching", "Watching video", "it takes video", _takes("video"), ("takes",), "film"),
    UseCase(
        "drawing", "Making pictures", "it makes pictures", _makes("image"), ("makes",), "image draw"
    ),
    UseCase(
        "speaking",
        "Speaking",
        "it makes sound",
        _makes("audio", "speech"),
        ("makes",),
        "audio voice speech tts",
    ),
    UseCase("filming", "Making video", "it makes video", _makes("video"), ("makes",), "film"),
    UseCase(
        "transcription",
        "Writing down speech",
        "it makes transcripts",
        _makes("transcription"),
        ("makes",),
        "audio whisper",
    ),
    UseCase(
        "embeddings",
        "Search in your own texts",
        "it makes embeddings",
        _makes("embeddings"),
        ("makes",),
        "vector rag",
    ),
    UseCase(
        "rerank",
        "Ordering search results",
        "it orders results",
        _makes("rerank"),
        ("makes",),
        "reranking",
    ),
    UseCase(
        "long-documents",
        "Long documents",
        "it reads 200,000 tokens or more at once, about 300 pages",
        _reads(LONG),
        ("context",),
        "context book",
    ),
    UseCase(
        "whole-shelves",
        "Very long documents",
        "it reads a million tokens or more at once",
        _reads(VERY_LONG),
        ("context",),
        "context books",
    ),
    UseCase(
        "low-cost",
        "Much for little",
        "a typical chat at its cheapest provider is in the cheapest quarter of this catalogue",
        _is_cheap,
        ("typical",),
        "cheap volume bulk",
    ),
    UseCase(
        "coding",
        "Built for programming",
        "its maker put code, coder, codex, codestral or devstral into its name",
        _called("code", "coder", "codex", "codestral", "devstral"),
        ("name", "slug"),
        "coding programming developer",
    ),
    UseCase(
        "translation",
        "Built for translation",
        "its maker put mt, translate or translator into its name",
        _called("mt", "translate", "translator"),
        ("name", "slug"),
        "translate languages",
    ),
    UseCase(
        "safety",
        "Built to check what others say",
        "its maker put guard, safeguard or moderation into its name",
        _called("guard", "safeguard", "moderation"),
        ("name", "slug"),
        "moderation safety filter",
    ),
    UseCase(
        "search",
        "Built to search the web",
        "its maker put sonar, search or deep research into its name",
        _called("sonar", "search", "deep[- ]research"),
        ("name", "slug"),
        "web internet research",
    ),
    UseCase(
        "self-hosting",
        "Runs on your own machine",
        "its weights are open",
        lambda model, _: model.has_open_weights,
        ("has_open_weights",),
        "local home ollama private",
    ),
)
BY_NAME = {one.name: one for one in USE_CASES}


def use_cases_of(model: Described, cheap: Decimal) -> frozenset[str]:
    return frozenset(one.name for one in USE_CASES if one.fits(model, cheap))


def cheapest_quarter(typicals: Iterable[Decimal | None]) -> Decimal:
    """What a typical chat costs at most in the cheapest quarter of what has a price at all."""
    paid = sorted(typical for typical in typicals if typical)
    return paid[(len(paid) - 1) // 4] if paid else Decimal(0)
