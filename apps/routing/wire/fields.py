"""What each known field of a request is to us. *forwarded*: the provider's business. *ours*: we
consume it. *priced*: forwarded only where the endpoint has that price. *forbidden*: it would choose
another model, provider, host or credential, or switch a guardrail off. Unknown fields pass."""

import unicodedata
from enum import Enum
from typing import Any


class Kind(Enum):
    FORWARDED = "forwarded"
    OURS = "ours"
    PRICED = "priced"
    FORBIDDEN = "forbidden"


_FORWARDED = """
    messages temperature top_p top_k min_p top_a frequency_penalty presence_penalty
    repetition_penalty seed stop logit_bias logprobs top_logprobs response_format tools tool_choice
    parallel_tool_calls n prediction functions function_call verbosity structured_outputs
    prompt_cache_key prompt_cache_options prompt_cache_retention cache_control thinking
    chat_template_kwargs safety_identifier
"""
# Consumed here. `user` and `metadata` would link a member to a provider, `store` would keep texts.
_OURS = """
    model models provider route stream stream_options usage transforms session_id trace user
    metadata store debug max_tokens max_completion_tokens reasoning reasoning_effort
    include_reasoning plugins stop_server_tools_when
"""
# Field → the price an endpoint must have before the field may leave the house.
PRICED = {
    "service_tier": "service_tier",
    "web_search_options": "web_search",
    "web_search": "web_search",
    "enable_search": "web_search",
    "search_parameters": "web_search",
    "audio": "audio_output",
    "image_config": "image_output",
    "modalities": "image_output",
    "cached_content": "cached_content",
    "background": "background",
}
# Seen as steering parameters of gateways and of the SDKs behind them (LiteLLM, Portkey, new-api,
# Helicone and OpenRouter's server-side extras), and other names for the output cap.
_FORBIDDEN = """
    preset fallbacks fallback_models context_window_fallbacks content_policy_fallbacks model_list
    default_fallbacks router router_settings deployment deployment_id specific_deployment engine
    custom_llm_provider llm_provider base_model model_info api_base api_base_url base_url api_key
    api_version api_type organization organization_id headers default_headers extra_headers
    extra_body extra_query proxy client user_config litellm_params litellm_metadata
    litellm_credential_name litellm_session_id litellm_trace_id litellm_call_id
    configurable_clientside_auth_params allowed_model_region region_name aws_region_name
    aws_access_key_id aws_secret_access_key aws_session_token aws_role_name aws_profile_name
    vertex_project vertex_location vertex_credentials azure_ad_token azure_ad_token_provider
    tags guardrails guardrail_config disable_global_guardrails disable_global_guardrail
    mock_response mock_tool_calls mock_timeout mock_testing_fallbacks num_retries max_retries
    retry_policy retry_strategy input_cost_per_token output_cost_per_token input_cost_per_second
    output_cost_per_second cache ttl s-maxage no-log virtual_key config credentials byok strategy
    targets override_params max_output_tokens max_new_tokens max_length num_predict n_predict
    max_gen_len options best_of fusion previous_response_id conversation prompt echo_upstream_body
    models_list provider_options hf_model_name watsonx_project
"""

KINDS: dict[str, Kind] = {
    **dict.fromkeys(_FORWARDED.split(), Kind.FORWARDED),
    **dict.fromkeys(_OURS.split(), Kind.OURS),
    **dict.fromkeys(PRICED, Kind.PRICED),
    **dict.fromkeys(_FORBIDDEN.split(), Kind.FORBIDDEN),
}
OURS = frozenset(name for name, kind in KINDS.items() if kind is Kind.OURS)
_STEERING_PREFIXES = ("litellm", "portkey", "helicone", "aws", "vertex", "azure")

# What a wrong type is told; the providers judge ranges.
_NUMBER, _WHOLE = "a number", "a whole number"
TYPES: dict[str, tuple[tuple[type, ...], str]] = {
    "temperature": ((int, float), _NUMBER),
    "top_p": ((int, float), _NUMBER),
    "top_k": ((int, float), _NUMBER),
    "min_p": ((int, float), _NUMBER),
    "frequency_penalty": ((int, float), _NUMBER),
    "presence_penalty": ((int, float), _NUMBER),
    "repetition_penalty": ((int, float), _NUMBER),
    "seed": ((int, float), _WHOLE),
    "n": ((int,), _WHOLE),
    "max_tokens": ((int,), _WHOLE),
    "max_completion_tokens": ((int,), _WHOLE),
    "top_logprobs": ((int,), _WHOLE),
    "logprobs": ((bool,), "true or false"),
    "stream": ((bool,), "true or false"),
    "parallel_tool_calls": ((bool,), "true or false"),
    "stop": ((str, list), "a text or a list of texts"),
    "tools": ((list,), "a list"),
    "models": ((list,), "a list of model names"),
    "tool_choice": ((str, dict), "a text or an object"),
    "response_format": ((dict,), "an object"),
    "logit_bias": ((dict,), "an object"),
    "provider": ((dict,), "an object"),
    "stream_options": ((dict,), "an object"),
    "reasoning": ((dict,), "an object"),
    "reasoning_effort": ((str,), "a text"),
    "plugins": ((list,), "a list"),
}


def _folded(name: str) -> str:
    """What lenient readers make of a key: Go's encoding/json ignores case, protobuf's JSON takes
    `maxTokens` for `max_tokens`, and some servers take hyphens for underscores."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if letter not in "_-" and not letter.isspace())


# Steering whatever its value, in any spelling a lenient reader would take for it.
_KNOWN = frozenset(map(_folded, KINDS))


def kind_of(name: str) -> Kind | None:
    """None for an unknown field, which passes. Another spelling of a known field is forbidden: an
    upstream might take it for that field."""
    known = KINDS.get(name)
    if known is not None:
        return known
    folded = _folded(name)
    if folded in _KNOWN or folded.startswith(_STEERING_PREFIXES) or _is_header(name):
        return Kind.FORBIDDEN
    return None


def _is_header(name: str) -> bool:
    """`x-portkey-provider` and its like, which some gateways also read from the body."""
    return name.strip().casefold().startswith("x-")


def is_off(name: str, value: Any) -> bool:
    """A priced field whose value asks for nothing that costs: it is simply not forwarded."""
    if value is None or value is False:
        return True
    if name == "service_tier":
        return bool(value in ("auto", "default", "standard"))
    if name == "modalities":
        return bool(value == ["text"])
    return False
