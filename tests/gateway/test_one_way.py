"""There is one way to a provider, and the rules stand in it: whoever builds another finds out here.
What the rules close is tried on every address in test_guardrails.py."""

import ast
from collections import defaultdict

import pytest

from tests.house.running import CHECKOUT

# What is called → the only files that may call it.
ONE_WAY = {
    "relay.send": {"routing/service.py"},
    "openai.body_for": {"routing/service.py"},
    "Serving": {"gateway/pipeline.py"},
    "admission.admit": {"gateway/pipeline.py"},
    "plan_for": {"gateway/admission.py"},
    "policy.sift": {
        "gateway/admission.py",
        "gateway/over_budget.py",
        "gateway/routers.py",  # for plan_for alone
    },
    "routers.choose": {"gateway/admission.py"},
    "policy.tightened": {"gateway/admission.py"},
    "compiled": {
        "gateway/rails.py",
        "gateway/snapshot.py",
        "gateway/front_ends.py",  # for the snapshot: a member behind a shared app
    },
}
# Pages that explain and preview the rules judge by them as well, and send nothing.
MAY_JUDGE = {
    "chat/closed.py",
    "gateway/guardrail_pages/",
    "gateway/estimating.py",
    "gateway/savings/",
}


@pytest.fixture(scope="module")
def callers() -> dict[str, set[str]]:
    found = defaultdict(set)
    for path in (CHECKOUT / "apps").rglob("*.py"):
        place = path.relative_to(CHECKOUT / "apps").as_posix()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                found[ast.unparse(node.func)].add(place)
    return found


@pytest.mark.parametrize("name", ONE_WAY)
def test_only_one_place_calls_it(callers: dict[str, set[str]], name: str) -> None:
    others = {
        place
        for place in callers[name] - ONE_WAY[name]
        if not any(place.startswith(one) for one in MAY_JUDGE)
    }
    assert callers[name] & ONE_WAY[name], f"nobody calls {name} any more"
    assert not others


def test_a_plan_is_made_of_what_passed_or_made_smaller(callers: dict[str, set[str]]) -> None:
    of_calls = {one for one in callers["Plan"] if one.startswith(("gateway/", "routing/"))}
    assert of_calls == {"gateway/admission.py"}  # routing/fit.py makes one of it that is smaller
