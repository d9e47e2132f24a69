from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("core", "0002_cache_table")]
    operations = [run_sql_file(__file__, "changes.sql")]
