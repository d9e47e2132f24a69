"""Whole refreshes: the command on a file, the worker's task over the only way out, and what is kept
and told of them."""

import json
import socket
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.management import call_command
from django.utils import timezone

from apps.accounts.models import AuditEntry, Household, Notice
from apps.catalog import history
from apps.catalog.models import (
    CatalogChange,
    Endpoint,
    LanguageModel,
    Provider,
    RefreshState,
    Source,
)
from apps.catalog.refresh import fetching, keeping
from apps.catalog.refresh.keeping import agree, ask_soon, refresh, refresh_due, switch_daily
from apps.catalog.refresh.sources import SOURCES
from apps.catalog.refresh.validate import Clock, PayloadError
from apps.core.outbound import Target, client
from tests.cast import Cast
from tests.catalog.refresh.lists import PAYLOADS, payload, written
from tests.catalog.shelf import offer
from tests.core.listener import listening

pytestmark = pytest.mark.django_db
MODELS_DEV, MINUTE = SOURCES["models.dev"], timedelta(minutes=1)
ROCKET, OLD = "acme/rocket-2@acme", "acme/old@acme"
WEEK = date(2026, 11, 16)


@pytest.fixture
def shelf() -> dict[str, Endpoint]:
    """Ten models of Acme, one of them the house's own, one with a price an admin set."""
    rows = [offer(f"acme/m-{number}", "acme") for number in range(7)]
    dear, cheap = {"prompt": "1", "completion": "8"}, {"prompt": "0.2", "completion": "0.8"}
    old = {"price_source": "models-dev 1", "price_as_of": WEEK}
    rows.append(offer("acme/rocket-2", "acme", pricing=dear, **old))
    corrected = {"overrides": {"pricing": {"prompt": "7"}}}
    rows.append(offer("acme/rocket-mini", "acme", pricing=cheap, **corrected))
    rows.append(offer("acme/mine", "acme", source=Source.OWN))
    return {row.key: row for row in rows}


def rockets(count: int = 7, **rocket: Any) -> bytes:
    """Acme's list as models.dev has it, with so many of the others."""
    shape = payload("models_dev.json")
    models = shape["acme"]["models"]
    models["rocket-2"] |= rocket
    for number in range(count):
        models[f"m-{number}"] = {**models["rocket-mini"], "cost": {"input": 0.5, "output": 2}}
    return json.dumps(shape, default=float).encode()


def typed(tmp_path: Path, content: bytes, *words: str) -> str:
    """What the command says when it takes this as a file."""
    file = tmp_path / "list.json"
    file.write_bytes(content)
    said: list[str] = []
    out: Any = type("Out", (), {"write": said.append, "isatty": lambda self: False})()
    call_command("refresh_catalog", "--source", "models.dev", "--file", file, *words, stdout=out)
    return "".join(said)


def serving(*answers: bytes | int) -> Callable[[], httpx.Client]:
    """A client that gets these one after the other, the last again and again."""
    left = list(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        now = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(now, int):
            return httpx.Response(now)
        return httpx.Response(200, stream=httpx.ByteStream(now))

    return lambda: httpx.Client(transport=httpx.MockTransport(answer))


def test_a_file_brings_the_catalogue_up_to_date(shelf: dict[str, Endpoint], tmp_path: Path) -> None:
    policy = Household.current().policy_version
    said = typed(tmp_path, rockets())
    assert said.startswith("models.dev: ")
    assert "1 price changed" in said
    endpoint = Endpoint.objects.get(key=ROCKET)
    assert endpoint.pricing["prompt"] == "1.25"
    assert (endpoint.price_source, endpoint.refreshed_on) == ("models.dev", endpoint.price_as_of)
    assert endpoint.context_length == 400_000
    assert LanguageModel.objects.get(slug="acme/rocket-2").released_on == date(2026, 6, 1)
    change = history.changes_of("acme/rocket-2").get(what="repriced")
    assert (change.before["prompt"], change.after["prompt"], change.source) == (
        "1",
        "1.25",
        "models.dev",
    )
    assert Household.current().policy_version == policy + 1
    state = RefreshState.objects.get()
    assert (state.result, state.words) == ("ok", said.removeprefix("models.dev: ").strip())


def test_the_same_list_again_changes_nothing(shelf: dict[str, Endpoint], tmp_path: Path) -> None:
    typed(tmp_path, rockets())
    changes, policy = CatalogChange.objects.count(), Household.current().policy_version
    assert "Nothing changed." in typed(tmp_path, rockets())
    assert CatalogChange.objects.count() == changes
    assert Household.current().policy_version == policy


def test_what_the_house_says_itself_is_never_touched(
    shelf: dict[str, Endpoint], tmp_path: Path
) -> None:
    typed(tmp_path, rockets())
    corrected, own = (Endpoint.objects.get(key=f"acme/{n}@acme") for n in ("rocket-mini", "mine"))
    assert corrected.fact("pricing") == {"prompt": "7"}
    assert not CatalogChange.objects.filter(endpoint_key=corrected.key, what="repriced").exists(), (
        "people see no other price"
    )
    assert own.is_listed and own.pricing == {"prompt": "0.5", "completion": "2"}


def test_a_list_that_lost_much_waits_until_somebody_agrees(
    shelf: dict[str, Endpoint], tmp_path: Path
) -> None:
    before = list(Endpoint.objects.order_by("key").values())
    with pytest.raises(SystemExit) as refused:
        typed(tmp_path, rockets(count=4))
    assert "remove 3 of 9 models (33%" in str(refused.value)
    assert "--accept" in str(refused.value)
    assert list(Endpoint.objects.order_by("key").values()) == before
    assert not CatalogChange.objects.exists()
    state = RefreshState.objects.get()
    assert state.preview["gone_models"] == ["acme/m-4", "acme/m-5", "acme/m-6"]
    assert state.preview["repriced"][0]["key"] == ROCKET
    assert "3 models gone" in typed(tmp_path, rockets(count=4), "--accept")
    assert not LanguageModel.objects.get(slug="acme/m-6").is_listed
    state.refresh_from_db()
    assert (state.result, state.waiting, state.preview) == ("ok", None, {})
    assert "3 new models, 3 new endpoints" in typed(tmp_path, rockets())
    assert LanguageModel.objects.get(slug="acme/m-6").is_listed


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not the list that was expected"),
        (b"[]", "not models.dev"),
        (b"{}", "names no model"),
        (b'{"acme": {"models": {"a": 1, "b": 2, "rocket-2": {"limit": {}}}}}', "2 of the list"),
    ],
)
def test_a_list_that_is_none_changes_nothing(
    shelf: dict[str, Endpoint], tmp_path: Path, content: bytes, words: str
) -> None:
    with pytest.raises(SystemExit, match=words):
        typed(tmp_path, content)
    listed = Endpoint.objects.filter(is_listed=True, provider__slug="acme")
    assert listed.count() == len(shelf)
    assert RefreshState.objects.get().result == "failed"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="cannot be read: No such file"):
        call_command("refresh_catalog", "--source", "openrouter", "--file", tmp_path / "none")


def test_openrouter_and_genai_prices_are_taken_as_well(cast: Cast) -> None:
    offer("acme/rocket-2", "openrouter")
    Endpoint.objects.update(upstream_id="acme/rocket-2")
    Provider.objects.create(slug="acme", name="Acme")
    outcome = refresh("openrouter", content=written("openrouter.json"), accept=True)
    assert "1 new model, 1 new endpoint" in outcome.words
    new = Endpoint.objects.get(key="acme/rocket-mini@openrouter")
    assert (new.model.name, new.pricing["prompt"]) == ("Rocket Mini", "0.1")
    assert not Endpoint.objects.filter(variant="free").exists(), "not on the list of free ones"
    offer("acme/rocket-mini", "acme", price_source="models.dev", price_as_of=WEEK)
    outcome = refresh("genai-prices", content=written("genai_prices.json"), accept=True)
    assert outcome.result == "ok"
    priced = Endpoint.objects.get(key="acme/rocket-mini@acme")
    assert (priced.price_source, priced.pricing) == (
        "genai-prices",
        {"prompt": "0.1", "completion": "0.4"},
    )
    new.refresh_from_db()
    assert new.price_source == "openrouter"


# --- the way out ---


def fetched(base_url: str, **kinds: Any) -> bytes:
    target = Target.from_url(base_url)
    opened = partial(client, own_ports=frozenset(), at_home=target, **kinds)
    source = MODELS_DEV._replace(url=f"{base_url}/api.json")
    return fetching.fetch(source.url, clock=Clock(10), open_client=opened)


def test_a_list_is_fetched_over_the_only_way_out() -> None:
    with listening(lambda path: (200, {}, written("models_dev.json"))) as upstream:
        assert fetched(upstream.base_url) == (PAYLOADS / "models_dev.json").read_bytes()
    assert upstream.paths == ["/v1/api.json"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((404, {}, b""), "status 404"),
        ((500, {}, b""), "status 500"),
        ((302, {"Location": "https://elsewhere.example/"}, b""), "never follows"),
        ((200, {}, b" " * (17 * 1024 * 1024)), "more, or slower"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "more, or slower"),
    ],
    ids=lambda value: value[:9] if isinstance(value, str) else "",
)
def test_what_goes_wrong_on_the_way_is_one_sentence(answer: Any, words: str) -> None:
    with (
        listening(lambda path: answer) as upstream,
        pytest.raises(PayloadError, match=words),
    ):
        fetched(upstream.base_url)


def test_nobody_there_is_one_sentence() -> None:
    with listening() as upstream:
        gone = upstream.base_url
    with pytest.raises(PayloadError, match="cannot be reached"):
        fetched(gone)


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.9", "169.254.169.254", "fd00::1"])
def test_a_name_that_leads_into_the_home_is_never_called(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("it was called"))
    opened = partial(client, own_ports=frozenset({8000}), resolver=lambda *_: [address])
    for source in SOURCES.values():
        with pytest.raises(PayloadError, match="private network"):
            fetching.fetch(source.url, clock=Clock(10), open_client=opened)


# --- every day, and the button ---


def test_nobody_is_asked_unless_a_person_wished_it(cast: Cast) -> None:
    asked = serving(500)
    assert refresh_due(timezone.now(), open_client=asked) is None
    assert [state.is_daily for state in keeping.states()] == [False, False, False]


def test_the_button_asks_once_and_the_switch_every_day(
    cast: Cast, shelf: dict[str, Endpoint]
) -> None:
    ask_soon("models.dev", by=cast.owner)
    now = timezone.now()
    outcome = refresh_due(now, open_client=serving(rockets()))
    assert outcome is not None and outcome.result == "ok"
    assert refresh_due(now + 30 * MINUTE, open_client=serving(500)) is None
    for _ in range(2):
        switch_daily("models.dev", True, by=cast.owner)
    now = timezone.now()
    assert refresh_due(now, open_client=serving(rockets())) is not None
    assert refresh_due(now + timedelta(hours=23), open_client=serving(500)) is None
    assert refresh_due(now + timedelta(hours=24), open_client=serving(rockets())) is not None
    switch_daily("models.dev", False, by=cast.owner)
    assert refresh_due(now + timedelta(days=9), open_client=serving(500)) is None
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == ["catalogue.asked", "catalogue.switched_on", "catalogue.switched_off"]


def test_trouble_is_told_once_until_it_is_over(cast: Cast, shelf: dict[str, Endpoint]) -> None:
    switch_daily("models.dev", True, by=cast.owner)
    now = timezone.now()

    def on(hours: float, answer: bytes | int) -> int:
        refresh_due(now + timedelta(hours=hours), open_client=serving(answer))
        return Notice.objects.filter(user=cast.owner).count()

    assert [on(0, 503), on(1, 503)] == [0, 0], "one dead line is nothing to tell"
    assert on(2, 503) == 1
    assert [on(26, 503), on(27, 503), on(28, 503), on(52, 503)] == [1, 1, 1, 1]
    assert on(53, rockets()) == 1
    assert [on(77, rockets(count=2)), on(101, rockets(count=2))] == [2, 2]
    told = Notice.objects.filter(user=cast.owner).latest("pk")
    assert "waits for your decision" in told.text
    assert told.link == "/settings/catalogue/"
    assert not Notice.objects.filter(user=cast.member).exists()


def test_agreeing_takes_the_very_list_that_waits(cast: Cast, shelf: dict[str, Endpoint]) -> None:
    refresh("models.dev", content=rockets(count=2), day=date(2026, 11, 22))
    waiting = RefreshState.objects.get().waiting_sha256
    assert not agree("models.dev", "another", by=cast.owner)
    assert not agree("openrouter", "", by=cast.owner)
    assert agree("models.dev", waiting, by=cast.owner)
    outcome = refresh_due(timezone.now(), open_client=serving(500))
    assert outcome is not None and "5 models gone" in outcome.words
    state = RefreshState.objects.get(source="models.dev")
    assert (state.as_of, state.waiting, state.due_at) == (date(2026, 11, 22), None, None)


def test_a_list_agreed_to_is_not_taken_for_the_next_one(
    cast: Cast, shelf: dict[str, Endpoint]
) -> None:
    refresh("models.dev", content=rockets(count=2))
    assert agree("models.dev", RefreshState.objects.get().waiting_sha256, by=cast.owner)
    refresh("models.dev", content=rockets(count=1))
    outcome = refresh_due(timezone.now(), open_client=serving(rockets(count=1)))
    assert outcome is not None and outcome.result == "refused"


def test_who_was_killed_is_followed(cast: Cast, shelf: dict[str, Endpoint]) -> None:
    def killed() -> httpx.Client:
        raise KeyboardInterrupt

    ask_soon("models.dev", by=cast.owner)
    now = timezone.now()
    with pytest.raises(KeyboardInterrupt):
        refresh_due(now, open_client=killed)
    assert keeping.is_busy(RefreshState.objects.get(), now + MINUTE)
    assert refresh_due(now + keeping.CLAIM - MINUTE, open_client=serving(500)) is None
    assert refresh_due(now + keeping.CLAIM, open_client=serving(rockets())) is not None
