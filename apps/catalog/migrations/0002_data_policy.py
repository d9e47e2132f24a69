from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="data_policy",
            field=models.JSONField(
                blank=True, default=dict, help_text="Where it differs from its provider's."
            ),
        ),
    ]
