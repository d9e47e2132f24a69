"""Which fields of a request steer, cost, or pass, in whatever spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.routing.wire.fields import KINDS, Kind, is_off, kind_of

KELVIN, LONG_S, FULLWIDTH_M = "\u212a", "\u017f", "\uff4d"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("model", Kind.OURS),
        ("temperature", Kind.FORWARDED),
        ("service_tier", Kind.PRICED),
        ("fallbacks", Kind.FORBIDDEN),
        ("something_new", None),
        ("enable_thinking", None),
        ("call_mark", None),
        ("", None),
        ("modeling", None),
    ],
)
def test_kinds(name: str, kind: Kind | None) -> None:
    assert kind_of(name) is kind


@pytest.mark.parametrize(
    "name",
    [
        "MODEL",
        "Model",
        " model",
        "model ",
        "model\t",
        f"{FULLWIDTH_M}odel",
        f"fallbac{KELVIN}s",
        f"ba{LONG_S}e_url",
        "Messages",
        "Max_Tokens",
        "maxTokens",
        "max-tokens",
        "maxCompletionTokens",
        "MaxOutputTokens",
        "apiBase",
        "api-base",
        "API_BASE",
        "extraBody",
        "extra-headers",
        "Extra_Body",
        "litellm_anything",
        "LiteLLM_Params",
        "litellmParams",
        "portkey-config",
        "x-portkey-provider",
        "X-Anything",
        "aws_new_thing",
        "awsRegionName",
        "vertexProject",
        "azure_new",
        "Web_Search_Options",
        "serviceTier",
    ],
)
def test_a_spelling_that_a_lenient_reader_takes_is_forbidden(name: str) -> None:
    assert kind_of(name) is Kind.FORBIDDEN


@given(
    name=st.sampled_from(sorted(KINDS)),
    flips=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_no_other_case_of_a_known_field_passes(name: str, flips: list[bool]) -> None:
    other = "".join(
        letter.swapcase() if flip else letter for letter, flip in zip(name, flips, strict=False)
    )
    assert kind_of(other) is not None


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("service_tier", None, True),
        ("service_tier", "auto", True),
        ("service_tier", "default", True),
        ("service_tier", "priority", False),
        ("service_tier", "flex", False),
        ("modalities", ["text"], True),
        ("modalities", ["text", "audio"], False),
        ("web_search", False, True),
        ("web_search_options", {}, False),
    ],
)
def test_a_priced_field_that_asks_for_nothing(name: str, value: object, expected: bool) -> None:
    assert is_off(name, value) is expected
