"""The rules that turn providers' ids into models and packages' prices into ours."""

from datetime import date
from decimal import Decimal

import pytest

from apps.catalog.naming.aliases import Aliases
from apps.catalog.naming.names import identify
from apps.catalog.naming.words import dotted, title
from apps.catalog.prices import APART, FREE, agree, as_json, complete, far_apart, spell
from apps.catalog.refresh.models_dev import read_pricing
from tools.seed.read_genai import matches
from tools.seed.read_genai import read_pricing as read_price_list
from tools.seed.rows import parse_day, per_million

# provider, its id, key of the model, author, tag, quantization
IDS = """
openai           gpt-4o                                      gpt-4o                     openai     -         -
openai           gpt-4o-2024-05-13                           gpt-4o-2024-05-13          openai     -         -
openai           gpt-3.5-turbo                               gpt-3-5-turbo              openai     -         -
anthropic        claude-sonnet-4-5-20250929                  claude-sonnet-4-5          anthropic  -         -
anthropic        claude-opus-4-0                             claude-opus-4              anthropic  -         -
anthropic        claude-3-5-haiku-latest                     claude-3-5-haiku           anthropic  -         -
openrouter       anthropic/claude-3.7-sonnet:thinking        claude-3-7-sonnet          anthropic  thinking  -
openrouter       anthropic/claude-4.5-sonnet                 claude-sonnet-4-5          anthropic  -         -
openrouter       google/gemma-4-31b-it:free                  gemma-4-31b                google     free      -
openrouter       meta-llama/llama-3.3-70b-instruct           llama-3-3-70b              meta-llama -         -
amazon-bedrock   us.anthropic.claude-sonnet-4-5-20250929-v1:0 claude-sonnet-4-5         anthropic  us        -
amazon-bedrock   global.anthropic.claude-opus-4-6-v1         claude-opus-4-6            anthropic  global    -
amazon-bedrock   anthropic.claude-opus-5                     claude-opus-5              anthropic  -         -
amazon-bedrock   us-gov.openai.gpt-oss-120b-1:0              gpt-oss-120b-1             openai     us-gov    -
amazon-bedrock   meta.llama3-1-70b-instruct-v1:0             llama-3-1-70b              meta-llama -         -
amazon-bedrock   eu.amazon.nova-pro-v1:0                     nova-pro                   amazon     eu        -
amazon-bedrock   deepseek.r1-v1:0                            r1                         deepseek   -         -
google-vertex    claude-sonnet-4-5@20250929                  claude-sonnet-4-5          anthropic  -         -
google-vertex    claude-opus-4-6@default                     claude-opus-4-6            anthropic  -         -
google-vertex    deepseek-ai/deepseek-v3.1-maas              deepseek-v3-1              deepseek   -         -
databricks       databricks-claude-haiku-4-5                 claude-haiku-4-5           anthropic  -         -
databricks       databricks-gpt-oss-20b                      gpt-oss-20b                openai     -         -
fireworks        accounts/fireworks/models/deepseek-v3p2     deepseek-v3-2              deepseek   -         -
fireworks        accounts/fireworks/models/glm-4p6           glm-4-6                    z-ai       -         -
fireworks        accounts/fireworks/models/qwen3-235b-a22b-instruct-2507 qwen3-235b-a22b-2507 qwen -         -
fireworks        accounts/fireworks/routers/kimi-k2p5-turbo  kimi-k2-5                  moonshotai turbo     -
together         meta-llama/Llama-3.3-70B-Instruct-Turbo     llama-3-3-70b              meta-llama turbo     -
together         meta-llama/Meta-Llama-3.1-8B-Instruct-Turbo llama-3-1-8b               meta-llama turbo     -
together         meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8 llama-4-maverick     meta-llama -         fp8
deepinfra        Qwen/Qwen3-Coder-480B-A35B-Instruct-Turbo   qwen3-coder-480b-a35b      qwen       turbo     -
deepinfra        google/gemini-2.5-flash                     gemini-2-5-flash           google     -         -
groq             llama-3.3-70b-versatile                     llama-3-3-70b              meta-llama versatile -
groq             llama-3.1-8b-instant                        llama-3-1-8b               meta-llama instant   -
groq             meta-llama/llama-4-scout-17b-16e-instruct   llama-4-scout              meta-llama -         -
nebius           deepseek-ai/DeepSeek-R1-0528-fast           deepseek-r1-0528           deepseek   fast      -
cloudflare       @cf/meta/llama-3.3-70b-instruct-fp8-fast    llama-3-3-70b              meta-llama fast      fp8
cloudflare       @cf/qwen/qwq-32b                            qwq-32b                    qwen       -         -
chutes           Qwen/Qwen3-32B-TEE                          qwen3-32b                  qwen       -         -
synthetic        hf:zai-org/GLM-5.3-Flash                    glm-5-3-flash              z-ai       -         -
synthetic        hf:nvidia/NVIDIA-Nemotron-3-Super-120B-A12B-NVFP4 nemotron-3-super-120b-a12b nvidia - nvfp4
ollama-cloud     gpt-oss:120b                                gpt-oss-120b               openai     -         -
ollama-cloud     gemma4:31b                                  gemma-4-31b                google     -         -
venice           openai-gpt-54                               gpt-5-4                    openai     -         -
venice           zai-org-glm-5-1                             glm-5-1                    z-ai       -         -
venice           minimax-m27                                 minimax-m2-7               minimax    -         -
venice           qwen-3-6-plus                               qwen3-6-plus               qwen       -         -
venice           claude-opus-4-8-fast                        claude-opus-4-8-fast       anthropic  -         -
xai              grok-4-1-fast                               grok-4-1-fast              x-ai       -         -
digitalocean     anthropic-claude-opus-4.6                   claude-opus-4-6            anthropic  -         -
cerebras         llama3.1-8b                                 llama-3-1-8b               meta-llama -         -
nvidia           nvidia/llama-3.1-nemotron-70b-instruct      llama-3-1-nemotron-70b     nvidia     -         -
mistral          mistral-large-2512                          mistral-large-2512         mistralai  -         -
inception        mercury-2                                   mercury-2                  inception  -         -
sakana           fugu-ultra-20260615                         fugu-ultra-20260615        sakana     -         -
"""  # noqa: E501


@pytest.mark.parametrize("line", IDS.strip().splitlines())
def test_an_id_names_one_model_and_what_is_the_hosts_goes_aside(line: str) -> None:
    provider, upstream_id, key, author, tag, quantization = line.split()
    found = identify(provider, upstream_id)
    assert found is not None
    said = (found.key, found.author, found.tag or "-", found.quantization or "-")
    assert said == (key, author, tag, quantization)


def test_a_moving_alias_is_no_model() -> None:
    assert identify("openrouter", "~anthropic/claude-sonnet-latest") is None


@pytest.mark.parametrize(
    ("provider", "upstream_id", "key"),
    [
        ("amazon-bedrock", "us.deepseek.r1-v1:0", "deepseek-r1"),
        ("amazon-bedrock", "nvidia.nemotron-super-3-120b", "nemotron-3-super-120b-a12b"),
        ("groq", "meta-llama/llama-4-scout-17b-16e-instruct", "llama-4-scout"),
        ("mistral", "mistral-large-latest", "mistral-large-2512"),
        ("novita", "deepseek/deepseek-v3-0324", "deepseek-chat-v3-0324"),
    ],
)
def test_the_alias_file_knows_what_rules_miss(provider: str, upstream_id: str, key: str) -> None:
    found = Aliases().identify(provider, upstream_id)
    assert found is not None
    assert found[0] == key


@pytest.mark.parametrize(
    ("provider", "upstream_id"),
    [
        ("openai", "text-embedding-3-large"),
        ("novita", "baai/bge-reranker-v2-m3"),
        ("google", "gemini-flash-latest"),
        ("thinkingmachines", "moonshotai/Kimi-K2.6:peft:131072"),
        ("openai", "ft:gpt-4o-2024-08-06"),
        ("openrouter", "openrouter/auto"),
    ],
)
def test_what_is_no_chat_model_is_left_out(provider: str, upstream_id: str) -> None:
    assert Aliases().identify(provider, upstream_id) is None


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0.049999999999999996", "0.05"),
        ("0.6000000000000001", "0.6"),
        ("10", "10"),
        ("1.250", "1.25"),
        ("0", "0"),
        ("1E+1", "10"),
        ("0.0000375", "0.0000375"),
    ],
)
def test_prices_are_spelled_without_noise(value: str, text: str) -> None:
    assert spell(Decimal(value)) == text


def test_prices_per_token_become_prices_per_million() -> None:
    assert per_million(Decimal("1.25E-7"), factor=1_000_000) == Decimal("0.125")
    assert per_million(Decimal(-1)) is None
    assert per_million(None) is None


def test_tiers_are_read_before_the_older_field() -> None:
    cost = {
        "input": 1,
        "output": 2,
        "tiers": [{"input": 3, "output": 4, "tier": {"size": 128_000, "type": "context"}}],
        "context_over_200k": {"input": 9, "output": 9},
    }
    pricing = read_pricing(cost)
    assert pricing is not None
    assert as_json(pricing)["overrides"] == [
        {"completion": "4", "min_prompt_tokens": 128_000, "prompt": "3"}
    ]
    del cost["tiers"]
    older = read_pricing(cost)
    assert older is not None
    assert older["overrides"][0]["min_prompt_tokens"] == 200_000


def test_zero_and_nothing_are_an_unknown_price() -> None:
    assert read_pricing({"input": 0, "output": 0}) is None
    assert read_pricing(None) is None


def _price(prompt: str, completion: str = "2") -> dict[str, object]:
    return {
        "is": "ModelPrice",
        "input_mtok": Decimal(prompt),
        "output_mtok": Decimal(completion),
    }


def _from(day: date, prompt: str) -> dict[str, object]:
    rule = {"is": "StartDateConstraint", "start_date": day}
    return {"is": "ConditionalPrice", "constraint": rule, "prices": _price(prompt)}


def test_of_dated_prices_the_one_in_force_holds() -> None:
    prices = [
        {"is": "ConditionalPrice", "prices": _price("1")},
        _from(date(2026, 6, 1), "2"),
        _from(date(2026, 12, 1), "3"),
    ]
    pricing = read_price_list(prices, day=date(2026, 11, 22))
    assert pricing is not None
    assert pricing["prompt"] == Decimal(2)


def test_hours_of_the_day_become_overrides() -> None:
    rule = {"is": "TimeOfDateConstraint", "start_time": "0100", "end_time": "0400"}
    prices = [
        {"is": "ConditionalPrice", "prices": _price("0.15")},
        {"is": "ConditionalPrice", "constraint": rule, "prices": _price("0.3")},
    ]
    pricing = read_price_list(prices, day=date(2026, 11, 22))
    assert pricing is not None
    assert as_json(pricing) == {
        "completion": "2",
        "prompt": "0.15",
        "overrides": [{"completion": "2", "prompt": "0.3", "utc_end": "0400", "utc_start": "0100"}],
    }


@pytest.mark.parametrize(
    ("clause", "does"),
    [
        ({"is": "ClauseEquals", "equals": "GPT-5"}, True),
        ({"is": "ClauseStartsWith", "starts_with": "gpt-"}, True),
        ({"is": "ClauseEndsWith", "ends_with": "-mini"}, False),
        ({"is": "ClauseContains", "contains": "pt-5"}, True),
        ({"is": "ClauseRegex", "regex": r"^gpt-\d$"}, True),
        (
            {
                "is": "ClauseAnd",
                "and_": [
                    {"is": "ClauseContains", "contains": "gpt"},
                    {"is": "ClauseOr", "or_": [{"is": "ClauseEquals", "equals": "no"}]},
                ],
            },
            False,
        ),
    ],
)
def test_match_clauses_read_as_written(clause: dict[str, object], does: bool) -> None:
    assert matches(clause, "gpt-5") is does


def test_another_source_adds_only_to_a_price_it_agrees_with() -> None:
    base = {"prompt": Decimal(1), "completion": Decimal(2)}
    more = {**base, "audio": Decimal(3)}
    other = {"prompt": Decimal(9), "completion": Decimal(9), "audio": Decimal(9)}
    assert complete(base, more)["audio"] == 3
    assert "audio" not in complete(base, other)
    assert agree(base, more)
    assert not agree(base, other)


def test_prices_far_apart_are_not_the_same_thing() -> None:
    base = {"prompt": Decimal(1), "completion": Decimal(1)}
    assert far_apart(base, {"prompt": Decimal(1), "completion": Decimal(APART) + 1})
    assert not far_apart(base, {"prompt": Decimal(APART), "completion": Decimal(1)})
    assert far_apart(base, FREE)


def test_an_override_that_changes_nothing_is_dropped() -> None:
    base = {"prompt": Decimal(1), "completion": Decimal(2), "reasoning": Decimal(2)}
    same = {"min_prompt_tokens": 1000, "prompt": Decimal("1.0"), "completion": Decimal(2)}
    assert as_json({**base, "overrides": [same]}) == {"completion": "2", "prompt": "1"}


def test_a_date_without_a_day_is_no_date() -> None:
    assert parse_day("2026-05-12") == date(2026, 5, 12)
    assert parse_day("2026-05") is None
    assert parse_day(None) is None


def test_names_are_written_for_people_where_no_source_has_one() -> None:
    assert title("glm-5.3-flash") == "GLM 5.3 Flash"
    assert title("qwen3.5-35b-a3b") == "Qwen3.5 35B A3B"
    assert dotted("claude-3-5-haiku") == "claude-3.5-haiku"
    assert dotted("mistral-large-2512") == "mistral-large-2512"
