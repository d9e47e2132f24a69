"""Accepting, in the chat itself, what a free model's provider may do with what is typed: asked when
the first message goes there, and nothing typed is lost over it."""

from dataclasses import dataclass

from apps.accounts.models import User
from apps.catalog.accepting import accept
from apps.catalog.free import BOARD
from apps.chat.choices import Choice
from apps.chat.fitting import Unfit
from apps.chat.forms import SayForm

ASK = "{name} is free because {provider} may learn from what is typed. {board}"


@dataclass(frozen=True)
class Asked:
    """For the box: where it is all told, and what its button sends."""

    provider: str
    slug: str
    value: str


class Unaccepted(Unfit):
    def __init__(self, form: SayForm, choice: Choice) -> None:
        terms = choice.terms
        assert terms is not None
        super().__init__(ASK.format(name=choice.name, provider=terms.provider, board=BOARD))
        self.asked = Asked(terms.provider, terms.slug, form.accepting(terms.digests))


def note_accepted(form: SayForm, person: User) -> None:
    if digests := form.cleaned_data["accept"]:
        accept(person, digests)


def must_be_accepted(form: SayForm, choice: Choice) -> None:
    """Raises Unaccepted."""
    if choice.terms is not None:
        raise Unaccepted(form, choice)
