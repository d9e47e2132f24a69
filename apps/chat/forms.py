"""What a person sends from the chat page."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from apps.chat.carried import Carried, Damaged
from apps.chat.files import File, WrongFile, checked
from apps.chat.models import TITLE_LETTERS

LONGEST_MESSAGE = 200_000
LONGEST_INSTRUCTIONS = 20_000
TOKEN_LETTERS = 64
WRONG = ("invalid", "min_value", "max_value")
TEMPERATURE = "A temperature is a number from 0 to 2, such as 0.7."
NOTHING = "Write a message first."
GO_ON = "Go on where you stopped."
ID = re.compile(r"[0-9]{1,18}")


def whole_message(typed: object) -> str:
    """Raises ValidationError where it is too long."""
    text = str(typed).replace("\r\n", "\n").replace("\x00", "")
    if len(text) > LONGEST_MESSAGE:
        raise forms.ValidationError(
            f"This message has {len(text):,} letters, and {LONGEST_MESSAGE:,} is the most. "
            "Shorten it, or send it in parts."
        )
    return text


class InstructionsForm(forms.Form):
    """What stands under *more*: asked with every answer of a chat."""

    instructions = forms.CharField(
        required=False,
        max_length=LONGEST_INSTRUCTIONS,
        error_messages={
            "max_length": f"The instructions have at most {LONGEST_INSTRUCTIONS:,} letters."
        },
    )
    temperature = forms.FloatField(
        required=False, min_value=0, max_value=2, error_messages=dict.fromkeys(WRONG, TEMPERATURE)
    )


class SayForm(InstructionsForm):
    """A message, or `again`: another answer to one that stands, or `go_on`: the rest of an answer.
    `token` tells one sending of a form from the next, so that pressing twice asks once. A private
    chat sends its whole `thread`; `look` wants nothing sent to a model, `edit` one's own message
    back in the field."""

    text = forms.CharField(required=False, strip=False)
    instead = forms.CharField(required=False, max_length=250)
    accept = forms.CharField(required=False, max_length=600)
    go_on = forms.BooleanField(required=False)
    again = forms.IntegerField(required=False, min_value=1)
    parent = forms.IntegerField(required=False, min_value=1)
    project = forms.IntegerField(required=False, min_value=1)
    private = forms.BooleanField(required=False)
    thread = forms.CharField(required=False, strip=False)
    model = forms.CharField(
        max_length=250, error_messages={"required": "Choose a model for the answer."}
    )
    terms: Any = None  # what is to be accepted before the chosen model answers
    offers: Sequence[Any] = ()  # models that could, where the chosen one cannot
    carried: Carried | None = None  # the thread of a private chat, as its page sent it
    is_other_kind = False  # the page must be shown anew: stored where it was private, or reversed
    token = forms.CharField(
        max_length=TOKEN_LETTERS,
        error_messages={"required": "This page was not whole. Load it again, then send."},
    )

    def only_shown(self) -> "SayForm":
        """Read, without a word about what is missing for an answer."""
        self.full_clean()
        damaged = self.errors.get("thread")
        self.errors.clear()
        if damaged and self.carried is None:
            self.errors["thread"] = damaged
        return self

    def clean_text(self) -> str:
        if self.data.get("go_on"):
            return GO_ON
        return whole_message(self.cleaned_data["text"])

    def clean_thread(self) -> str:
        try:
            if thread := str(self.cleaned_data["thread"]):
                self.carried = Carried.read(thread)
                self.carried.must_fit()
        except Damaged as problem:
            raise forms.ValidationError(str(problem)) from None
        return ""

    def clean(self) -> dict[str, Any]:
        wish = super().clean() or self.cleaned_data
        if wish.get("instead"):  # `author/name`, with the message to answer again behind it
            wish["model"], _, again = str(wish["instead"]).partition(" ")
            wish["again"] = int(again) if ID.fullmatch(again) else wish.get("again")
        self._read_accept(wish)
        wish["files"], wish["keep"] = [], []
        if self.errors or wish.get("again") or wish.get("go_on"):
            return wish
        wish["keep"] = [int(one) for one in self._all("keep") if ID.fullmatch(one)]
        wish["files"] = self._files(kept=len(wish["keep"]))
        if not wish["text"].strip() and not wish["files"] and not wish["keep"]:
            raise forms.ValidationError(NOTHING)
        return wish

    def accepting(self, digests: Sequence[str]) -> str:
        """What a button sends to accept these and ask the same once more."""
        wish = self.cleaned_data
        rest = "go" if wish.get("go_on") else wish.get("again") or ""
        return f"{','.join(digests)} {wish['model']} {rest}".strip()

    def _read_accept(self, wish: dict[str, Any]) -> None:
        digests, model, rest = [*str(wish.get("accept") or "").split(" "), "", ""][:3]
        wish["accept"] = digests.split(",") if digests else []
        wish["model"] = model or wish.get("model")
        if rest == "go":
            wish["go_on"], wish["text"] = True, GO_ON
        elif ID.fullmatch(rest):
            wish["again"] = int(rest)

    def _files(self, *, kept: int) -> list[File]:
        given = self.files.getlist("files") if isinstance(self.files, MultiValueDict) else []
        try:
            return checked(given, kept=kept)
        except WrongFile as problem:
            raise forms.ValidationError(str(problem)) from None

    def _all(self, name: str) -> list[str]:
        return self.data.getlist(name) if isinstance(self.data, MultiValueDict) else []

    @property
    def to_answer_again(self) -> int | None:
        """The message that was to be answered again."""
        found: int | None = self.cleaned_data.get("again")
        return found

    @property
    def sentence(self) -> str:
        """What is wrong, for where there is room for one sentence."""
        found = [str(one) for errors in self.errors.values() for one in errors]
        return found[0] if found else ""

    def once(self, owner_id: int, conversation_id: int | None) -> bytes:
        """The same for the same form sent twice with the same words, else never. The token is kept
        nowhere, so that nothing can be guessed from this value."""
        wish = self.cleaned_data
        parts = (owner_id, conversation_id, wish["parent"], wish["again"], wish["model"])
        files = [hashlib.sha256(one.data).digest() for one in wish["files"]]
        said = repr((*parts, "" if wish["again"] else wish["text"], files, wish["keep"]))
        return hmac.digest(wish["token"].encode(), said.encode("utf-8", "replace"), hashlib.sha256)


class ThreadForm(InstructionsForm):
    title = forms.CharField(
        max_length=TITLE_LETTERS,
        error_messages={
            "required": "Give the chat a name.",
            "max_length": f"A name has at most {TITLE_LETTERS} letters.",
        },
    )
