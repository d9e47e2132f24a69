"""What the house tells a person: theirs alone, counted until read, said once."""

from django.test import Client

from apps.accounts.models import Notice
from apps.accounts.notices import tell
from apps.keys.making import Rules, delete, make_key, switch_off
from tests.cast import PASSWORD, Cast
from tests.pages.markup import Page

UNREAD = '<span class="visually-hidden"> unread</span>'


def page(client: Client) -> str:
    answer = client.get("/notices/")
    assert answer.status_code == 200
    assert Page(answer.content.decode()).problems == []
    return str(answer.content.decode())


def test_without_news_the_page_says_so_and_nothing_is_counted(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    assert "Nothing to tell" in page(client)
    assert UNREAD not in page(client)


def test_what_two_said_at_the_same_moment_troubles_nobody(cast: Cast) -> None:
    for _ in range(2):
        Notice.objects.create(user=cast.member, text="Something new.")
    tell(cast.member, "Something new.")
    assert Notice.objects.filter(user=cast.member).count() == 2


def test_a_notice_is_shown_and_counted_until_it_is_read(cast: Cast, client: Client) -> None:
    tell(cast.member, "Something <b>new</b>.", link="/keys/")
    tell(cast.member, "Something else.")
    client.force_login(cast.member)
    assert f"2{UNREAD}" in page(client)
    assert "Something &lt;b&gt;new&lt;/b&gt;." in page(client)
    first = Notice.objects.get(link="/keys/")
    for _ in range(2):
        assert client.post(f"/notices/{first.pk}/")["Location"] == "/keys/"
    assert f"1{UNREAD}" in page(client)
    for _ in range(2):
        assert client.post("/notices/read/")["Location"] == "/notices/"
    assert UNREAD not in page(client)
    assert "Something else." in page(client)


def test_looking_alone_reads_nothing(cast: Cast, client: Client) -> None:
    tell(cast.member, "Look here.")
    client.force_login(cast.member)
    page(client)
    assert client.get("/notices/read/").status_code == 405
    assert Notice.objects.get().read_at is None


def test_nobody_sees_or_reads_what_others_are_told(cast: Cast, client: Client) -> None:
    tell(cast.member, "For the member.")
    client.force_login(cast.owner)
    assert "For the member" not in page(client)
    assert client.post(f"/notices/{Notice.objects.get().pk}/").status_code == 404
    client.post("/notices/read/")
    assert Notice.objects.get().read_at is None


def test_the_same_news_is_told_once_until_it_is_read(cast: Cast, client: Client) -> None:
    for _ in range(3):
        tell(cast.member, "Again.")
    assert Notice.objects.count() == 1
    Notice.objects.update(read_at=Notice.objects.get().created_at)
    tell(cast.member, "Again.")
    assert Notice.objects.count() == 2


def test_an_owner_is_told_what_others_do_to_their_key(cast: Cast) -> None:
    key, secret = make_key(Rules("Laptop"), project=cast.project, owner=cast.member, actor=None)
    switch_off(key, actor=cast.member)
    assert Notice.objects.count() == 0
    switch_off(key, actor=cast.owner)
    told = Notice.objects.get()
    assert (told.user, told.link) == (cast.member, f"/keys/{key.pk}/")
    assert told.text == "owner switched off your key “Laptop”."
    delete(key, actor=cast.owner)
    gone = Notice.objects.latest("id")
    assert (gone.text, gone.link) == ("owner deleted your key “Laptop”.", "")
    assert secret not in told.text + gone.text


def test_a_changed_password_is_told(cast: Cast, client: Client) -> None:
    client.force_login(cast.member)
    client.post("/settings/password/", {"old": PASSWORD, "new": "a kettle on the stove"})
    assert Notice.objects.get(user=cast.member).text.startswith("Your password was changed.")
