"""Notices that go out by mail as well. Each stands in its table until it was sent, or was tried
often enough: a mail server that is away for a while loses none."""

import smtplib
import time
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction

from apps.accounts.models import Household, Notice

log = structlog.get_logger(__name__)

CLAIM = timedelta(minutes=10)  # who was killed while sending is followed after that
WAITS = [timedelta(minutes=minutes) for minutes in (2, 10, 60, 360)]
SECONDS = 60.0
LONGEST_SUBJECT = 120


def send_due(now: datetime, *, seconds: float = SECONDS) -> int:
    """Sends what is due, one by one, for so long. Returns how many went out."""
    stop, sent = time.monotonic() + seconds, 0
    while time.monotonic() < stop and (notice := _claim(now)) is not None:
        sent += _send(notice, now)
    return sent


@transaction.atomic
def _claim(now: datetime) -> Notice | None:
    """The next one, which nobody else takes meanwhile. One for somebody who left, or who has no
    address any more, is mailed to nobody."""
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    notice = due.filter(mail_at__lte=now).order_by("mail_at").first()
    if notice is not None:
        notice.mail_at, notice.mail_tries = now + CLAIM, notice.mail_tries + 1
        notice.save(update_fields=["mail_at", "mail_tries"])
    return notice


def _send(notice: Notice, now: datetime) -> bool:
    address = notice.user.email if notice.user.is_active and settings.EMAIL_URL else None
    if address is None:
        _keep(notice, None)
        return False
    try:
        send_mail(_subject(notice), _text(notice), None, [address])
    except (smtplib.SMTPException, OSError) as problem:
        log.warning("mail_not_sent", problem=type(problem).__name__, tries=notice.mail_tries)
        waits = WAITS[notice.mail_tries - 1 : notice.mail_tries]
        _keep(notice, now + waits[0] if waits else None)
        return False
    _keep(notice, None)
    return True


def _keep(notice: Notice, mail_at: datetime | None) -> None:
    Notice.objects.filter(pk=notice.pk).update(mail_at=mail_at)


def _subject(notice: Notice) -> str:
    """One line, whatever stands in a name."""
    words = " ".join(notice.text.split())
    return words if len(words) <= LONGEST_SUBJECT else f"{words[: LONGEST_SUBJECT - 1]}…"


def _text(notice: Notice) -> str:
    house = Household.current()
    lines = [
        f"Hello {notice.user.shown_name},",
        notice.text,
        f"See it in {house.name}: {settings.GATEHOUSE_URL}{notice.link or '/notices/'}",
        "Gatehouse sent this. Nobody reads answers to this mail.",
    ]
    return "\n\n".join(lines) + "\n"
