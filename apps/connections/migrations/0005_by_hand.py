from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0004_data_policy")]

    operations = [
        migrations.AddField(
            model_name="connectionendpoint",
            name="is_by_hand",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="It stays whatever the connection reports.",
            ),
        ),
    ]
