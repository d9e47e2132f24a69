from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("usage", "0010_finding")]
    operations = [
        migrations.AddIndex(
            model_name="generation",
            index=models.Index(
                condition=models.Q(("state", "released")),
                fields=["-id"],
                include=(
                    "project_id",
                    "key_id",
                    "user_id",
                    "app",
                    "requested_model",
                    "model",
                    "provider",
                    "state",
                    "status",
                    "error_type",
                    "was_cancelled",
                    "created_at",
                ),
                name="calls_unsent",
            ),
        ),
    ]
