import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("connections", "0003_last_ok"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="forwards_elsewhere",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="What answers at home hands on what it is sent.",
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="attested_on",
            field=models.DateField(
                blank=True, help_text="Zero retention is agreed since then.", null=True
            ),
        ),
        migrations.AddField(
            model_name="connection",
            name="attested_note",
            field=models.CharField(blank=True, db_default="", max_length=300),
        ),
        migrations.AddField(
            model_name="connection",
            name="attested_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="connection",
            name="attested_by",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
    ]
