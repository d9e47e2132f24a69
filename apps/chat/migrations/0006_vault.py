from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_budgets")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="locked_vault",
            field=models.TextField(
                blank=True,
                default="",
                help_text="What the placeholders in its answers stand for.",
            ),
        ),
    ]
