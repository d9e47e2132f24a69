from django.db import migrations

TOPICS = {
    "keys": [
        "keys_apikey",
        "projects_project",
        "projects_membership",
        ("accounts_user", "is_active, role"),
        "guardrails_guardrail",
        ("accounts_household", "policy_version"),
    ],
    "catalog": [
        "catalog_author",
        "catalog_provider",
        "catalog_languagemodel",
        "catalog_endpoint",
        "connections_connection",
        "connections_connectionendpoint",
    ],
}


def _watch(topic, table, columns):
    update = f"UPDATE OF {columns}" if columns else "UPDATE"
    name = f"changed_{table}"
    return migrations.RunSQL(
        f"CREATE TRIGGER {name} AFTER INSERT OR {update} OR DELETE OR TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION core_changed('{topic}')",
        f"DROP TRIGGER {name} ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0002_money"),
        ("core", "0003_changes"),
        ("catalog", "0001_initial"),
        ("connections", "0001_initial"),
        ("guardrails", "0001_initial"),
    ]
    operations = [
        _watch(topic, *(entry if isinstance(entry, tuple) else (entry, "")))
        for topic, entries in TOPICS.items()
        for entry in entries
    ]
