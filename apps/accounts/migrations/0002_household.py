"""The one household row, so that everything after it may lock it."""

from django.db import migrations


def make_household(apps, schema_editor):
    apps.get_model("accounts", "Household").objects.get_or_create(id=1)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunPython(make_household, migrations.RunPython.noop)]
