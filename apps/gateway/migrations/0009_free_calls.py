from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What somebody accepted is part of what binds their calls.
NAME = "changed_catalog_freeacceptance"


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0008_watch_rules"),
        ("catalog", "0004_free"),
        ("connections", "0006_free_calls"),
    ]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {NAME} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            "ON catalog_freeacceptance FOR EACH STATEMENT EXECUTE FUNCTION core_changed('keys')",
            f"DROP TRIGGER {NAME} ON catalog_freeacceptance",
        ),
        run_sql_file(__file__, "free_calls.sql"),
    ]
