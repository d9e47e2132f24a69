"""The backup the README describes: a copy of the whole folder is the house again."""

import subprocess

import psycopg

from apps.core.house.cluster import Cluster
from apps.core.vault import house_secrets
from tests.house.folders import data_folder


def test_a_copy_of_the_whole_folder_opens_with_its_data_and_secrets() -> None:
    with data_folder() as parent:
        first, copy = parent / "house", parent / "copy"
        first.mkdir()
        secrets = house_secrets(first)
        locked = secrets.encrypt("a provider's key", "row 1")
        with Cluster(first, secrets, processes=1).running() as url, psycopg.connect(url) as one:
            one.execute("CREATE TABLE kept (locked text)")
            one.execute("INSERT INTO kept VALUES (%s)", [locked])
        subprocess.run(["cp", "-a", str(first), str(copy)], check=True)

        again = house_secrets(copy)
        with Cluster(copy, again, processes=1).running() as url, psycopg.connect(url) as one:
            row = one.execute("SELECT locked FROM kept").fetchone()
    assert row is not None
    assert again.decrypt(row[0], "row 1") == "a provider's key"
