"""One embedded PostgreSQL for the whole run, shared by all pytest workers; each worker makes its
own test database in it. It must run before Django reads its settings, hence the module level."""

import contextlib
import os
import shutil
import sys
import tempfile
from importlib import import_module
from pathlib import Path

import django
import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(CHECKOUT))

from apps.core.house.cluster import Cluster  # noqa: E402
from apps.core.vault import house_secrets  # noqa: E402

MOST_WORKERS = 8
# Migration → the function in it that makes rows.
MAKERS = {
    "apps.accounts.migrations.0002_household": "make_household",
    "apps.connections.migrations.0002_built_in": "make_built_in",
}
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class House:
    """A data folder, and a cluster unless DATABASE_URL names one, that last as long as the run.
    Workers inherit both through the environment and start nothing."""

    def __init__(self) -> None:
        # Directly below the temporary folder: where pytest keeps its own, the user PostgreSQL runs
        # as may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="gatehouse-test-"))
        os.environ["GATEHOUSE_DATA_DIR"] = str(self.folder)
        self._running = contextlib.ExitStack()
        if not os.environ.get("DATABASE_URL"):
            cluster = Cluster(
                self.folder,
                house_secrets(self.folder),
                processes=4 * MOST_WORKERS,
                may_create_databases=True,
                is_durable=False,
            )
            os.environ["DATABASE_URL"] = self._running.enter_context(cluster.running())

    def end(self) -> None:
        self._running.close()
        shutil.rmtree(self.folder, ignore_errors=True)


HOUSE = None if "PYTEST_XDIST_WORKER" in os.environ else House()


def pytest_configure(config: pytest.Config) -> None:
    django.setup()
    # They need models, so they cannot be named in pytest_plugins, which is read before this.
    config.pluginmanager.import_plugin("tests.cast")
    config.pluginmanager.import_plugin("tests.gateway.standing")


def pytest_unconfigure() -> None:
    if HOUSE is not None:
        HOUSE.end()


@pytest.fixture(autouse=True)
def what_every_house_has(request: pytest.FixtureRequest) -> None:
    """The rows that migrations make, and nothing kept in memory of the test before. A test that
    really commits empties all tables behind itself, and one that is rolled back lets the same
    version of the catalogue come again with another content: the next one on the same worker would
    stand in a house that cannot be."""
    uses_database = {"db", "transactional_db"} & set(request.fixturenames)
    if not uses_database and request.node.get_closest_marker("django_db") is None:
        return
    request.getfixturevalue("_django_db_helper")
    from django.apps import apps

    from apps.accounts.models import Household
    from apps.catalog import listing
    from apps.catalog.models import Provider
    from apps.usage.rankings import counting

    listing._standing = None
    counting._kept.clear()
    if not (Household.objects.exists() and Provider.objects.filter(slug="custom").exists()):
        for migration, maker in MAKERS.items():
            getattr(import_module(migration), maker)(apps, None)
