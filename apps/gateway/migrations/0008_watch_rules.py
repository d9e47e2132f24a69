from django.db import migrations

# A policy is compiled from its guardrail and the rules that stand below it.
NAME = "changed_guardrails_scrubrule"


class Migration(migrations.Migration):
    dependencies = [
        ("gateway", "0007_versions_of_budgets"),
        ("guardrails", "0002_guardrails_of_all"),
    ]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER {NAME} AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE "
            "ON guardrails_scrubrule FOR EACH STATEMENT EXECUTE FUNCTION core_changed('keys')",
            f"DROP TRIGGER {NAME} ON guardrails_scrubrule",
        )
    ]
