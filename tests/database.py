"""The database of these tests, for programs that they start."""

from urllib.parse import quote

from django.db import connection


def database_url() -> str:
    place = connection.settings_dict
    login = f"{quote(place['USER'])}:{quote(place['PASSWORD'], safe='')}"
    host = quote(place["HOST"], safe="")
    return f"postgres://{login}@/{place['NAME']}?host={host}&port={place['PORT']}"
