import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardrails", "0002_guardrails_of_all"),
        ("keys", "0005_frozen_by"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="guardrail",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="key",
                to="guardrails.guardrail",
            ),
        ),
    ]
