"""Whose word holds when sources describe one model differently."""

from datetime import date

from apps.catalog.naming.names import identify
from apps.catalog.prices import FREE
from tools.seed.merge import Endpoint
from tools.seed.models import build_model
from tools.seed.rows import Row

ID = "claude-sonnet-4"
OTHER_VERSION = {
    "name": "Claude Sonnet 4.5",
    "released_on": date(2025, 9, 29),
    "knowledge_cutoff": "2025-07-31",
}


def test_the_models_own_profile_goes_before_a_reseller_that_describes_another_version() -> None:
    reseller = _endpoint(Row("databricks", f"databricks-{ID}", "models-dev", **OTHER_VERSION))
    dated = _endpoint(Row("google-vertex", ID, "models-dev", knowledge_cutoff="2025-03-31"))
    profile = Row(
        "openrouter", ID, "profiles", name="Claude Sonnet 4", released_on=date(2025, 5, 22)
    )
    model = build_model(f"anthropic/{ID}", [reseller, dated], profile=profile)
    assert (model["name"], model["released_on"]) == ("Claude Sonnet 4", "2025-05-22")
    assert model["knowledge_cutoff"] == "2025-03-31"


def test_a_preview_is_told_from_the_model_that_follows_it() -> None:
    row = Row("google", "gemini-3.1-flash-image-preview", "models-dev", name="Nano Banana 2")
    model = build_model(f"google/{row.upstream_id}", [_endpoint(row)], profile=None)
    assert model["name"] == "Nano Banana 2 Preview"


def _endpoint(row: Row) -> Endpoint:
    identity = identify(row.provider, row.upstream_id)
    assert identity is not None
    return Endpoint(
        slug=f"{identity.author}/{row.upstream_id}",
        provider=row.provider,
        upstream_id=row.upstream_id,
        identity=identity,
        rows=[row],
        pricing=FREE,
        price_source="",
        context_length=1,
        largest_context_length=1,
        inputs=frozenset({"text"}),
        outputs=frozenset({"text"}),
        is_free=False,
        is_deprecated=False,
        expires_on=None,
    )
