from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What a hold leaves in each of a call's windows, for its receipt.


class Migration(migrations.Migration):
    dependencies = [("gateway", "0009_free_calls"), ("budgets", "0005_rooms")]
    operations = [run_sql_file(__file__, "money.sql")]
