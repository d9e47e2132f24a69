from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("guardrails", "0002_guardrails_of_all")]

    operations = [
        migrations.AddField(
            model_name="guardrail",
            name="scrubs",
            field=models.BooleanField(
                default=True, help_text="Whether its rules act; they are kept while it is off."
            ),
        ),
    ]
