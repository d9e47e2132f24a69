"""Free models on the pages: what they cost besides money, how many calls are left, who is told when
one ends."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.models import Notice
from apps.catalog.accepting import accept, terms_at
from apps.catalog.free import BOARD, caveats, terms_of
from apps.catalog.models import Endpoint, FreeAcceptance
from apps.connections.free_calls import day_of, set_daily_limit, standings
from apps.connections.models import Connection, FreeCalls
from apps.gateway import endings
from tests.cast import Cast, make_quarter
from tests.catalog.shelf import connect, offer
from tests.pages.markup import Page

LOOSE = {"trains": "no", "trains_free_tier": "yes", "retention_days": 30}


def a_gift(slug: str = "acme/gift", provider: str = "openrouter", **facts: object) -> Endpoint:
    return offer(
        slug,
        provider,
        **{
            "variant": "free",
            "policy": LOOSE,
            "pricing": {"prompt": "0", "completion": "0"},
            **facts,
        },
    )


@pytest.fixture
def gift(cast: Cast) -> Endpoint:
    made = a_gift()
    connect("openrouter", cast)
    return made


def count(connection: Connection, used: int) -> None:
    now = timezone.now()
    begun, _ = day_of("UTC", now)
    FreeCalls.objects.create(
        connection=connection, day_starts_at=begun, used=used, minute_at=now, minute_used=1
    )


# --- what it costs instead ---


def test_a_free_variant_has_caveats_and_terms_where_it_may_train(
    gift: Endpoint,
) -> None:
    kind = a_gift("acme/kind", "kindly", policy={"trains_free_tier": "no"})
    unknown = a_gift("acme/unknown", "silent", policy={})
    gratis = offer("acme/gratis", "somebody", pricing={"prompt": "0", "completion": "0"})
    assert [bool(terms_of(one)) for one in (gift, kind, unknown, gratis)] == [
        True,
        False,
        True,
        False,
    ]
    assert [len(caveats(one)) for one in (gift, kind, unknown, gratis)] == [3, 2, 3, 0]
    assert "learns from" in caveats(gift)[0].words and BOARD in caveats(gift)[0].words
    assert "may learn from" in caveats(unknown)[0].words
    assert "50 a day" in caveats(gift)[1].words
    assert "does not say how many" in caveats(kind)[0].words


def test_terms_change_with_what_is_done_and_not_with_who_says_so(gift: Endpoint) -> None:
    before = terms_of(gift)
    gift.provider.data_policy = {**LOOSE, "source": "elsewhere", "as_of": "2031-01", "note": "x"}
    assert terms_of(gift) == before
    gift.provider.data_policy = {**LOOSE, "retention_days": 0}
    kept_for_a_moment = terms_of(gift)
    gift.provider.data_policy = {**LOOSE, "retention_days": None}
    assert len({before, kept_for_a_moment, terms_of(gift)}) == 3


def test_what_somebody_accepted_is_kept_once_and_theirs_alone(cast: Cast, gift: Endpoint) -> None:
    terms = terms_at("openrouter")
    assert terms is not None and terms_at("nobody") is None
    assert accept(cast.member, terms.digests) and accept(cast.member, terms.digests)
    assert not accept(cast.owner, ["0" * 24]) and not accept(cast.owner, [])
    rows = FreeAcceptance.objects.all()
    assert [row.user_id for row in rows] == [cast.member.pk]
    cast.member.delete()
    assert not FreeAcceptance.objects.exists()


def test_the_page_of_terms_is_for_people_of_the_house(
    cast: Cast, gift: Endpoint, client: Client
) -> None:
    assert client.get("/free/openrouter/").status_code == 302
    client.force_login(cast.stranger)
    page = client.get("/free/openrouter/?next=/chat/").content.decode()
    assert Page(page).problems == []
    assert BOARD in page and "not known" not in page
    assert 'name="next" value="/chat/"' in page
    foreign = client.get("/free/openrouter/?next=//evil.example/")
    assert 'value="//evil.example/"' not in foreign.content.decode()
    answer = client.post(
        "/free/openrouter/", {"terms": [terms_of(gift)], "next": "https://evil.example/"}
    )
    assert (answer.status_code, answer["Location"]) == (302, "/free/openrouter/")
    assert "You accepted this" in client.get("/free/openrouter/").content.decode()


def test_the_page_of_a_free_model_tells_of_its_caveats(
    cast: Cast, gift: Endpoint, client: Client
) -> None:
    page = client.get("/models/acme/gift:free/").content.decode()
    assert BOARD in page and "It may vanish" in page
    assert "free calls left" not in page, "what an account has left is the household's affair"
    client.force_login(cast.member)
    assert "50 of 50" in client.get("/models/acme/gift:free/").content.decode()
    offer("acme/gift", "seller")
    assert BOARD not in client.get("/models/acme/gift/").content.decode()


# --- how many are left ---


def test_connections_tell_what_is_used_left_and_when_it_begins_again(
    cast: Cast, gift: Endpoint, client: Client
) -> None:
    connection = Connection.objects.get(provider__slug="openrouter")
    count(connection, 12)
    client.force_login(cast.owner)
    page = client.get("/connections/").content.decode()
    assert "<b>38 of 50</b>" in page and "12 used" in page and "At most 20 a minute" in page
    assert page.count("free calls left") == 1, "other accounts have none"
    own = f"/connections/{connection.pk}/"
    assert Page(client.get(own).content.decode()).problems == []
    client.post(f"{own}free-calls/", {"per_day": "1000"})
    assert "<b>988 of 1,000</b>" in client.get(own).content.decode()
    client.post(f"{own}free-calls/", {"per_day": "0"})
    assert "<b>0 of 0</b>" in client.get(own).content.decode()
    client.post(f"{own}free-calls/", {"per_day": ""})
    assert "<b>38 of 50</b>" in client.get(own).content.decode()


@pytest.mark.parametrize("typed", ["-1", "1.5", "many", "9999999999"])
def test_a_strange_limit_is_asked_for_again(
    cast: Cast, gift: Endpoint, client: Client, typed: str
) -> None:
    own = f"/connections/{Connection.objects.get(provider__slug='openrouter').pk}/"
    client.force_login(cast.owner)
    answer = client.post(f"{own}free-calls/", {"per_day": typed})
    assert answer.status_code == 422
    assert "A number from 0 to 1,000,000, or nothing." in answer.content.decode()
    assert typed in answer.content.decode()


def test_only_who_looks_after_the_house_sets_a_limit(
    cast: Cast, gift: Endpoint, client: Client
) -> None:
    connection = Connection.objects.get(provider__slug="openrouter")
    client.force_login(cast.member)
    answer = client.post(f"/connections/{connection.pk}/free-calls/", {"per_day": "5"})
    assert answer.status_code == 404
    connection.refresh_from_db()
    assert connection.free_calls_per_day is None


def test_an_account_without_known_limits_is_counted_once_somebody_says_them(cast: Cast) -> None:
    a_gift(provider="silent")
    connection = connect("silent", cast)
    connection = Connection.objects.get(provider__slug="silent")
    now = timezone.now()
    assert standings([connection], now)[connection.pk].per_day is None
    set_daily_limit(connection, 7, by=cast.owner)
    connection.refresh_from_db()
    standing = standings([connection], now)[connection.pk]
    assert (standing.per_day, standing.left, standing.per_minute) == (7, 7, None)
    assert now < standing.begins_again_at <= now + timedelta(hours=25)


# --- endings ---


def test_who_used_a_free_model_that_ended_is_told_once(cast: Cast, gift: Endpoint) -> None:
    offer("acme/gift", "seller")
    now = timezone.now()
    make_quarter(cast, cast.member, "0", at=now - timedelta(days=2), model="acme/gift:free")
    make_quarter(cast, cast.owner, "0", at=now - timedelta(days=40), model="acme/gift:free")
    make_quarter(cast, cast.admin, "0", at=now, model="acme/gift")
    assert endings.tell(now) == 0
    Endpoint.objects.filter(pk=gift.pk).update(is_deprecated=True)
    assert endings.tell(now) == 1
    notice = Notice.objects.get(text__contains="acme/gift:free")
    assert (notice.user, notice.link) == (cast.member, "/models/acme/gift/")
    Notice.objects.update(read_at=now)
    assert endings.tell(now) == 0


def test_it_is_looked_at_after_a_change_and_once_a_day(cast: Cast, gift: Endpoint) -> None:
    cache.clear()
    now = timezone.now()
    make_quarter(cast, cast.member, "0", at=now, model="acme/gift:free")
    assert endings.tell_when_changed(now) == 0
    Endpoint.objects.filter(pk=gift.pk).update(expires_on=now.date() - timedelta(days=1))
    assert endings.tell_when_changed(now) == 1
    Notice.objects.all().delete()
    assert endings.tell_when_changed(now) == 0, "nothing changed since"
    cache.clear()
    assert endings.tell_when_changed(now) == 1, "a day later"
