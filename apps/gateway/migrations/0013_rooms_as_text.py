from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What a hold leaves in each window is only written down: as text it costs the hold less.


class Migration(migrations.Migration):
    dependencies = [("gateway", "0012_dismissed_hints"), ("budgets", "0006_rooms_as_text")]
    operations = [run_sql_file(__file__, "money.sql")]
