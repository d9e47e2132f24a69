"""Where commands get a password from: a file, standard input, or the person at the terminal.
Never from an argument, which every process on the machine could read."""

import getpass
import sys
from pathlib import Path

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from apps.accounts.models import User


def read_password(source: str | None) -> str:
    """`source` is a file, `-` for standard input, or None to ask. A final line end is dropped."""
    if source is None:
        return _ask()
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text()
    except (OSError, UnicodeDecodeError) as problem:
        raise CommandError(f"The password file {source} cannot be read: {problem}.") from problem
    return text.removesuffix("\n").removesuffix("\r")


def check_password(password: str, user: User) -> None:
    """Says as one sentence after the other why a password will not do."""
    try:
        validate_password(password, user)
    except ValidationError as problem:
        raise CommandError(" ".join(problem.messages)) from problem


def _ask() -> str:
    if not sys.stdin.isatty():
        raise CommandError("Nobody is there to ask; name a file with --password-file, or - .")
    first = getpass.getpass("New password: ")
    if first != getpass.getpass("Once more: "):
        raise CommandError("The two passwords differ. Nothing was changed.")
    return first
