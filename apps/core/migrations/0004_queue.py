"""Installs the queue's SQL where the broker is this database and nobody installed it before."""

from django.conf import settings
from django.db import migrations
from pgmq import get_embedded_install_sql


def install(apps, schema_editor):
    if not settings.CELERY_BROKER_URL.startswith("pgmq:"):
        return
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT to_regnamespace('pgmq') IS NOT NULL")
        if cursor.fetchone()[0]:
            return
        cursor.execute(get_embedded_install_sql())


class Migration(migrations.Migration):
    dependencies = [("core", "0003_changes")]
    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
