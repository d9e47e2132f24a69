import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("guardrails", "0001_initial"),
        ("projects", "0002_frozen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="GuardrailChange",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("lines", models.JSONField(default=list)),
            ],
            options={
                "ordering": ["-at", "-id"],
            },
        ),
        migrations.CreateModel(
            name="RuleHits",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("rule", models.CharField(max_length=60)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("flag", "Count it only"),
                            ("restore", "Replace it, and put it back in the answer"),
                            ("redact", "Replace it for good"),
                            ("block", "Stop the message"),
                        ],
                        max_length=10,
                    ),
                ),
                ("day", models.DateField()),
                ("count", models.PositiveBigIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="ScrubRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("detector", "What the house can recognise"),
                            ("words", "Words of your own"),
                            ("pattern", "A pattern"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "detector",
                    models.CharField(
                        blank=True, help_text="A name of redaction's own.", max_length=30
                    ),
                ),
                ("name", models.CharField(max_length=60)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("flag", "Count it only"),
                            ("restore", "Replace it, and put it back in the answer"),
                            ("redact", "Replace it for good"),
                            ("block", "Stop the message"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "scope",
                    models.CharField(
                        choices=[("user", "What people write"), ("all", "Everything that is sent")],
                        default="all",
                        max_length=10,
                    ),
                ),
                (
                    "locked",
                    models.TextField(
                        blank=True,
                        help_text="Encrypted JSON: words, or a pattern and its examples.",
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "ordering": ["id"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="guardrail",
            name="one_house_rail",
        ),
        migrations.AddField(
            model_name="guardrail",
            name="covers",
            field=models.CharField(
                choices=[
                    ("household", "The whole household"),
                    ("project", "The project"),
                    ("member", "One member"),
                    ("key", "One key"),
                ],
                default="project",
                max_length=10,
            ),
        ),
        # The household's own row was known by having no project.
        migrations.RunSQL(
            "UPDATE guardrails_guardrail SET covers = 'household' WHERE project_id IS NULL",
            migrations.RunSQL.noop,
        ),
        migrations.AddField(
            model_name="guardrail",
            name="max_completion_price",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="guardrail",
            name="max_prompt_price",
            field=models.DecimalField(blank=True, decimal_places=6, max_digits=12, null=True),
        ),
        migrations.AddField(
            model_name="guardrail",
            name="media",
            field=models.CharField(
                choices=[("allow", "May leave the house"), ("block", "Stay in the house")],
                default="allow",
                help_text="Pictures, sound and files, which no rule can read.",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="guardrail",
            name="membership",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="guardrail",
                to="projects.membership",
            ),
        ),
        migrations.AddConstraint(
            model_name="guardrail",
            constraint=models.UniqueConstraint(
                condition=models.Q(("covers", "household")),
                fields=("covers",),
                name="one_house_rail",
            ),
        ),
        migrations.AddConstraint(
            model_name="guardrail",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("covers__in", ["household", "key"]),
                        ("membership", None),
                        ("project", None),
                    ),
                    models.Q(
                        ("covers", "project"), ("membership", None), ("project__isnull", False)
                    ),
                    models.Q(
                        ("covers", "member"), ("membership__isnull", False), ("project", None)
                    ),
                    _connector="OR",
                ),
                name="rail_names_whom_it_covers",
            ),
        ),
        migrations.AddField(
            model_name="guardrailchange",
            name="actor",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="guardrailchange",
            name="guardrail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="changes",
                to="guardrails.guardrail",
            ),
        ),
        migrations.AddField(
            model_name="rulehits",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="projects.project"
            ),
        ),
        migrations.AddField(
            model_name="scrubrule",
            name="guardrail",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="rules",
                to="guardrails.guardrail",
            ),
        ),
        migrations.AddConstraint(
            model_name="rulehits",
            constraint=models.UniqueConstraint(
                fields=("project", "rule", "action", "day"), name="one_count_a_day"
            ),
        ),
        migrations.AddConstraint(
            model_name="scrubrule",
            constraint=models.UniqueConstraint(
                fields=("guardrail", "name"), name="one_rule_by_name"
            ),
        ),
    ]
