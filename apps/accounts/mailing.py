"""One mail, to see whether the house can send any, and in one sentence why it cannot. What the mail
server answered is not repeated: it may name keys."""

import smtplib
import socket
import ssl

from django.conf import settings
from django.core.mail import send_mail

SUBJECT = "Gatehouse can send mail"
TEXT = "This mail was sent by your Gatehouse to show that it can send mail."
UNSET = "EMAIL_URL is not set, so the house sends no mail."
NOWHERE = "You sign in by name, so there is no address to send a mail to."
ODD = (
    "EMAIL_URL names no mail server; write it like smtp+tls://user:password@mail.example:587, and "
    "start the house again."
)
# From the particular to the general: the first kind that fits is told.
SENTENCES: tuple[tuple[type[Exception], str], ...] = (
    (
        smtplib.SMTPAuthenticationError,
        "{server} does not accept the user name and password in EMAIL_URL",
    ),
    (smtplib.SMTPRecipientsRefused, "{server} takes no mail for {address}"),
    (smtplib.SMTPSenderRefused, "{server} takes no mail from {sender}; check EMAIL_FROM"),
    (
        smtplib.SMTPNotSupportedError,
        "{server} does not offer what EMAIL_URL asks of it; check smtp+tls or smtps and the port",
    ),
    (smtplib.SMTPException, "{server} did not take the mail; check EMAIL_URL"),
    (
        ssl.SSLError,
        "{server} could not prove who it is; check smtp+tls or smtps, the port and its certificate",
    ),
    (TimeoutError, "{server} did not answer in time"),
    (socket.gaierror, "no address is known for {host}; check how EMAIL_URL spells it"),
    (OSError, "nothing answers at {server}; check EMAIL_URL"),
)


def server() -> str:
    """`host:port` of the mail server, or nothing where mail is not set up."""
    return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}" if settings.EMAIL_URL else ""


def problem_with_test(address: str) -> str:
    """Sends one mail to `address`; a sentence when that could not be done, else nothing."""
    if not settings.EMAIL_URL:
        return UNSET
    if not settings.EMAIL_HOST:
        return ODD
    if not address:
        return NOWHERE
    try:
        send_mail(SUBJECT, TEXT, None, [address])
    except (smtplib.SMTPException, OSError) as problem:
        return _sentence(problem, address)
    return ""


def _sentence(problem: Exception, address: str) -> str:
    words = next(words for kind, words in SENTENCES if isinstance(problem, kind))
    facts = {
        "server": server(),
        "host": settings.EMAIL_HOST,
        "address": address,
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
    return f"Nothing was sent: {words.format(**facts)}."
