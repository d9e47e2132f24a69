from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_household")]

    operations = [
        migrations.AddField(
            model_name="household",
            name="setup_step",
            field=models.CharField(
                blank=True,
                default="",
                help_text="Waits to be finished; empty: none.",
                max_length=20,
            ),
        ),
    ]
