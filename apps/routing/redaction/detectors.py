"""The finders that come with the house, by name."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from apps.routing.redaction.addresses import emails, same_email
from apps.routing.redaction.births import birth_dates, same_date
from apps.routing.redaction.cards import cards
from apps.routing.redaction.ibans import ibans
from apps.routing.redaction.keys import private_keys, web_tokens
from apps.routing.redaction.national_ids import national_ids
from apps.routing.redaction.networks import ips, logins, same_ip
from apps.routing.redaction.papers import passports, ssns
from apps.routing.redaction.phones import phones, same_phone
from apps.routing.redaction.rules import Action, Find, Same, Span
from apps.routing.redaction.secrets import secrets
from apps.routing.redaction.shadow import Shadow, fold, shadow_of

# Where it hits, in the shadow's own characters.
_Look = Callable[[Shadow], Iterable[tuple[int, int]]]


@dataclass(frozen=True, slots=True)
class Detector:
    """`name` is what people call it, `label` what stands in a placeholder, `hint` what it finds."""

    slug: str
    name: str
    label: str
    hint: str
    find: Find = field(repr=False, compare=False)
    same: Same = field(repr=False, compare=False)
    usual_action: Action


def same_signs(value: str) -> str:
    """Blanks, dashes and dots make no other number of it."""
    return "".join(filter(str.isalnum, fold(value))).upper()


def _finds(look: _Look) -> Find:
    def find(text: str) -> list[Span]:
        shadow = shadow_of(text)
        return [shadow.span(start, end) for start, end in look(shadow)]

    return find


_ALL = (
    Detector(
        *("email", "E-mail addresses", "EMAIL", "mia@example.com"),
        *(_finds(emails), same_email, Action.RESTORE),
    ),
    Detector(
        *("phone", "Phone numbers", "PHONE"),
        "Numbers written as phones are, anywhere in the world, or beside a word that says so",
        *(_finds(phones), same_phone, Action.RESTORE),
    ),
    Detector(
        *("card", "Payment cards", "CARD"),
        "Card numbers whose check digit is right, however they are spaced",
        *(_finds(cards), same_signs, Action.RESTORE),
    ),
    Detector(
        *("iban", "Bank accounts (IBAN)", "IBAN"),
        "International account numbers whose check digits are right",
        *(_finds(ibans), same_signs, Action.RESTORE),
    ),
    Detector(
        *("ssn", "US social security numbers", "SSN", "123-45-6789, or nine digits beside “SSN”"),
        *(_finds(ssns), same_signs, Action.RESTORE),
    ),
    Detector(
        *("national-id", "National identity and tax numbers", "ID"),
        "Identity, tax and health numbers of some forty countries, by their check digits",
        *(_finds(national_ids), same_signs, Action.RESTORE),
    ),
    Detector(
        *("passport", "Passports", "PASSPORT"),
        "Numbers beside “passport” in several languages, and a passport’s two coded lines",
        *(_finds(passports), same_signs, Action.RESTORE),
    ),
    Detector(
        *("birth-date", "Dates of birth", "BIRTH"),
        "A date beside “born”, “date of birth” and the like in a dozen languages",
        *(_finds(birth_dates), same_date, Action.RESTORE),
    ),
    Detector(
        *("ip", "IP addresses", "IP", "192.168.1.20 and 2001:db8::1, but no version numbers"),
        *(_finds(ips), same_ip, Action.RESTORE),
    ),
    Detector(
        *("url-credentials", "Passwords in web addresses", "LOGIN"),
        "postgres://name:password@host",
        *(_finds(logins), fold, Action.BLOCK),
    ),
    Detector(
        *("secrets", "Passwords and API keys", "SECRET"),
        "Keys of some hundred services, and what stands behind “password =” or “api key:”",
        *(_finds(secrets), fold, Action.BLOCK),
    ),
    Detector(
        *("private-key", "Private keys", "KEY", "-----BEGIN PRIVATE KEY----- and the like"),
        *(_finds(private_keys), fold, Action.BLOCK),
    ),
    Detector(
        *(
            "jwt",
            "Sign-in tokens (JWT)",
            "TOKEN",
            "Tokens that begin with eyJ and have three parts",
        ),
        *(_finds(web_tokens), fold, Action.BLOCK),
    ),
)
DETECTORS: Mapping[str, Detector] = {one.slug: one for one in _ALL}
