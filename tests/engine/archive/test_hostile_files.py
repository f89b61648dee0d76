"""Files that are no archive, or are one no longer."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from osgeo import ogr

from frors_qgis.engine.archive import blocks, verification
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.geopackage import register_functions
from frors_qgis.engine.archive.raster_files import raster_file
from frors_qgis.engine.archive.records import NewChips, RasterRecord
from frors_qgis.engine.descriptions import matches_json
from frors_qgis.engine.search.query import Match
from frors_qgis.protocol import EngineError, ErrorCode

MakeChips = Callable[..., NewChips]


def _tamper(path: Path, *statements: str) -> None:
    """What somebody may do to the file who first puts the writer's mark there."""
    connection = sqlite3.connect(path)
    register_functions(connection)
    connection.execute("INSERT INTO writer VALUES (1)")
    for statement in statements:
        connection.execute(statement)
    connection.execute("DELETE FROM writer WHERE active = 1")
    connection.commit()
    connection.close()


def _refusal(path: Path, writable: bool = False) -> EngineError:
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(EngineError) as caught:
        Archive.open(path, writable=writable)
    assert before is None or path.read_bytes() == before
    assert str(path) in caught.value.message
    return caught.value


@pytest.mark.parametrize("writable", [True, False])
def test_what_is_not_there_is_missing(tmp_path: Path, writable: bool) -> None:
    (tmp_path / "file").write_text("x")
    assert _refusal(tmp_path / "none.gpkg", writable).code == ErrorCode.ARCHIVE_MISSING
    assert _refusal(tmp_path / "file" / "none.gpkg", writable).code == ErrorCode.ARCHIVE_MISSING
    assert not (tmp_path / "none.gpkg").exists()


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("content", [b"", b"no archive", b"\0" * 5000, b"SQLite format 2\0" + b"x" * 5000])
def test_other_files_are_no_archive(tmp_path: Path, content: bytes, writable: bool) -> None:
    path = tmp_path / "a.gpkg"
    path.write_bytes(content)
    assert _refusal(path, writable).code == ErrorCode.ARCHIVE_INVALID


def test_a_folder_is_no_archive(tmp_path: Path) -> None:
    assert _refusal(tmp_path).code == ErrorCode.ARCHIVE_INVALID


@pytest.mark.parametrize("writable", [True, False])
def test_a_plain_database_and_the_geopackage_of_somebody_else_stay_untouched(tmp_path: Path, writable: bool) -> None:
    plain = tmp_path / "plain.gpkg"
    connection = sqlite3.connect(plain)
    connection.execute("CREATE TABLE chips (fid INTEGER)")
    connection.commit()
    connection.close()
    assert _refusal(plain, writable).code == ErrorCode.ARCHIVE_INVALID
    foreign = tmp_path / "foreign.gpkg"
    dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(foreign))
    dataset.CreateLayer("chips", geom_type=ogr.wkbPolygon)
    del dataset
    assert _refusal(foreign, writable).code == ErrorCode.ARCHIVE_INVALID


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("UPDATE archive_info SET value = '2' WHERE key = 'format_version'", ErrorCode.ARCHIVE_NEWER),
        ("UPDATE archive_info SET value = 'x' WHERE key = 'format_version'", ErrorCode.ARCHIVE_DAMAGED),
        ("DELETE FROM archive_info WHERE key = 'format_version'", ErrorCode.ARCHIVE_DAMAGED),
        ("DELETE FROM archive_info WHERE key = 'encoder'", ErrorCode.ARCHIVE_DAMAGED),
        ("UPDATE archive_info SET value = '-5' WHERE key = 'dimension'", ErrorCode.ARCHIVE_DAMAGED),
        ("UPDATE archive_info SET value = '9999999999999' WHERE key = 'dimension'", ErrorCode.ARCHIVE_DAMAGED),
        ("UPDATE archive_info SET value = x'00ff' WHERE key = 'id'", ErrorCode.ARCHIVE_DAMAGED),
        ("UPDATE archive_info SET value = CAST(x'ff' AS TEXT) WHERE key = 'id'", ErrorCode.ARCHIVE_DAMAGED),
        ("PRAGMA application_id = 0", ErrorCode.ARCHIVE_INVALID),
        ("DROP TABLE archive_info", ErrorCode.ARCHIVE_INVALID),
        ("DROP TABLE chips", ErrorCode.ARCHIVE_DAMAGED),
        ("DROP TABLE rasters", ErrorCode.ARCHIVE_DAMAGED),
        ("DROP TABLE embeddings", ErrorCode.ARCHIVE_DAMAGED),
        ("ALTER TABLE archive_info RENAME COLUMN value TO worth", ErrorCode.ARCHIVE_DAMAGED),
    ],
)
def test_archives_that_cannot_be_read_say_why(filled: Archive, statement: str, code: ErrorCode, writable: bool) -> None:
    filled.close()
    _tamper(filled.path, statement)
    assert _refusal(filled.path, writable).code == code


@pytest.mark.parametrize("statement", ["DELETE FROM archive_info", "UPDATE archive_info SET value = 'many'"])
def test_an_archive_that_cannot_say_whether_it_changed_is_damaged(filled: Archive, statement: str) -> None:
    _tamper(filled.path, f"{statement} WHERE key = 'removals'")
    with pytest.raises(EngineError) as caught:
        filled.generation()
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED


@pytest.mark.parametrize("writable", [True, False])
@pytest.mark.parametrize("share", [0.0005, 0.1, 0.5, 0.9, 0.999])
def test_a_truncated_archive_is_damaged(filled: Archive, share: float, writable: bool) -> None:
    filled.close()
    content = filled.path.read_bytes()
    filled.path.write_bytes(content[: int(len(content) * share)])
    assert _refusal(filled.path, writable).code == ErrorCode.ARCHIVE_DAMAGED


def _read_everything(path: Path) -> None:
    with Archive.open(path) as archive:
        archive.rasters()
        archive.levels()
        ids = archive.chips_within((-180, -90, 180, 90)).tolist()
        archive.chips(ids)
        for _ in archive.batches():
            pass


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE embeddings SET data = substr(data, 1, 100) WHERE id = 1",
        "UPDATE embeddings SET data = zeroblob(length(data)) WHERE id = 1",
        "UPDATE embeddings SET data = 'text' WHERE id = 1",
        "UPDATE embeddings SET checksum = checksum + 1 WHERE id = 1",
        "UPDATE embeddings SET count = 31 WHERE id = 1",
        "UPDATE embeddings SET count = 1000000000000 WHERE id = 1",
        "UPDATE embeddings SET count = -1 WHERE id = 1",
        "UPDATE embeddings SET first_chip = 2 WHERE id = 1",
        "UPDATE embeddings SET first_chip = -9223372036854775808 WHERE id = 1",
        "UPDATE embeddings SET first_chip = 9223372036854775807 WHERE id = 1",
        "UPDATE embeddings SET dimension = 8 WHERE id = 1",
        "UPDATE embeddings SET raster = 2, block = 5 WHERE id = 1",
        "UPDATE embeddings SET first_chip = 'one' WHERE id = 1",
        "DELETE FROM chips WHERE fid = 7",
        "UPDATE chips SET gsd = 'fine' WHERE fid = 7",
        "UPDATE chips SET gsd = -1 WHERE fid = 7",
        "UPDATE chips SET gsd = 1e-320 WHERE fid = 7",
        "UPDATE chips SET gsd = 1e300 WHERE fid = 7",
        "UPDATE chips SET cells = 9e999 WHERE fid = 7",
        "UPDATE chips SET cells = 4294967296 WHERE fid = 7",
        "UPDATE chips SET raster = 2 WHERE fid = 7",
    ],
)
def test_damaged_embeddings_are_noticed_when_read_and_when_verified(filled: Archive, statement: str) -> None:
    filled.close()
    _tamper(filled.path, statement)
    with pytest.raises(EngineError) as caught:
        _read_everything(filled.path)
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
    with Archive.open(filled.path) as archive:
        assert archive.verify() != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE chips SET geom = x'4750' WHERE fid = 7",
        "UPDATE chips SET geom = 'text' WHERE fid = 7",
        "UPDATE chips SET geom = zeroblob(101) WHERE fid = 7",
        "UPDATE rasters SET stretch = '[1]' WHERE id = 1",
        "UPDATE rasters SET metadata = '{' WHERE id = 1",
        "UPDATE rasters SET transform = '[1,2]' WHERE id = 1",
        "UPDATE rasters SET transform = '[1,2,3,4,5,NaN]' WHERE id = 1",
        "UPDATE rasters SET transform = '[1,2,3,4,5,1" + "0" * 400 + "]' WHERE id = 1",
        "UPDATE rasters SET width = 'wide' WHERE id = 1",
        "UPDATE rasters SET gsd = 0 WHERE id = 1",
        "UPDATE rasters SET path = x'00' WHERE id = 1",
        "UPDATE rasters SET path = 'a' || char(0) || 'b' WHERE id = 1",
        "UPDATE rasters SET state = 'dancing' WHERE id = 1",
        "UPDATE rasters SET plan = '" + "[" * 100_000 + "' WHERE id = 1",
    ],
)
def test_damaged_rows_are_noticed_when_read_and_when_verified(filled: Archive, statement: str) -> None:
    filled.close()
    _tamper(filled.path, "DROP TRIGGER rtree_chips_geom_update1", "DROP TRIGGER rtree_chips_geom_update2", statement)
    with pytest.raises(EngineError) as caught:
        _read_everything(filled.path)
    assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
    with Archive.open(filled.path) as archive:
        assert archive.verify() != []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_ogr_contents SET feature_count = 3",
        "DELETE FROM gpkg_ogr_contents",
        "DELETE FROM rtree_chips_geom WHERE id = 7",
        "UPDATE rtree_chips_geom SET minx = 100, maxx = 101 WHERE id = 7",
        "DELETE FROM rasters WHERE id = 1",
        "DELETE FROM embeddings WHERE id = 1",
        "DROP TRIGGER frors_chips_update",
        "INSERT INTO writer VALUES (2)",
    ],
)
def test_verify_finds_what_does_not_fit_together(filled: Archive, statement: str) -> None:
    filled.close()
    _tamper(filled.path, statement)
    with Archive.open(filled.path) as archive:
        problems = archive.verify()
    assert problems
    assert all(problem.endswith(".") for problem in problems)


def test_coordinates_too_near_to_zero_for_the_spatial_index_are_no_damage(
    filled: Archive, make_chips: MakeChips
) -> None:
    chips = make_chips(4, dimension=filled.dimension)
    chips.footprints[:, 2:, 1] = -3e-306
    filled.write_block(1, 77, chips)
    assert filled.verify() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE sqlite_sequence SET seq = 'x'",
        "UPDATE sqlite_sequence SET seq = 9223372036854775807",
        "DELETE FROM sqlite_sequence",
        "UPDATE gpkg_ogr_contents SET feature_count = 'x'",
        "UPDATE gpkg_contents SET min_x = 'x', max_y = NULL",
        "UPDATE archive_info SET value = 9223372036854775807 WHERE key = 'removals'",
    ],
)
def test_counters_that_lie_stop_nobody_with_a_strange_error(
    filled: Archive, make_chips: MakeChips, statement: str
) -> None:
    filled.close()
    _tamper(filled.path, statement)
    try:
        with Archive.open(filled.path, writable=True) as archive:
            archive.generation()
            archive.remove_raster(2)
            archive.write_block(1, 7, make_chips(3, dimension=16))
            assert archive.chip_count() == 53
    except EngineError as error:
        code = error.code
    else:
        code = ErrorCode.ARCHIVE_DAMAGED
    assert code == ErrorCode.ARCHIVE_DAMAGED


def test_a_flipped_bit_in_an_embedding_is_noticed(filled: Archive, make_chips: MakeChips) -> None:
    filled.close()
    content = bytearray(filled.path.read_bytes())
    vector = make_chips(20, seed=3, dimension=16).vectors.astype("<f2")[7].tobytes()
    place = content.index(vector)
    content[place + 5] ^= 0x10
    filled.path.write_bytes(content)
    with Archive.open(filled.path) as archive:
        for call in (lambda: list(archive.batches()), lambda: archive.embedding(63)):
            with pytest.raises(EngineError) as caught:
                call()
            assert caught.value.code == ErrorCode.ARCHIVE_DAMAGED
        (problem,) = archive.verify()
    assert "checksum" in problem


def test_bits_flipped_anywhere_never_give_another_error(
    filled: Archive, make_chips: MakeChips, make_record: Callable[..., RasterRecord]
) -> None:
    filled.close()
    content = filled.path.read_bytes()
    generator = np.random.default_rng(11)
    codes = set()
    for _ in range(150):
        flipped = bytearray(content)
        for place in generator.integers(0, len(content), 8):
            flipped[place] ^= 1 << int(generator.integers(0, 8))
        filled.path.write_bytes(flipped)
        try:
            _read_everything(filled.path)
            with Archive.open(filled.path, writable=True) as archive:
                archive.verify()
                archive.write_block(2, 1, make_chips(3, dimension=16))
                archive.remove_raster(1)
        except EngineError as error:
            codes.add(error.code)
    assert ErrorCode.ARCHIVE_DAMAGED in codes
    assert not codes & {ErrorCode.INTERNAL, ErrorCode.BAD_REQUEST, ErrorCode.DISK_FULL, ErrorCode.ARCHIVE_BUSY}


def test_verifying_ends_where_damage_leads_round_in_a_circle(filled: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "next_row", lambda connection, after: blocks.next_row(connection, 0))
    assert "Embedding block 1 overlaps the block before it." in filled.verify()


def test_a_raster_whose_path_no_file_can_have_is_not_there(filled: Archive) -> None:
    filled.close()
    _tamper(filled.path, "UPDATE rasters SET relative_path = replace(hex(zeroblob(4000)), '0', 'a') WHERE id = 1")
    _tamper(filled.path, "UPDATE rasters SET path = '/' || replace(hex(zeroblob(4000)), '0', 'a') WHERE id = 1")
    with Archive.open(filled.path) as archive:
        assert raster_file(archive, archive.raster(1))[1] is False


def test_matches_in_a_raster_that_the_archive_does_not_have_are_refused(filled: Archive) -> None:
    filled.close()
    _tamper(filled.path, "DELETE FROM rasters WHERE id = 1")
    with Archive.open(filled.path) as archive, pytest.raises(EngineError) as caught:
        matches_json(archive, [Match(1, 1.0, archive.chips([1])[0])], None)
    assert caught.value.code == ErrorCode.RASTER_UNKNOWN
