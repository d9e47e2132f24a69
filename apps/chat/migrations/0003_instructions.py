from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chat", "0002_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="locked_instructions",
            field=models.TextField(blank=True, default=""),
        ),
        migrations.AddField(
            model_name="conversation",
            name="temperature",
            field=models.FloatField(help_text="Empty: as the model has it.", null=True),
        ),
    ]
