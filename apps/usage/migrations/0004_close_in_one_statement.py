from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("usage", "0003_fewer_indexes")]
    operations = [run_sql_file(__file__, "recorder.sql")]
