"""What becomes of stored chats where a project is set to keep nothing: they go with their keys, and
nobody else's go with them."""

from apps.chat.models import Attachment, Conversation, Message
from apps.guardrails import chats
from apps.projects.models import Project
from tests.cast import Cast
from tests.chat.chats import make_chat


def test_a_projects_chats_go_with_every_message_and_file(cast: Cast) -> None:
    other = Project.objects.create(name="Office", slug="office")
    kept = make_chat(cast, cast.owner, "Something else", "Yes.")
    Conversation.objects.filter(pk=kept.pk).update(project=other)
    make_chat(cast, cast.owner, "One", "Two", "Three")
    gone = make_chat(cast, cast.member, "Four")
    Attachment.objects.create(
        message=gone.messages.get(), media_type="text/plain", size=1, locked_content=b"x"
    )
    assert (chats.count(cast.project), chats.count(other), chats.count(None)) == (2, 1, 3)
    assert chats.delete(cast.project) == 2
    assert list(Conversation.objects.values_list("pk", flat=True)) == [kept.pk]
    assert set(Message.objects.values_list("conversation", flat=True)) == {kept.pk}
    assert not Attachment.objects.exists()


def test_the_whole_house_may_be_emptied_at_once(cast: Cast) -> None:
    make_chat(cast, cast.owner, "One", "Two")
    make_chat(cast, cast.member, "Three")
    assert chats.delete(None) == 2
    assert chats.delete(None) == chats.count(None) == 0
    assert not Message.objects.exists()
