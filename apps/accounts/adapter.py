"""How allauth behaves in this house: nobody signs up by themselves, and a failed sign-in says the
same whether or not the person exists."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from apps.accounts.models import User
from apps.core.http import is_page_of_house

MISMATCH = "That password does not fit this name. Check both and try again."


class HouseAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": MISMATCH,
        "username_password_mismatch": MISMATCH,
        "incorrect_password": "That is not your password. Try again.",
        "too_many_login_attempts": "Too many tries. Wait five minutes, then try again.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made by the one-time set-up link and by those who look after the house."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """The page one lands on says enough; allauth's own messages are not shown."""

    def is_safe_url(self, url: str | None) -> bool:
        """allauth's own rule allows whole addresses too."""
        return is_page_of_house(url)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Failed tries count per person, by whichever name and at whichever of the house's
        addresses they are made; allauth's own key would let each be tried anew."""
        name = str(credentials.get("email") or credentials.get("username") or "").strip()
        person = User.objects.named(name).values_list("pk", flat=True).first()
        return f"person:{person}" if person else f"name:{name.lower()}"
