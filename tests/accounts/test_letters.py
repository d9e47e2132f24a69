"""Notices that go out by mail: once, to who still lives here, and again after a mail server's bad
hour."""

import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone
from pytest_django import Settings

from apps.accounts.letters import CLAIM, WAITS, send_due
from apps.accounts.models import Household, Notice, User
from apps.accounts.notices import tell, tell_by_mail
from tests.cast import Cast

MINUTE = timedelta(minutes=1)


class Sulking(BaseEmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise smtplib.SMTPServerDisconnected("secret words of the server")


@pytest.fixture
def post(settings: Settings) -> Settings:
    settings.EMAIL_URL = "smtp://mail.example"
    return settings


def soon() -> datetime:
    return timezone.now() + timedelta(seconds=1)


def test_without_mail_set_up_nothing_waits_for_it(cast: Cast) -> None:
    tell_by_mail(cast.member, "Here.")
    assert Notice.objects.get().mail_at is None
    assert send_due(soon()) == 0


def test_a_plain_notice_is_not_mailed(cast: Cast, post: Settings) -> None:
    tell(cast.member, "Here.")
    assert send_due(soon()) == 0 and mail.outbox == []


def test_a_mail_says_what_the_notice_says_and_where_to_see_it(cast: Cast, post: Settings) -> None:
    Household.current()
    Household.objects.update(name="Mill Lane")
    post.GATEHOUSE_URL = "https://gate.example"
    tell_by_mail(cast.member, "The cat\nis <b>in</b>.", link="/keys/")
    assert send_due(soon()) == 1
    (letter,) = mail.outbox
    assert (letter.subject, letter.to) == ("The cat is <b>in</b>.", ["member@house.example"])
    assert letter.body == (
        "Hello member,\n\nThe cat\nis <b>in</b>.\n\n"
        "See it in Mill Lane: https://gate.example/keys/\n\n"
        "Gatehouse sent this. Nobody reads answers to this mail.\n"
    )
    assert send_due(soon() + 10 * CLAIM) == 0


def test_who_has_no_address_or_left_gets_none(cast: Cast, post: Settings) -> None:
    child = User.objects.create_user(username="child")
    tell_by_mail(child, "Here.")
    tell_by_mail(cast.member, "Here.")
    User.objects.filter(pk=cast.member.pk).update(is_active=False)
    assert send_due(soon()) == 0
    assert mail.outbox == [] and not Notice.objects.exclude(mail_at=None).exists()


def test_a_mail_server_that_is_away_is_asked_again_and_in_the_end_no_more(
    cast: Cast, post: Settings
) -> None:
    post.EMAIL_BACKEND = "tests.accounts.test_letters.Sulking"
    tell_by_mail(cast.member, "Here.")
    now = soon()
    for wait in WAITS:
        assert send_due(now) == 0
        notice = Notice.objects.get()
        assert notice.mail_at == now + wait
        assert send_due(now + wait - MINUTE) == 0
        now += wait
    assert send_due(now) == 0
    notice = Notice.objects.get()
    assert (notice.mail_at, notice.mail_tries) == (None, len(WAITS) + 1)


def test_a_mail_comes_through_after_a_bad_hour(cast: Cast, post: Settings) -> None:
    usual = post.EMAIL_BACKEND
    post.EMAIL_BACKEND = "tests.accounts.test_letters.Sulking"
    tell_by_mail(cast.member, "Here.")
    now = soon()
    send_due(now)
    post.EMAIL_BACKEND = usual
    assert send_due(now + WAITS[0]) == 1
    assert len(mail.outbox) == 1


def test_what_is_told_again_unread_is_one_notice(cast: Cast) -> None:
    for _ in range(3):
        tell_by_mail(cast.member, "Again.")
    tell_by_mail(cast.member, "Else.")
    assert [one.text for one in Notice.objects.all()] == ["Else.", "Again."]
