from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0004_key_limits"),
        ("usage", "0004_close_in_one_statement"),
    ]
    operations = [run_sql_file(__file__, "money.sql")]
