import shutil
from dataclasses import replace

import numpy as np
import pytest

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.chip_filter import EVERY_CHIP
from frors_qgis.engine.archive.geopackage_index import GeoPackageIndex
from frors_qgis.engine.archive.index import Index
from frors_qgis.engine.archive.records import ChipRecord, Level
from frors_qgis.engine.archive.segment_folder import SegmentFolder
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.search import searcher as searcher_module
from frors_qgis.engine.search.ground_size import nearest_level, readable_levels, similar_range
from frors_qgis.engine.search.overlap import overlaps_any, shared_area, without_overlaps
from frors_qgis.engine.search.query import Query
from frors_qgis.engine.search.searcher import Searcher
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.conftest import ColourEncoder, write_geotiff


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive of two rasters of 2048 px at 10 m, every 64 px of another colour; not to be changed."""
    folder = tmp_path_factory.mktemp("made")
    tiles = np.random.default_rng(5).integers(0, 255, (3, 32, 32), dtype=np.uint8)
    one = tiles.repeat(64, axis=1).repeat(64, axis=2)
    paths = [write_geotiff(folder / "one.tif", one), write_geotiff(folder / "two.tif", 255 - one)]
    path = folder / "colours.gpkg"
    with Archive.create(path, encoder="colours", encoder_sha256="0" * 64, dimension=4) as archive:
        IndexRun(archive, Levels(), ColourEncoder, lambda *_: None, lambda: None).index(map(str, paths))
    return path


@pytest.fixture
def colour_archive(made, tmp_path):
    """A copy of it, open for writing."""
    with Archive.open(shutil.copy(made, tmp_path / "colours.gpkg"), writable=True) as archive:
        yield archive


@pytest.fixture
def searcher(colour_archive, tmp_path):
    searcher = Searcher(
        colour_archive, GeoPackageIndex(colour_archive, Index(colour_archive, SegmentFolder(tmp_path / "index")))
    )
    yield searcher
    searcher.close()


def chip(column, row, size, raster=1, number=1):
    return ChipRecord(number, raster, column, row, size, size, 1.0, 4, 1.0, [])


def test_a_chip_finds_itself_first_and_scores_fall(searcher, colour_archive):
    for number in (1, 50, 300):
        found = searcher.search(Query(colour_archive.embedding(number), k=20)).matches
        assert found[0].chip.id == number
        assert found[0].score == pytest.approx(1, abs=2e-3)
        assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)
        assert [match.rank for match in found] == list(range(1, 21))


def test_no_two_matches_lie_on_top_of_each_other(searcher, colour_archive):
    chips = [match.chip for match in searcher.search(Query(colour_archive.embedding(7), k=100)).matches]
    for i, one in enumerate(chips):
        for other in chips[:i]:
            assert one.raster_id != other.raster_id or shared_area(one, other) <= 0.2


def test_as_many_matches_come_as_are_asked_for_when_there_are_enough(searcher, colour_archive):
    assert len(searcher.search(Query(colour_archive.embedding(1), k=60)).matches) == 60


def test_the_filters_apply_before_the_search(searcher, colour_archive):
    records = colour_archive.rasters()
    vector = colour_archive.embedding(1)
    in_two = searcher.search(Query(vector, k=10, rasters=frozenset({records[1].id}))).matches
    assert len(in_two) == 10
    assert {match.chip.raster_id for match in in_two} == {records[1].id}
    longitude, latitude = colour_archive.chips([200])[0].footprint[0]
    extent = (longitude - 0.01, latitude - 0.01, longitude + 0.01, latitude + 0.01)
    near = searcher.search(Query(vector, k=1000, extent=extent)).matches
    assert near
    assert all(abs(match.chip.footprint[0][0] - longitude) < 0.06 for match in near)


def test_a_hidden_chip_is_not_found_nor_anything_else_on_its_place(searcher, colour_archive):
    vector = colour_archive.embedding(7)
    first = searcher.search(Query(vector, k=40)).matches
    hidden = tuple(match.chip.id for match in first[:2])
    left = searcher.search(Query(vector, k=40, hidden=hidden)).matches
    assert [match.rank for match in left] == list(range(1, 41))
    for match in left:
        assert match.chip.id not in hidden
        assert all(shared_area(match.chip, one.chip) <= 0.2 for one in first[:2] if same_raster(one, match))


def beaten_by(searcher, vector, best):
    """A chip on the place of a match that scores lower than it."""
    index = searcher._index
    ids, scores = index.search(vector, len(index), EVERY_CHIP)
    records = searcher._archive.chips(ids.tolist())
    return next(
        record
        for record, score in zip(records, scores, strict=True)
        if score < best.score and overlaps_any(record, [best.chip])
    )


def test_a_positive_example_wins_its_place_from_a_neighbour_that_scores_higher(searcher, colour_archive):
    vector = colour_archive.embedding(7)
    best = searcher.search(Query(vector, k=40)).matches[0]
    right = beaten_by(searcher, vector, best)
    for apart in (0.0, 4000.0):
        found = searcher.search(Query(vector, k=40, apart=apart, positive=frozenset({right.id}))).matches
        chips = [match.chip for match in found]
        assert right.id in [chip.id for chip in chips]
        assert best.chip.id not in [chip.id for chip in chips]
        assert list(without_overlaps(chips)) == chips
        assert [match.rank for match in found] == list(range(1, len(found) + 1))
        assert [match.score for match in found] == sorted((match.score for match in found), reverse=True)


def test_a_positive_example_stays_beside_a_hidden_chip(searcher, colour_archive):
    vector = colour_archive.embedding(7)
    best = searcher.search(Query(vector, k=40)).matches[0]
    right = beaten_by(searcher, vector, best)
    query = Query(vector, k=40, hidden=(best.chip.id,), positive=frozenset({right.id}))
    assert right.id in [match.chip.id for match in searcher.search(query).matches]


def test_a_positive_example_passes_no_filter_that_it_does_not_pass_and_keeps_no_place_then(searcher, colour_archive):
    vector = colour_archive.embedding(7)
    best = searcher.search(Query(vector, k=40, ground_size=1280.0)).matches[0]
    large = next(
        chip
        for chip in colour_archive.chips(searcher._index.search(vector, len(searcher._index), EVERY_CHIP)[0].tolist())
        if chip.cells == 8 and overlaps_any(chip, [best.chip])
    )
    query = Query(vector, k=40, ground_size=1280.0, positive=frozenset({large.id}))
    assert searcher.search(query).matches[0].chip.id == best.chip.id
    assert large.id not in [match.chip.id for match in searcher.search(query).matches]


def same_raster(one, other):
    return one.chip.raster_id == other.chip.raster_id


def test_hidden_chips_do_not_keep_others_away_from_their_surroundings(searcher, colour_archive):
    vector = colour_archive.embedding(7)
    first = searcher.search(Query(vector, k=40)).matches
    hidden = tuple(match.chip.id for match in first[:5])
    far = searcher.search(Query(vector, k=400, apart=6000.0, hidden=hidden)).matches
    assert len(far) >= len(searcher.search(Query(vector, k=400, apart=6000.0)).matches) - 1


def test_a_search_looks_at_no_more_chips_than_it_should(searcher, colour_archive, monkeypatch):
    asked = []
    search = searcher._index.search
    monkeypatch.setattr(searcher_module, "_MOST_FETCHED", 100)
    monkeypatch.setattr(searcher._index, "search", lambda *a: asked.append(a[1]) or search(*a))
    found = searcher.search(Query(colour_archive.embedding(1), k=10, apart=50_000.0)).matches
    assert 0 < len(found) < 10
    assert max(asked) == 100


def test_nothing_below_the_least_score_is_fetched_in_vain(searcher, colour_archive, monkeypatch):
    asked = []
    search = searcher._index.search
    monkeypatch.setattr(searcher._index, "search", lambda *a: asked.append(a[1]) or search(*a))
    searcher.search(Query(colour_archive.embedding(1), k=10, apart=50_000.0, least_score=0.99))
    assert len(asked) == 1


def test_a_hidden_chip_that_is_not_there_is_an_error(searcher, colour_archive):
    with pytest.raises(EngineError) as caught:
        searcher.search(Query(colour_archive.embedding(1), hidden=(10**6,)))
    assert caught.value.code is ErrorCode.CHIP_UNKNOWN


@pytest.fixture
def dated(colour_archive, searcher):
    """The first raster was acquired in May 2024; when the second one was is not known."""
    one, _ = colour_archive.rasters()
    colour_archive.update_raster(replace(one, acquired="2024-05-17"))
    return searcher


@pytest.mark.parametrize(
    ("since", "until", "found"),
    [
        ("2024-05-17", "2024-05-17", True),
        ("2024-05-01", None, True),
        (None, "2024-06-01", True),
        ("2024-05-18", None, False),
        (None, "2024-05-16", False),
    ],
)
def test_dates_leave_the_rasters_of_another_time_out_and_those_of_an_unknown_one(
    dated, colour_archive, since, until, found
):
    matches = dated.search(Query(colour_archive.embedding(1), k=400, since=since, until=until)).matches
    assert {match.chip.raster_id for match in matches} == ({1} if found else set())


@pytest.mark.parametrize(("months", "found"), [({5}, True), ({4, 6}, False)])
def test_months_are_those_of_any_year(dated, colour_archive, months, found):
    matches = dated.search(Query(colour_archive.embedding(1), k=400, months=frozenset(months))).matches
    assert {match.chip.raster_id for match in matches} == ({1} if found else set())


def test_matches_below_the_least_score_are_left_out(searcher, colour_archive):
    vector = colour_archive.embedding(1)
    all_of_them = searcher.search(Query(vector, k=60)).matches
    found = searcher.search(Query(vector, k=60, least_score=0.9))
    assert [match.chip.id for match in found.matches] == [m.chip.id for m in all_of_them if m.score >= 0.9]
    nothing = searcher.search(Query(-vector, k=60, least_score=0.999))
    assert nothing.matches == []
    assert "lower the least score" in nothing.note


def test_matches_keep_a_distance_on_the_ground_whatever_raster_they_are_of(searcher, colour_archive):
    found = searcher.search(Query(colour_archive.embedding(1), k=400, apart=4000.0)).matches
    centres = np.radians([np.mean(match.chip.footprint, axis=0) for match in found])
    assert len(found) > 5
    for i, (longitude, latitude) in enumerate(centres):
        across = (centres[:i, 0] - longitude) * np.cos(latitude)
        assert (6_371_000 * np.hypot(across, centres[:i, 1] - latitude) > 3990).all()


@pytest.mark.parametrize("wrong", [{"months": frozenset({0})}, {"months": frozenset({13})}, {"apart": -1.0}])
def test_filters_that_make_no_sense_are_refused(wrong):
    with pytest.raises(EngineError) as caught:
        Query(np.ones(4, np.float32), **wrong)
    assert caught.value.code is ErrorCode.BAD_REQUEST


@pytest.mark.parametrize("acquired", ["", "2024", "yesterday", "9999-99-99"])
def test_an_acquisition_that_is_no_date_passes_no_date_filter(acquired):
    assert not Query(np.ones(4, np.float32), until="9999-12-31").admits(acquired)


@pytest.mark.parametrize("day", ["2024", "2024-13-01", "31.05.2024", "20240531", ""])
def test_what_is_no_date_is_refused(day):
    with pytest.raises(EngineError, match="no date such as"):
        Query(np.ones(4, np.float32), since=day)


def test_chips_of_similar_ground_size_only_unless_any_size_is_asked_for(searcher, colour_archive):
    vector = colour_archive.embedding(1)
    assert {m.chip.cells for m in searcher.search(Query(vector, k=50, ground_size=1280.0)).matches} == {4}
    assert {m.chip.cells for m in searcher.search(Query(vector, k=50, ground_size=2560.0)).matches} == {8}
    assert {m.chip.cells for m in searcher.search(Query(vector, k=400)).matches} == {4, 8}


def test_a_box_far_from_every_chip_in_size_is_told_so(searcher, colour_archive):
    found = searcher.search(Query(colour_archive.embedding(1), k=5, ground_size=60.0))
    assert len(found.matches) == 5
    assert "finer GSD" in found.note


def test_a_filter_that_leaves_nothing_gives_no_matches_and_a_note(searcher, colour_archive):
    found = searcher.search(Query(colour_archive.embedding(1), extent=(100.0, 10.0, 101.0, 11.0)))
    assert found.matches == []
    assert "widen" in found.note


def test_the_searcher_follows_what_is_added_and_removed(searcher, colour_archive, colour_encoder, write_raster):
    vector = colour_archive.embedding(1)
    searcher.search(Query(vector))
    colour_archive.remove_raster(colour_archive.rasters()[0].id)
    left = {record.id for record in colour_archive.rasters()}
    assert {match.chip.raster_id for match in searcher.search(Query(vector)).matches} <= left
    new = write_raster(np.full((3, 300, 300), 200, np.uint8), "new.tif")
    IndexRun(colour_archive, Levels(), lambda: colour_encoder, lambda *_: None, lambda: None).index([str(new)])
    added = colour_archive.rasters()[-1].id
    assert added in {m.chip.raster_id for m in searcher.search(Query(vector, k=5000)).matches}


def test_an_empty_archive_says_that_it_is_empty(tmp_path):
    path = tmp_path / "empty.gpkg"
    with (
        Archive.create(path, encoder="colours", encoder_sha256="0" * 64, dimension=4) as archive,
        pytest.raises(EngineError) as caught,
    ):
        Searcher(archive, archive.chip_index(tmp_path)).search(Query(np.ones(4, np.float32)))
    assert caught.value.code is ErrorCode.ARCHIVE_EMPTY


def test_a_raster_that_is_not_there_is_named(searcher):
    with pytest.raises(EngineError) as caught:
        searcher.search(Query(np.ones(4, np.float32), rasters=frozenset({99})))
    assert caught.value.code is ErrorCode.RASTER_UNKNOWN


@pytest.mark.parametrize("values", [{"k": 0}, {"k": 10**9}, {"ground_size": -1.0}, {"ground_size": float("inf")}])
def test_a_query_that_makes_no_sense_is_a_bad_request(values):
    with pytest.raises(EngineError) as caught:
        Query(np.ones(4, np.float32), **values)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_of_half_overlapping_neighbours_only_the_best_stays_and_those_that_touch_stay_too():
    best, beside, diagonal, touching = chip(0, 0, 8), chip(4, 0, 8), chip(4, 4, 8), chip(8, 0, 8)
    assert list(without_overlaps([best, beside, diagonal, touching])) == [best, touching]


def test_a_small_chip_inside_a_large_one_is_the_same_place_but_not_on_another_raster():
    large, small, elsewhere = chip(0, 0, 8), chip(2, 2, 4), chip(2, 2, 4, raster=2)
    assert list(without_overlaps([large, small, elsewhere])) == [large, elsewhere]


def test_the_nearest_level_is_nearest_by_ratio():
    small, large, coarse = Level(0.3, 4, 1), Level(0.3, 8, 1), Level(10.0, 4, 1)
    levels = [small, large, coarse]
    assert nearest_level(levels, 50.0) is small
    assert nearest_level(levels, 60.0) is large
    assert nearest_level(levels, 900.0) is coarse


def test_a_raster_is_not_compared_with_chips_much_finer_than_it_unless_there_are_no_others():
    aerial, satellite = Level(0.3, 8, 1), Level(7.2, 4, 1)
    assert readable_levels([aerial, satellite], gsd=7.2) == [satellite]
    assert readable_levels([aerial, satellite], gsd=0.3) == [aerial, satellite]
    assert readable_levels([aerial], gsd=7.2) == [aerial]
    assert readable_levels([Level(1.8, 4, 1), satellite], gsd=7.2) == [Level(1.8, 4, 1), satellite]


def test_no_box_between_two_window_sizes_is_left_without_similar_chips():
    for size in np.linspace(128, 256, 50):
        (low, high), note = similar_range([128.0, 256.0], float(size))
        assert note is None
        assert low <= 128 <= high or low <= 256 <= high


def test_where_only_chips_of_another_size_lie_the_nearest_of_those_are_found(searcher, colour_archive):
    record = colour_archive.rasters()[0]
    found = searcher.search(
        Query(colour_archive.embedding(1), k=5, ground_size=100_000.0, rasters=frozenset({record.id}))
    )
    assert {match.chip.cells for match in found.matches} == {8}
    assert "coarser GSD" in found.note
