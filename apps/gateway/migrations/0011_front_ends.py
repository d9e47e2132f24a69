from django.db import migrations

from apps.core.sqlfile import run_sql_file

# Whom a trusted front end may name is known by e-mail.
NAME = "changed_accounts_user_email"


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0010_rooms"),
        ("keys", "0007_front_ends"),
    ]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {NAME} AFTER UPDATE OF email ON accounts_user "
            "FOR EACH STATEMENT EXECUTE FUNCTION core_changed('keys')",
            f"DROP TRIGGER {NAME} ON accounts_user",
        ),
        run_sql_file(__file__, "money.sql"),
    ]
