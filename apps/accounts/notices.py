"""What the house has to tell somebody, kept until they have read it."""

from django.conf import settings
from django.utils import timezone

from apps.accounts.models import Notice, User


def tell(user: User, text: str, *, link: str = "") -> None:
    """`link` is an address in the house. What stands unread already is not said twice; two who say
    it at the same moment may."""
    same = {"user": user, "text": text[:500], "link": link}
    if not Notice.objects.filter(**same, read_at=None).exists():
        Notice.objects.create(**same)


def tell_once(user: User, text: str, *, link: str = "") -> bool:
    """Not again when it was read, however its link has changed. True where it is news."""
    if Notice.objects.filter(user=user, text=text[:500]).exists():
        return False
    Notice.objects.create(user=user, text=text[:500], link=link)
    return True


def tell_by_mail(user: User, text: str, *, link: str = "") -> None:
    """The same, and a mail where the house sends any. What is told again, such as an alert of every
    day, takes the place of the one before it that nobody has read."""
    same = {"user": user, "text": text[:500], "link": link}
    Notice.objects.filter(**same, read_at=None).delete()
    is_mailed = bool(settings.EMAIL_URL and user.email)
    Notice.objects.create(**same, mail_at=timezone.now() if is_mailed else None)


def count_unread(user: User) -> int:
    return Notice.objects.filter(user=user, read_at=None).count()


def mark_read(user: User, notice_id: int | None = None) -> None:
    """One of their own, or all; a second time changes nothing."""
    unread = Notice.objects.filter(user=user, read_at=None)
    if notice_id is not None:
        unread = unread.filter(pk=notice_id)
    unread.update(read_at=timezone.now())
