from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_asks_providers"),
    ]

    operations = [
        migrations.AddField(
            model_name="household",
            name="rankings_are_public",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Whether people without an account see them.",
            ),
        ),
    ]
