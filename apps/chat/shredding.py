"""Destroys stored chats: with a row goes the key that opens its texts, so that no copy of the
database can be read again either."""

from django.db import transaction

from apps.chat.models import Conversation, ConversationSet
from apps.projects.models import Project


def count(project: Project | None) -> int:
    return _kept(project).count()


@transaction.atomic
def delete(project: Project | None) -> int:
    """Chats that begin meanwhile wait for the rows of their projects, and are then judged anew."""
    places = Project.objects.order_by("id").select_for_update()
    list((places.filter(pk=project.pk) if project else places).values_list("pk"))
    _, by_kind = _kept(project).delete()
    return by_kind.get(Conversation._meta.label, 0)


def _kept(project: Project | None) -> ConversationSet:
    own = Conversation.objects.order_by()
    return own.filter(project=project) if project else own.all()
