from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0001_initial"),
        ("accounts", "0001_initial"),
        ("budgets", "0002_ledger"),
        ("keys", "0001_initial"),
        ("projects", "0001_initial"),
        ("usage", "0002_recorder"),
    ]
    operations = [run_sql_file(__file__, "money.sql")]
