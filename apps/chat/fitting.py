"""Whether the chosen model can read what a message brings along, and the thread before it; if not,
the sentence and the models that can."""

from apps.chat.attachments import kept_from
from apps.chat.choices import Choice
from apps.chat.files import LARGEST_THREAD, shown_size
from apps.chat.forms import NOTHING, SayForm
from apps.chat.models import Attachment, Conversation
from apps.chat.threads import Tree

NO_EYES = "{name} does not read pictures. Choose a model that does; your message is kept."
NO_EYES_HERE = (
    "This chat has pictures, and {name} does not read them. Choose a model that does; your message "
    "is kept."
)
TOO_MUCH = (
    "The files of this chat would have {size} together, and {most} is the most a model is sent at "
    "once. Begin a new chat with the files that matter."
)


class Unfit(Exception):
    """`needs_eyes` where another model would do."""

    def __init__(self, sentence: str, *, needs_eyes: bool = False) -> None:
        super().__init__(sentence)
        self.needs_eyes = needs_eyes


def must_fit(form: SayForm, conversation: Conversation | None, choice: Choice) -> None:
    """Raises Unfit."""
    wish = form.cleaned_data
    kept = kept_from(conversation, wish["keep"])
    if not (wish["again"] or wish["text"].strip() or wish["files"] or kept):
        raise Unfit(NOTHING)
    new, old = wish["files"], kept + _on_the_way(form, conversation)
    size = sum(len(one.data) for one in new) + sum(one.size for one in old)
    if size > LARGEST_THREAD:
        most = shown_size(LARGEST_THREAD)
        raise Unfit(TOO_MUCH.format(size=shown_size(size), most=most))
    if choice.reads_pictures:
        return
    if any(one.is_picture for one in new):
        raise Unfit(NO_EYES.format(name=choice.name), needs_eyes=True)
    if any(one.is_picture for one in old):
        raise Unfit(NO_EYES_HERE.format(name=choice.name), needs_eyes=True)


def _on_the_way(form: SayForm, conversation: Conversation | None) -> list[Attachment]:
    """The files the model would read again."""
    if conversation is None:
        return []
    if not Attachment.objects.filter(message__conversation=conversation).exists():
        return []
    tree = Tree.of(conversation)
    wanted = form.cleaned_data["again"] or form.cleaned_data["parent"]
    leaf = next((one for one in tree.messages if one.pk == wanted), None)
    return [one for message in tree.upto(leaf) for one in tree.files.get(message.pk, ())]
