"""One name per provider; and what every house has from the start: the provider for whatever speaks
OpenAI, and the demonstration model, which is there before any account is connected."""

from django.db import migrations, models

DEMO = "gatehouse/demo:free"
ABOUT = {
    "source": "own",
    "context_length": 8192,
    "input_modalities": ["text"],
    "output_modalities": ["text"],
    "abilities": ["stream"],
}


def make_built_in(apps, schema_editor):
    apps.get_model("catalog", "Provider").objects.get_or_create(
        slug="custom",
        defaults={"name": "Custom", "source": "own", "cap_parameter": "max_tokens"},
    )
    provider = _provider(apps)
    author, _ = apps.get_model("catalog", "Author").objects.get_or_create(
        slug="gatehouse", defaults={"name": "Gatehouse"}
    )
    model, _ = apps.get_model("catalog", "LanguageModel").objects.get_or_create(
        slug=DEMO,
        defaults={"author": author, "name": "Demonstration", "open_weights": False, **ABOUT},
    )
    apps.get_model("catalog", "Endpoint").objects.get_or_create(
        key=f"{DEMO}@gatehouse",
        defaults={
            "model": model,
            "provider": provider,
            "upstream_id": DEMO,
            "largest_context_length": 8192,
            "max_completion_tokens": 1024,
            "pricing": {"prompt": "0", "completion": "0"},
            "price_source": "Gatehouse",
            **ABOUT,
        },
    )
    apps.get_model("connections", "Connection").objects.get_or_create(
        provider=provider, name="Demo model", defaults={"base_url": "unix:demo"}
    )


def _provider(apps):
    provider, _ = apps.get_model("catalog", "Provider").objects.get_or_create(
        slug="gatehouse",
        defaults={
            "name": "Gatehouse",
            "source": "own",
            "base_url": "unix:demo",
            "stops_on_cancel": "yes",
            "cap_parameter": "max_tokens",
            "cap_bounds_reasoning": True,
            "data_policy": {"trains": "no", "retention_days": 0, "zdr": "yes"},
        },
    )
    return provider


class Migration(migrations.Migration):
    dependencies = [
        ("catalog", "0001_initial"),
        ("connections", "0001_initial"),
    ]
    operations = [
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.UniqueConstraint(
                fields=("provider", "name"), name="one_connection_by_name"
            ),
        ),
        migrations.RunPython(make_built_in, migrations.RunPython.noop),
    ]
