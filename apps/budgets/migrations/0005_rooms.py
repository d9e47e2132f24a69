from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What a hold leaves in each of a call's windows, for its receipt.


class Migration(migrations.Migration):
    dependencies = [("budgets", "0004_webhooks")]
    operations = [run_sql_file(__file__, "ledger.sql")]
