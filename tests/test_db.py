"""The tables and the two ways in, on both kinds of database."""

from storylib.db import Database


def test_a_database_opens(database: Database) -> None:
    assert database.revision() == "0001"
