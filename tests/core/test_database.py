"""What DATABASE_URL says reaches PostgreSQL's own client, whichever way it is asked."""

from psycopg.conninfo import conninfo_to_dict

from config.database import from_url


def test_what_the_address_says_goes_before_the_houses_own_wish() -> None:
    database = from_url("postgres://lea:p%40ss@db.example:5433/house?sslmode=require")
    told = conninfo_to_dict(database.for_libpq(connect_timeout=2))
    assert (told["user"], told["password"], told["dbname"]) == ("lea", "p@ss", "house")
    assert (told["host"], told["port"], told["sslmode"]) == ("db.example", "5433", "require")
    assert told["connect_timeout"] == "2"
    patient = from_url("postgres://lea@db.example/house?connect_timeout=9")
    assert conninfo_to_dict(patient.for_libpq(connect_timeout=2))["connect_timeout"] == "9"
