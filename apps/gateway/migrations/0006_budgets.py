from django.db import migrations

from apps.core.sqlfile import run_sql_file

# What a call does to a window, its figures, is nobody's news; that there is one, and its limit, is.
WATCHED = [
    ("budgets_budget", "INSERT OR UPDATE OR DELETE OR TRUNCATE"),
    ("budgets_budgetmember", "INSERT OR UPDATE OR DELETE OR TRUNCATE"),
    ("budgets_budgetwindow", "INSERT OR UPDATE OF limit_usd, extra_usd OR DELETE OR TRUNCATE"),
    ("keys_apikey_budgets", "INSERT OR UPDATE OR DELETE OR TRUNCATE"),
]


def _watch(table, moments):
    return migrations.RunSQL(
        f"CREATE TRIGGER changed_{table} AFTER {moments} ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION core_changed('budgets')",
        f"DROP TRIGGER changed_{table} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0005_close_in_one_statement"),
        ("budgets", "0003_kept_whole"),
        ("keys", "0004_frozen"),
        ("projects", "0002_frozen"),
    ]
    operations = [
        *(_watch(table, moments) for table, moments in WATCHED),
        run_sql_file(__file__, "money.sql"),
    ]
