"""`manage.py freeze`: the panic switch, for when no browser is at hand."""

from apps.keys import making
from apps.keys.management.freezing import Acts, FreezingCommand
from apps.projects import changing


class Command(FreezingCommand):
    help = "Freezes a project, one member of it, or a key: what runs ends within seconds."
    did = "frozen"
    acts = Acts(making.freeze, changing.freeze_member, changing.freeze)
