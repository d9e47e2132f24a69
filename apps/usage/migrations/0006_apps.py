import django.contrib.postgres.fields
import django.utils.timezone
from django.db import migrations, models

# Who called before apps had rows of their own is known by the name that stands in the sums.
MET_BEFORE = """
    INSERT INTO usage_app (identity, slug, name, categories, first_seen_at)
    SELECT app,
           CASE WHEN plain IN ('', 'unknown') OR place > 1
                THEN coalesce(nullif(plain, ''), 'app') || '-' || left(md5(app), 8)
                ELSE plain END,
           app, '{}', since
      FROM (SELECT app, plain, since, row_number() OVER (PARTITION BY plain ORDER BY app) AS place
              FROM (SELECT app, min(starts_at) AS since,
                           trim(BOTH '-' FROM left(regexp_replace(
                               lower(app COLLATE "C"), '[^a-z0-9]+', '-', 'g'), 50)) AS plain
                      FROM usage_usagequarter WHERE app <> '' GROUP BY app) named) placed
"""


class Migration(migrations.Migration):
    dependencies = [
        ("usage", "0005_health"),
    ]

    operations = [
        migrations.CreateModel(
            name="App",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.CharField(max_length=100, unique=True)),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=100)),
                (
                    "categories",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), default=list, size=None
                    ),
                ),
                ("first_seen_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RunSQL(MET_BEFORE, migrations.RunSQL.noop),
    ]
