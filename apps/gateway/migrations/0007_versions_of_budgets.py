from django.db import migrations

# Which budgets bind is read with the versions of the rules; whatever raises one is news there too.
WATCHED = [
    ("projects_project", "INSERT OR UPDATE OF policy_version, archived_at OR DELETE OR TRUNCATE"),
    ("accounts_household", "UPDATE OF policy_version"),
]


def _watch(table, moments):
    return migrations.RunSQL(
        f"CREATE TRIGGER changed_{table}_for_budgets AFTER {moments} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_changed('budgets')",
        f"DROP TRIGGER changed_{table}_for_budgets ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("gateway", "0006_budgets")]
    operations = [_watch(table, moments) for table, moments in WATCHED]
