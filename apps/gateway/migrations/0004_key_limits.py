from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0003_watch_changes"),
        ("keys", "0002_limits_and_rolling"),
    ]
    operations = [run_sql_file(__file__, "money.sql")]
