"""What every room shares: the version counters that tell web processes their view is stale."""

from django.db import models


class ChangeCounter(models.Model):
    """One row per topic. Database triggers raise it in the transaction that changed the topic, so
    no writer, not even one at a psql prompt, can forget to."""

    topic = models.CharField(max_length=30, primary_key=True)
    version = models.BigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.topic} {self.version}"

    @classmethod
    def version_of(cls, topic: str) -> int:
        return cls.objects.filter(topic=topic).values_list("version", flat=True).first() or 0
