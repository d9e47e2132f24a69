"""The catalogue as programs read it: OpenRouter's shapes, the filters of the pages, and nothing of
the house for whoever has no key."""

import gzip
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Household
from apps.catalog.filters import UNANSWERED
from apps.catalog.models import Endpoint, LanguageModel, Source
from apps.catalog.seed import load
from apps.connections.attesting import attest
from apps.connections.models import ConnectionEndpoint
from apps.gateway.catalog_api.asking import FOR_PAGES, HARMLESS, PARAMETERS
from apps.gateway.catalog_api.tokenizers import tokenizer_of
from apps.gateway.docs import filters
from apps.guardrails.models import Guardrail
from apps.keys.models import ApiKey
from apps.usage.models import EndpointHealth
from tests.cast import Cast
from tests.catalog.queries import QUERIES as asked_of_all
from tests.catalog.shelf import connect, offer
from tests.gateway.asked import NONSENSE, QUERIES

pytestmark = pytest.mark.django_db
KEEPS = {"trains": "yes", "retention_days": 30, "source": "Its terms"}
CHEAP = {"prompt": "0.1", "completion": "0.4", "input_cache_read": "0.01"}
DEAR = {"prompt": "3", "completion": "9"}
ROW = re.compile(r'href="/models/([^"?/]+/[^"?/]+)/"')


@pytest.fixture
def shelf(cast: Cast) -> None:
    """A few models at two providers: north keeps nothing, south learns. Only north is connected."""
    offer("acme/small", "north", pricing=CHEAP, abilities=["tools", "reasoning"])
    offer("acme/small", "south", policy=KEEPS, pricing={"prompt": "0.05", "completion": "0.1"})
    offer("acme/small", "north", pricing={"prompt": "0", "completion": "0"}, variant="free")
    offer("acme/big", "north", pricing=DEAR, abilities=[])
    offer("beta/eye", "south", pricing={})
    offer("beta/paints", "south", pricing=DEAR)
    _tell("acme/big", context_length=1_000_000, released_on=date(2020, 1, 1), open_weights=True)
    _tell("beta/eye", input_modalities=["text", "image"], released_on=timezone.localdate())
    _tell("beta/paints", output_modalities=["image"])
    Endpoint.objects.filter(provider__slug="north").update(context_length=64_000)
    connect("north", cast)


def _tell(slug: str, **facts: Any) -> None:
    LanguageModel.objects.filter(slug=slug).update(**facts)


@pytest.fixture
def own(cast: Cast, shelf: None) -> Endpoint:
    """A model only this house has."""
    made = offer(
        "home/secret", "north", source=Source.OWN, pricing={"prompt": "1", "completion": "1"}
    )
    ConnectionEndpoint.objects.create(connection=made.provider.connections.get(), endpoint=made)
    return made


@pytest.fixture
def key(cast: Cast) -> dict[str, str]:
    _, secret = ApiKey.mint(project=cast.project, owner=cast.owner, name="app")
    return {"Authorization": f"Bearer {secret}"}


def ask(client: Client, path: str, key: dict[str, str] | None = None) -> Any:
    answer = client.get(f"/api/v1/{path}", headers=key or {})
    assert answer.status_code == 200, answer.content
    return answer.json()


def ids(answer: Any) -> list[str]:
    return [one["id"] for one in answer["data"]]


def rows(client: Client, query: str) -> list[str]:
    """What the pages of the list show, from the first to the last."""
    found: list[str] = []
    number, path = 1, f"/models/?{query}"
    while True:
        page = client.get(f"{path}&page={number}").content.decode()
        table = page.partition("<tbody>")[2].partition("</tbody>")[0]
        found += dict.fromkeys(ROW.findall(table))
        if 'rel="next"' not in page:
            return found
        number += 1


# --- the list ---


def test_the_plain_list_is_every_model_that_writes_text_by_name(
    client: Client, shelf: None
) -> None:
    answer = ask(client, "models")
    assert ids(answer) == [
        "acme/big",
        "acme/small",
        "acme/small:free",
        "beta/eye",
        "gatehouse/demo:free",
    ]
    assert (answer["object"], answer["total_count"], answer["links"]) == ("list", 5, {"next": None})
    small = answer["data"][1]
    assert small["pricing"]["prompt"] == "0.00000005", "the cheapest endpoint's"
    assert small["hugging_face_id"] is None and small["architecture"]["tokenizer"] == "Other"
    assert small["supported_parameters"][:2] == ["include_reasoning", "max_tokens"]


def test_the_plain_list_is_not_sent_twice(client: Client, shelf: None) -> None:
    first = client.get("/api/v1/models")
    packed = client.get("/api/v1/models", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == first.content
    again = client.get("/api/v1/models", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first["Vary"].startswith("Accept-Encoding, Authorization, X-Api-Key")


@pytest.mark.parametrize("query", QUERIES)
def test_page_and_api_answer_alike(client: Client, shelf: None, query: str) -> None:
    shown = rows(client, query)
    assert ids(ask(client, f"models?{query or 'sort=newest'}")) == shown
    assert ask(client, f"models/count?{query}")["data"]["count"] == len(shown)


@pytest.mark.parametrize(("query", "field"), NONSENSE)
def test_nonsense_is_named_in_the_apis_shape(client: Client, query: str, field: str) -> None:
    for path in ("models", "models/count", "embeddings/models"):
        answer = client.get(f"/api/v1/{path}?{query}")
        error = answer.json()["error"]
        assert (answer.status_code, error["code"]) == (400, 400)
        assert error["metadata"] == {"field": field, "error_type": "invalid_request"}
        assert error["message"].endswith((".", "?"))
    assert client.get(f"/models/?{query}").status_code == 200


@pytest.mark.parametrize(
    "query", ["q=" + "x" * 10_000, "q=%00", "q=%25_%5C", "model_authors=" + "a," * 5000, "_=1"]
)
def test_hostile_values_are_answered_soon(client: Client, shelf: None, query: str) -> None:
    assert client.get(f"/api/v1/models?{query}").status_code in (200, 400)


def test_a_slip_is_put_right(client: Client, shelf: None) -> None:
    error = client.get("/api/v1/models?max_prize=1").json()["error"]
    assert error["message"] == "max_prize is no filter of this list. Did you mean max_price?"


def test_filters_hold_of_one_endpoint_whose_price_is_told(client: Client, shelf: None) -> None:
    (small,) = ask(client, "models?zdr=true&max_price=1&q=acme/small&free=false&sort=name")["data"][
        :1
    ]
    assert small["pricing"]["prompt"] == "0.0000001", "north's: south keeps what it is sent"
    assert small["top_provider"]["context_length"] == 64_000
    assert "reasoning" in small["supported_parameters"]


def parts(client: Client, path: str, key: dict[str, str] | None) -> Iterator[Any]:
    while path:
        answer = client.get(path, headers=key or {}).json()
        yield answer
        path = answer["links"]["next"]


@pytest.mark.parametrize("prefix", ["/api/v1", "/v1"])
def test_parts_lead_on_to_the_end(client: Client, shelf: None, prefix: str) -> None:
    whole = ids(ask(client, "models?sort=name&max_price=5&output_modalities=all"))
    asked = f"{prefix}/models?sort=name&max_price=5&output_modalities=all&limit=2"
    found = list(parts(client, asked, None))
    assert [slug for part in found for slug in ids(part)] == whole
    assert {part["total_count"] for part in found} == {len(whole)}
    beyond = ask(client, "models?offset=500")
    assert (beyond["data"], beyond["total_count"], beyond["links"]["next"]) == ([], 5, None)


def test_new_models_are_a_feed_as_well(client: Client, shelf: None) -> None:
    answer = client.get("/api/v1/models?use_rss=true&sort=newest")
    assert answer["Content-Type"].startswith("application/rss+xml")
    assert re.findall(r"<guid[^>]*>([^<]+)", answer.content.decode()) == ["beta/eye", "acme/big"]


# --- with a key ---


def test_a_key_is_told_what_it_may_use_at_the_price_it_pays(
    client: Client, shelf: None, own: Endpoint, key: dict[str, str]
) -> None:
    routers = ["gatehouse/auto", "gatehouse/free"]
    usable = [
        *routers,
        "acme/big",
        "acme/small",
        "acme/small:free",
        "gatehouse/demo:free",
        "home/secret",
    ]
    for path in ("models", "models/user"):
        answer = ask(client, path, key)
        assert ids(answer) == usable
        assert answer["data"][0]["pricing"]["prompt"] == "-1", "it depends on what is chosen"
        assert answer["data"][3]["pricing"]["prompt"] == "0.0000001", "south is not connected"
    assert ids(ask(client, "models?providers=north&max_price=0.5&sort=name", key)) == [
        "acme/small",
        "acme/small:free",
    ]
    assert ask(client, "models/count", key)["data"]["count"] == len(usable)


def test_names_that_leave_the_choice_are_told_to_keys(
    client: Client, shelf: None, key: dict[str, str]
) -> None:
    told = ask(client, "models/gatehouse/auto", key)
    assert told["architecture"]["tokenizer"] == "Router"
    assert ask(client, "models/gatehouse/auto/endpoints", key)["data"]["endpoints"] == []
    assert client.get("/api/v1/models/gatehouse/auto").status_code == 404
    ApiKey.objects.update(allowed_models=["acme/big"])
    assert ids(ask(client, "models", key)) == ["acme/big"]


def test_rules_close_models_for_a_key(
    client: Client, cast: Cast, shelf: None, key: dict[str, str]
) -> None:
    Guardrail.objects.update_or_create(
        project=cast.project, defaults={"denied_models": ["acme/big"]}
    )
    Household.judge_anew()
    assert "acme/big" not in ids(ask(client, "models", key))
    assert "acme/big" not in ids(ask(client, "models/user?sort=name", key))


@pytest.mark.parametrize("path", ["models", "models/user", "models/count", "endpoints/zdr"])
def test_a_key_that_does_not_work_is_refused(client: Client, shelf: None, path: str) -> None:
    answer = client.get(f"/api/v1/{path}", headers={"Authorization": "Bearer gate_live_no"})
    assert answer.status_code == answer.json()["error"]["code"] == 401


def test_the_users_list_needs_a_key(client: Client) -> None:
    assert client.get("/api/v1/models/user").status_code == 401


def test_strangers_learn_nothing_of_the_house(
    client: Client, shelf: None, own: Endpoint, key: dict[str, str]
) -> None:
    paths = ("models", "models?sort=name", "models?output_modalities=all", "endpoints/zdr")
    for path in (*paths, "providers", "models/acme/small/endpoints"):
        assert "secret" not in str(ask(client, path)), path
    for path in ("models/home/secret", "model/home/secret", "models/home/secret/endpoints"):
        assert client.get(f"/api/v1/{path}").status_code == 404
        assert ask(client, path, key)
    statuses = {
        one["status"] for one in ask(client, "models/acme/small/endpoints")["data"]["endpoints"]
    }
    assert statuses == {-5}
    for word in ("connected", "mine"):
        answer = client.get(f"/api/v1/models?{word}=true")
        assert (answer.status_code, answer.json()["error"]["metadata"]["field"]) == (400, word)


# --- one model, its endpoints, providers ---


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("acme/small", "acme/small"),
        ("Acme/Small", "acme/small"),
        ("acme/small:free", "acme/small:free"),
        ("acme/small:nitro", "acme/small"),
        ("acme/small:free:floor", "acme/small:free"),
    ],
)
def test_a_name_leads_to_its_model(client: Client, shelf: None, asked: str, slug: str) -> None:
    assert ask(client, f"model/{asked}")["data"]["id"] == slug
    assert ask(client, f"models/{asked}")["id"] == slug
    assert ask(client, f"models/{asked}/endpoints")["data"]["id"] == slug


@pytest.mark.parametrize(
    "asked", ["acme/none", "acme/small:paid", "acme", "acme/small/more", "%20"]
)
def test_what_is_no_model_says_so(client: Client, shelf: None, asked: str) -> None:
    for path in (f"model/{asked}", f"models/{asked}", f"models/{asked}/endpoints"):
        answer = client.get(f"/api/v1/{path}")
        assert answer.status_code == answer.json()["error"]["code"] == 404


def test_endpoints_tell_what_was_measured_to_keys_alone(
    client: Client, shelf: None, key: dict[str, str]
) -> None:
    north = Endpoint.objects.get(key="acme/small@north")
    EndpointHealth.objects.create(
        starts_at=timezone.now() - timedelta(minutes=1),
        endpoint_id=north.pk,
        connection_id=north.provider.connections.get().pk,
        calls=4,
        limited=0,
        errors={"timeout": 1},
        latency={"72": 4},
        throughput={},
    )
    (south, told) = ask(client, "models/acme/small/endpoints", key)["data"]["endpoints"]
    assert (south["status"], told["status"]) == (-5, 0)
    assert told["uptime_last_5m"] == told["uptime_last_1d"] == 75.0
    assert set(told["latency_last_30m"]) == {"p50", "p75", "p90", "p99"}
    assert south["uptime_last_1d"] is None
    for one in ask(client, "models/acme/small/endpoints")["data"]["endpoints"]:
        assert one["uptime_last_1d"] is one["latency_last_30m"] is None


def test_zero_retention_is_what_is_publicly_known_and_what_was_agreed(
    client: Client, cast: Cast, shelf: None, key: dict[str, str]
) -> None:
    def told(key: dict[str, str] | None) -> set[tuple[str, str]]:
        data = ask(client, "endpoints/zdr", key)["data"]
        return {(one["model_id"], one["provider_name"]) for one in data}

    demo = ("gatehouse/demo:free", "Gatehouse")
    public = {("acme/small", "North"), ("acme/big", "North"), demo}
    assert told(None) == public
    attest(connect("south", cast), note="Contract", on=timezone.localdate(), by=cast.owner)
    assert told(None) == public
    assert told(key) >= {*public, ("acme/small", "South"), ("beta/paints", "South")}


def test_providers_are_those_of_the_catalogue(client: Client, shelf: None) -> None:
    data = ask(client, "providers")["data"]
    assert [one["slug"] for one in data] == ["gatehouse", "north", "south"]
    assert set(data[1]) == {
        *("name", "slug", "privacy_policy_url", "terms_of_service_url"),
        *("status_page_url", "headquarters", "datacenters"),
    }


def test_embedding_models_are_those_that_make_embeddings(client: Client, shelf: None) -> None:
    assert ask(client, "embeddings/models")["data"] == []
    _tell("beta/paints", output_modalities=["embeddings"])
    assert ids(ask(client, "embeddings/models")) == ["beta/paints"]


@pytest.mark.parametrize(
    ("slug", "family"),
    [
        ("openai/gpt-5-mini", "GPT"),
        ("openai/o3", "GPT"),
        ("anthropic/claude-opus-5", "Claude"),
        ("google/gemma-3-27b", "Gemma"),
        ("qwen/qwen3-8b", "Qwen3"),
        ("qwen/qwen-max", "Qwen"),
        ("meta-llama/llama-3.3-70b-instruct", "Llama3"),
        ("deepseek/deepseek-r1-distill-llama-70b", "Other"),
        ("openai/whisper", "Other"),
        ("nobody/gpt-9", "Other"),
    ],
)
def test_a_tokenizer_is_told_where_it_is_known(slug: str, family: str) -> None:
    assert tokenizer_of(slug) == family


def test_the_help_knows_every_filter() -> None:
    answered = PARAMETERS - set(FOR_PAGES) - {name for name, _ in UNANSWERED}
    told = {one.name for one in filters.FILTERS}
    assert told | {"use_rss_chat_links"} == answered
    assert not HARMLESS & PARAMETERS


def test_few_questions_are_asked_of_the_database(
    client: Client,
    shelf: None,
    key: dict[str, str],
    django_assert_max_num_queries: Any,
) -> None:
    answer: HttpResponse
    ask(client, "models?sort=name", key)
    with django_assert_max_num_queries(16):  # no house runs here, so the view is read anew as well
        answer = client.get("/api/v1/models?sort=name", headers=key)
    assert answer.status_code == 200


def test_page_and_api_answer_alike_over_the_whole_catalogue(client: Client, cast: Cast) -> None:
    """For strangers, and for somebody whose key may use what they may."""
    load()
    _, secret = ApiKey.mint(project=cast.project, owner=cast.owner, name="app")
    connect("openai", cast)
    for query in asked_of_all[1::4]:  # each takes a second: no house keeps the view here
        told = ids(ask(client, f"models?{query}"))
        assert told == rows(client, query), query
    client.force_login(cast.owner)
    for query in ("sort=name&mine=true", "zdr=true&mine=true"):
        told = ask(client, f"models?{query}", {"Authorization": f"Bearer {secret}"})
        assert ids(told) == rows(client, query), query
