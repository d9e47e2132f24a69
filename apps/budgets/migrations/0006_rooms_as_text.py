from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What a hold leaves in each window is only written down: as text it costs the hold less.


class Migration(migrations.Migration):
    dependencies = [("budgets", "0005_rooms")]
    operations = [run_sql_file(__file__, "ledger.sql")]
