"""Which models a connection offers, and what stays when they change."""

import pytest

from apps.catalog.models import (
    Author,
    CatalogChange,
    Endpoint,
    LanguageModel,
    Provider,
    Source,
)
from apps.connections import discovery, saving
from apps.connections.models import Connection
from apps.connections.probe import TestResult
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def account(provider: str = "custom", name: str = "My Ollama") -> Connection:
    kind, _ = Provider.objects.get_or_create(slug=provider, defaults={"name": provider.title()})
    return Connection.objects.create(provider=kind, name=name, base_url="https://a.example/v1")


def seeded(slug: str, *, provider: str, upstream_id: str) -> Endpoint:
    author, _ = Author.objects.get_or_create(slug=slug.partition("/")[0])
    model, _ = LanguageModel.objects.get_or_create(slug=slug, defaults={"author": author})
    kind, _ = Provider.objects.get_or_create(slug=provider, defaults={"name": provider.title()})
    return Endpoint.objects.create(
        key=f"{slug}@{provider}", model=model, provider=kind, upstream_id=upstream_id
    )


def absorb(connection: Connection, *models: str, code: str = "ok") -> discovery.Offer:
    return discovery.absorb(connection, TestResult(code, "", models=list(models)))


def listed(connection: Connection) -> dict[str, str]:
    own = Endpoint.objects.filter(own_link__connection=connection, is_listed=True)
    return dict(own.values_list("upstream_id", "model__slug"))


def test_models_nobody_knows_become_the_connections_own() -> None:
    connection = account()
    offer = absorb(connection, "llama3.2:3b", "hf.co/Org/Name-GGUF:Q4_K_M")
    assert listed(connection) == {
        "llama3.2:3b": "my-ollama/llama3.2-3b",
        "hf.co/Org/Name-GGUF:Q4_K_M": "my-ollama/hf.co-org-name-gguf-q4_k_m",
    }
    assert offer.slugs == offer.own == sorted(listed(connection).values())
    endpoint = Endpoint.objects.get(upstream_id="llama3.2:3b")
    assert endpoint.key == f"my-ollama/llama3.2-3b@custom/{connection.pk}"
    assert (endpoint.source, endpoint.pricing) == (Source.OWN, {})
    assert endpoint.model.source == Source.OWN
    stored = Connection.objects.get(pk=connection.pk)
    assert stored.reported_models == ["llama3.2:3b", "hf.co/Org/Name-GGUF:Q4_K_M"]
    assert (stored.test_code, stored.tested_at is not None) == ("ok", True)


def test_doing_it_again_changes_nothing() -> None:
    connection = account()
    absorb(connection, "a", "b")
    before = list(Endpoint.objects.order_by("id").values())
    absorb(connection, "b", "a")
    assert list(Endpoint.objects.order_by("id").values()) == before


def test_a_model_that_is_gone_is_unlisted_and_comes_back_as_the_same() -> None:
    connection = account()
    absorb(connection, "a", "b")
    ids = set(Endpoint.objects.filter(own_link__connection=connection).values_list("pk", flat=True))
    assert absorb(connection, "b").gone == 1
    assert listed(connection) == {"b": "my-ollama/b"}
    assert not LanguageModel.objects.get(slug="my-ollama/a").is_listed
    absorb(connection, "a", "b")
    assert LanguageModel.objects.get(slug="my-ollama/a").is_listed
    own = Endpoint.objects.filter(own_link__connection=connection, is_listed=True)
    assert set(own.values_list("pk", flat=True)) == ids
    absorb(connection, code="no_models")
    assert listed(connection) == {}


@pytest.mark.parametrize("code", ["timeout", "refused", "unauthorized", "server_error"])
def test_a_failed_test_loses_no_model(code: str) -> None:
    connection = account()
    absorb(connection, "a")
    absorb(connection, code=code)
    assert listed(connection) == {"a": "my-ollama/a"}
    assert Connection.objects.get(pk=connection.pk).test_code == code


def test_models_the_catalogue_knows_stay_the_catalogues() -> None:
    seeded("google/gemini-9", provider="google", upstream_id="gemini-9")
    connection = account("google", "Google")
    offer = absorb(connection, "models/gemini-9", "models/gemini-10")
    assert offer.known == ["google/gemini-9"]
    assert listed(connection) == {"models/gemini-10": "google/gemini-10"}


def test_an_own_endpoint_makes_room_once_the_catalogue_learns_the_model() -> None:
    connection = account("openai", "OpenAI")
    absorb(connection, "gpt-new")
    assert listed(connection) == {"gpt-new": "openai/gpt-new"}
    seeded("openai/gpt-new", provider="openai", upstream_id="gpt-new")
    offer = absorb(connection, "gpt-new")
    assert (offer.known, offer.own) == (["openai/gpt-new"], [])


def test_a_name_equal_to_a_catalogue_slug_joins_that_model() -> None:
    known = seeded("qwen/qwen3-8b", provider="deepinfra", upstream_id="Qwen/Qwen3-8B")
    connection = account()
    absorb(connection, "Qwen/Qwen3-8B", "qwen3-8b")
    assert listed(connection) == {
        "Qwen/Qwen3-8B": "qwen/qwen3-8b",
        "qwen3-8b": "my-ollama/qwen3-8b",
    }
    assert Endpoint.objects.get(own_link__connection=connection, model=known.model).pk != known.pk
    assert LanguageModel.objects.get(slug="qwen/qwen3-8b").source == Source.SEED
    absorb(connection)
    assert LanguageModel.objects.get(slug="qwen/qwen3-8b").is_listed


def test_a_connections_name_claims_no_author_of_the_catalogue() -> None:
    seeded("openai/gpt-9", provider="openai", upstream_id="gpt-9")
    connection = account(name="OpenAI")
    absorb(connection, "gpt-9")
    assert listed(connection) == {"gpt-9": "openai-own/gpt-9"}


def test_two_machines_with_one_model_are_two_endpoints() -> None:
    one, other = account(name="Box"), account(name="box!")
    absorb(one, "llama3")
    absorb(other, "llama3")
    assert listed(one) == listed(other) == {"llama3": "box/llama3"}
    assert LanguageModel.objects.filter(slug="box/llama3").count() == 1


def test_names_that_look_alike_as_slugs_stay_apart() -> None:
    connection = account()
    absorb(connection, "Llama 3", "llama-3", "llama/3", "???", "日本")
    slugs = listed(connection)
    assert len(slugs) == len(set(slugs.values())) == 5


def test_what_is_not_for_chat_is_reported_and_makes_no_endpoint() -> None:
    connection = account("openai", "OpenAI")
    names = ["text-embedding-3-small", "whisper-1", "tts-1", "dall-e-3", "omni-moderation-latest"]
    absorb(connection, *names)
    assert listed(connection) == {}
    assert connection.reported_models == names


def test_an_outcome_from_before_a_move_is_not_stored() -> None:
    connection = account()
    Connection.objects.filter(pk=connection.pk).update(base_url="https://b.example/v1")
    absorb(connection, "a")
    assert listed(connection) == {}
    assert Connection.objects.get(pk=connection.pk).test_code == ""


def test_every_house_has_the_demonstration_and_a_place_for_custom_ones() -> None:
    demo = Endpoint.objects.get(key="gatehouse/demo:free@gatehouse")
    assert demo.model.slug == "gatehouse/demo:free"
    assert demo.pricing == {"prompt": "0", "completion": "0"}
    assert Connection.objects.get(provider=demo.provider).is_built_in
    assert Provider.objects.get(slug="custom").source == Source.OWN


def test_the_history_tells_what_a_connection_brought_and_took(cast: Cast) -> None:
    connection = account()
    key = f"@custom/{connection.pk}"
    absorb(connection, "a", "b")
    absorb(connection, "b")
    saving.remove(connection, by=cast.owner)
    told = CatalogChange.objects.order_by("id").values_list("what", "model_slug", "endpoint_key")
    slugs = ("my-ollama/a", "my-ollama/b")
    assert list(told) == [
        (what, slug, place)
        for what in ("new", "gone")
        for slug in slugs
        for place in ("", f"{slug}{key}")
    ]
    assert not CatalogChange.objects.filter(is_public=True).exists()
