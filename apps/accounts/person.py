"""Who is signed in, for pages that the login middleware opens to nobody else."""

from django.http import HttpRequest

from apps.accounts.models import User


def person_of(request: HttpRequest) -> User:
    user = request.user
    assert isinstance(user, User), "this page is open to strangers"
    return user
