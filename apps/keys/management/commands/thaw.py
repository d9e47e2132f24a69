"""`manage.py thaw`: calls run again in what was frozen."""

from apps.keys import making
from apps.keys.management.freezing import Acts, FreezingCommand
from apps.projects import changing


class Command(FreezingCommand):
    help = "Thaws a project, one member of it, or a key."
    did = "thawed"
    acts = Acts(making.thaw, changing.thaw_member, changing.thaw)
