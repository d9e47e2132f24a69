from django.db import migrations

from apps.core.sqlfile import run_sql_file


class Migration(migrations.Migration):
    dependencies = [("budgets", "0001_initial")]
    operations = [run_sql_file(__file__, "ledger.sql")]
