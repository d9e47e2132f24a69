import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("connections", "0005_by_hand")]
    operations = [
        migrations.AddField(
            model_name="connection",
            name="free_calls_per_day",
            field=models.PositiveIntegerField(
                blank=True,
                help_text="What this account gets, where it is not the usual.",
                null=True,
            ),
        ),
        migrations.CreateModel(
            name="FreeCalls",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day_starts_at", models.DateTimeField()),
                ("used", models.PositiveIntegerField(default=0)),
                ("minute_at", models.DateTimeField()),
                ("minute_used", models.PositiveIntegerField(default=0)),
                (
                    "connection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="connections.connection",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("connection", "day_starts_at"), name="one_count_of_free_calls"
                    )
                ],
            },
        ),
    ]
