from __future__ import annotations

import pytest

from frors_qgis.location import DatabaseLocation, is_database
from frors_qgis.protocol import EngineError, ErrorCode


@pytest.mark.parametrize(
    ("text", "options", "schema"),
    [
        ("postgresql:service=maps schema=aerials", {"service": "maps"}, "aerials"),
        (
            "postgresql: host=db.example port=5433  schema='two words' ",
            {"host": "db.example", "port": "5433"},
            "two words",
        ),
        (r"postgresql:dbname='it\'s' schema='a\\b'", {"dbname": "it's"}, "a\\b"),
        ("postgresql:schema=ümlaut", {}, "ümlaut"),
    ],
)
def test_a_location_is_read_and_written(text, options, schema):
    location = DatabaseLocation.parse(text)
    assert (dict(location.options), location.schema) == (options, schema)
    assert DatabaseLocation.parse(str(location)) == location
    assert is_database(text)


@pytest.mark.parametrize(
    "text",
    [
        "postgresql:",
        "postgresql:service=maps",
        "postgresql:schema=",
        "postgresql:schema=pg_catalog",
        f"postgresql:schema={'x' * 64}",
        "postgresql:schema='open",
        "postgresql:schema=a options=-csearch_path=public",
        "postgresql:schema=a passfile=/etc/shadow",
        "postgresql:service=maps schema=a password=sesame",
        "postgresql://ann:sesame@db.example/maps",
        "postgresql:sesame schema=a",
        "postgresql:schema=a\0b",
    ],
)
def test_what_is_no_location_is_refused_without_a_word_of_what_could_be_secret(text):
    with pytest.raises(EngineError) as caught:
        DatabaseLocation.parse(text)
    assert caught.value.code is ErrorCode.BAD_REQUEST
    assert "sesame" not in caught.value.message


def test_a_path_is_no_database(tmp_path):
    assert not is_database(tmp_path)
    assert not is_database("/archives/postgresql:schema=a.gpkg")


def test_its_name_says_where_it_is():
    assert DatabaseLocation.parse("postgresql:service=maps schema=a").name == "a (maps)"
    assert DatabaseLocation.parse("postgresql:host=db dbname=maps schema=a").name == "a (maps@db)"
    assert DatabaseLocation.parse("postgresql:schema=a").name == "a"


def test_another_archive_beside_it_has_a_name_that_postgresql_takes():
    beside = DatabaseLocation.parse("postgresql:service=maps schema=a").beside("ü" * 60)
    assert beside.schema == "ü" * 31
    assert DatabaseLocation.parse(str(beside)) == beside
