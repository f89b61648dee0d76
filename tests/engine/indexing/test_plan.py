import numpy as np
import pytest

from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.indexing.plan import Levels, Plan
from frors_qgis.protocol import EngineError, ErrorCode

DEFAULT_LEVELS = Levels()


@pytest.fixture
def plan_of(write_raster):
    def make(width, height, levels=DEFAULT_LEVELS):
        with Raster(write_raster(np.zeros((height, width), np.uint8))) as raster:
            return Plan(raster, levels)

    return make


def windows_in_cells(plan):
    return [
        (block.x + int(x), block.y + int(y), int(cells)) for block in plan.blocks() for x, y, cells in block.windows
    ]


def test_windows_of_8_and_4_cells_half_overlap_by_default(plan_of):
    windows = windows_in_cells(plan_of(512, 256))
    assert sorted(x for x, y, cells in windows if cells == 8) == [0, 4, 8]
    assert sorted({x for x, y, cells in windows if cells == 4}) == [0, 2, 4, 6, 8, 10, 12]
    assert sorted({y for x, y, cells in windows if cells == 4}) == [0, 2, 4]


def test_every_window_is_in_exactly_one_block_whatever_the_size(plan_of):
    for width, height in ((2000, 1500), (33, 5000), (1023, 1025)):
        plan = plan_of(width, height)
        windows = windows_in_cells(plan)
        assert len(windows) == len(set(windows)) == plan.chip_count()
        assert [block.number for block in plan.blocks()] == list(range(plan.missing(set())))


def test_a_raster_that_only_claims_to_be_huge_is_planned_in_no_time_and_no_memory(tmp_path):
    path = tmp_path / "huge.vrt"
    side = 2**31 - 1
    path.write_text(
        f"<VRTDataset rasterXSize='{side}' rasterYSize='{side}'><SRS>EPSG:32610</SRS>"
        "<GeoTransform>500000, 1e-3, 0, 5200000, 0, -1e-3</GeoTransform><VRTRasterBand dataType='Byte' band='1'/>"
        "</VRTDataset>"
    )
    with Raster(path) as raster:
        plan = Plan(raster, Levels())
    cells = -(-side // 32)
    across = [len(range(0, cells - size + 1, size // 2)) + ((cells - size) % (size // 2) > 0) for size in (8, 4)]
    assert plan.chip_count() == sum(count * count for count in across)
    first = next(plan.blocks())
    assert plan.missing({first.number, -1}) == plan.missing(set()) - 1
    assert len(first.windows) < 1000


def test_every_cell_of_the_raster_lies_in_a_window_of_each_size(plan_of):
    windows = windows_in_cells(plan_of(1999, 1501))
    columns, rows = 63, 47
    for size in (4, 8):
        covered = np.zeros((rows, columns), bool)
        for x, y, cells in windows:
            if cells == size:
                covered[y : y + cells, x : x + cells] = True
        assert covered.all()


def test_no_block_is_much_larger_than_1536_pixels(plan_of):
    for levels in (Levels(), Levels(overlap=0.75), Levels(windows=(16, 4), overlap=0.0), Levels(overlap=0.9)):
        for block in plan_of(5000, 3000, levels).blocks():
            assert max(block.columns, block.rows) * 32 <= 1536 + 16 * 32


def test_a_raster_smaller_than_a_window_still_has_one(plan_of):
    assert windows_in_cells(plan_of(100, 100)) == [(0, 0, 8), (0, 0, 4)]


def test_a_coarser_gsd_makes_fewer_chips_and_two_gsds_make_both(plan_of):
    own, twice, both = (plan_of(1024, 1024, Levels(gsds)).chip_count() for gsds in ((), (20.0,), (10.0, 20.0)))
    assert twice < own
    assert both == own + twice


@pytest.mark.parametrize(
    "values",
    [
        {"gsds": (0.0,)},
        {"gsds": (float("nan"),)},
        {"windows": ()},
        {"windows": (0,)},
        {"windows": (1000,)},
        {"overlap": 1.0},
        {"overlap": -0.1},
        {"overlap": float("nan")},
    ],
)
def test_levels_that_make_no_sense_are_a_bad_request(values):
    with pytest.raises(EngineError) as caught:
        Levels(**values)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_pass_at_another_gsd_is_added_and_keeps_the_numbers_of_those_that_are_there(write_raster):
    with Raster(write_raster(np.zeros((1500, 1500), np.uint8))) as raster:
        first = Plan(raster, Levels())
        second = Plan(raster, Levels((20.0,)), first.to_json()["passes"])
        both = Plan(raster, Levels((raster.gsd, 20.0)), second.to_json()["passes"])
    numbers = [{block.number for block in plan.blocks()} for plan in (first, second, both)]
    assert numbers[0].isdisjoint(numbers[1])
    assert numbers[2] == numbers[0] | numbers[1]
    assert both.to_json() == second.to_json()
    assert second.replaced == both.replaced == []
    assert not second.is_complete(numbers[1])
    assert second.is_complete(numbers[0] | numbers[1])


def test_gsds_that_are_all_but_equal_are_one_pass_and_earlier_doubles_are_replaced(write_raster):
    with Raster(write_raster(np.zeros((1500, 1500), np.uint8))) as raster:
        once = Plan(raster, Levels((5.0, 5.0000005)))
        assert once.chip_count() == Plan(raster, Levels((5.0,))).chip_count()
        [entry] = once.to_json()["passes"]
        doubled = [entry, entry | {"number": 1}]
        mended = Plan(raster, Levels((5.0,)), doubled)
    assert mended.to_json()["passes"] == [entry]
    assert len(mended.replaced) == 1


def test_other_windows_at_the_same_gsd_replace_the_pass(write_raster):
    with Raster(write_raster(np.zeros((1500, 1500), np.uint8))) as raster:
        first = Plan(raster, Levels())
        second = Plan(raster, Levels(windows=(8,)), first.to_json()["passes"])
    numbers = {block.number for block in first.blocks()}
    assert [all(number in replaced for number in numbers) for replaced in second.replaced] == [True]
    assert len(second.to_json()["passes"]) == 1
    assert second.missing(numbers) == second.missing(set())


def test_stripes_are_whole_rows_and_hold_every_block_once(plan_of):
    plan = plan_of(9000, 5000, Levels(gsds=(10.0, 20.0)))
    stripes = [list(plan.blocks_in(stripe)) for stripe in plan.stripes(6)]
    assert [block.number for stripe in stripes for block in stripe] == [block.number for block in plan.blocks()]
    assert [len(stripe) for stripe in stripes] == [7, 7, 7, 7, 8]
    assert {stripe[0].x for stripe in stripes} == {0}
    assert max(map(len, plan.stripes(1))) == 7
    assert len(next(plan_of(80_000, 100).stripes(1))) == 8
