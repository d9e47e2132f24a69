"""Calls are found by their whole id, never by its beginning: the indexes Django adds for LIKE would
only be written, twice for every call."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("usage", "0002_recorder")]
    operations = [
        migrations.RunSQL(
            """
            DROP INDEX IF EXISTS usage_generation_id_1e3758d1_like;
            DROP INDEX IF EXISTS usage_generationdetail_generation_id_30d4407f_like;
            """,
            migrations.RunSQL.noop,
        )
    ]
