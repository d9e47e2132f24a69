from django.db import migrations

from apps.core.sqlfile import run_sql_file

# A plan for each slice that is made anew.


class Migration(migrations.Migration):
    dependencies = [("usage", "0007_days")]
    operations = [run_sql_file(__file__, "recorder.sql")]
