"""What is read of a raster's acquisition, from files as the products have them."""

from __future__ import annotations

import json
import os

import pytest

from frors_qgis.engine.acquisition.acquisition import Acquisition
from frors_qgis.engine.imagery.metadata.beside import read_json, read_text, read_xml
from frors_qgis.engine.imagery.metadata.file_name import name_facts
from frors_qgis.engine.imagery.metadata.sources import read_facts
from frors_qgis.engine.imagery.raster import Raster

SCENE = "LC08_L1TP_196030_20190607_20190619_01_T1"
SAFE = "S2A_MSIL2A_20190607T103031_N0212_R108_T31TFJ_20190607T134233.SAFE"
MTL = """GROUP = L1_METADATA_FILE
  GROUP = METADATA_FILE_INFO
    LANDSAT_SCENE_ID = "LC81960302019158LGN00"
  END_GROUP = METADATA_FILE_INFO
  GROUP = PRODUCT_METADATA
    DATA_TYPE = "L1TP"
    SPACECRAFT_ID = "LANDSAT_8"
    SENSOR_ID = "OLI_TIRS"
    DATE_ACQUIRED = 2019-06-07
    SCENE_CENTER_TIME = "10:20:30.1234567Z"
  END_GROUP = PRODUCT_METADATA
  GROUP = IMAGE_ATTRIBUTES
    CLOUD_COVER = 3.21
    ROLL_ANGLE = -0.001
  END_GROUP = IMAGE_ATTRIBUTES
END_GROUP = L1_METADATA_FILE
END
"""
MTD = """<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd">
  <n1:General_Info>
    <Product_Info>
      <PRODUCT_START_TIME>2019-06-07T10:30:31.024Z</PRODUCT_START_TIME>
      <PROCESSING_LEVEL>Level-2A</PROCESSING_LEVEL>
      <Datatake datatakeIdentifier="GS2A_20190607T103031_020658_N02.12">
        <SPACECRAFT_NAME>Sentinel-2A</SPACECRAFT_NAME>
        <DATATAKE_SENSING_START>2019-06-07T10:30:31.024Z</DATATAKE_SENSING_START>
      </Datatake>
    </Product_Info>
  </n1:General_Info>
  <n1:Quality_Indicators_Info><Cloud_Coverage_Assessment>7.5</Cloud_Coverage_Assessment></n1:Quality_Indicators_Info>
</n1:Level-2A_User_Product>
"""
QMD = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.34.0-Prizren">
  <identifier/><type>dataset</type><title>Harbour</title>
  <extent><spatial minx="0" crs="EPSG:4326"/>
    <temporal><period><start>2019-06-01T00:00:00Z</start><end>2019-06-30T23:59:59Z</end></period></temporal></extent>
</qgis>
"""
ENVI = """ENVI
description = {
  A scene }
samples = 5
sensor type = AVIRIS
acquisition time = 2019-06-07T10:30:31.000Z
cloud cover = 4.5
"""


@pytest.fixture
def facts(write_raster, noise, tmp_path):
    """The facts about a small raster of this name, with files beside it."""

    def read(name="raster.tif", beside=(), tags=None):
        for folder in [tmp_path / name, *(tmp_path / file for file, _ in beside)]:
            folder.parent.mkdir(parents=True, exist_ok=True)
        for file, content in beside:
            (tmp_path / file).write_text(content, encoding="utf-8")
        with Raster(write_raster(noise(1, 5, 5), name, tags=tags)) as raster:
            return read_facts(raster)

    return read


def known(found):
    """What is known but for the place, which the raster itself says."""
    return {name: value for name, value in found.acquisition.to_json().items() if name != "place"}


def item(**properties):
    return json.dumps({"type": "Feature", "stac_version": "1.0.0", "properties": properties})


STAC = item(
    datetime="2019-06-07T10:30:31.024Z",
    platform="sentinel-2a",
    instruments=["msi"],
    gsd=10,
    **{"eo:cloud_cover": 7.5, "view:off_nadir": 3, "processing:level": "L2A"},
)


def test_the_place_is_the_centre_of_the_raster(facts):
    longitude, latitude = facts().acquisition.place
    assert (longitude, latitude) == pytest.approx((9.0003, 45.153), abs=0.001)
    assert facts().used()["place"].source == "raster"


def test_a_raster_of_no_words_has_no_other_facts(facts):
    assert known(facts()) == {}


@pytest.mark.parametrize("name", ["scene.json", "scene.tif.json", "item.json"])
def test_a_stac_item_is_read(facts, name):
    found = facts("scene.tif", [(name, STAC)])
    assert known(found) == {
        "platform": "sentinel-2a",
        "sensor": "msi",
        "level": "L2A",
        "gsd": 10.0,
        "cloud": 7.5,
        "off_nadir": 3.0,
        "acquired": "2019-06-07T10:30:31Z",
    }
    assert found.used()["cloud"].source == "stac"


def test_a_stac_item_of_a_period_tells_what_its_ends_have_in_common(facts):
    period = {"datetime": None, "start_datetime": "2019-06-01T00:00:00Z", "end_datetime": "2019-06-30T00:00:00Z"}
    assert known(facts("scene.tif", [("scene.json", item(**period))])) == {"acquired": "2019-06"}


def test_an_item_of_other_files_is_not_of_this_raster(facts):
    other = json.loads(STAC) | {"assets": {"B04": {"href": "./data/other.tif?sig=x"}}}
    assert known(facts("scene.tif", [("item.json", json.dumps(other))])) == {}
    assert known(facts("other.tif"))["platform"] == "sentinel-2a"


def test_a_landsat_mtl_file_is_read(facts):
    found = facts(f"{SCENE}_B4.TIF", [(f"{SCENE}_MTL.txt", MTL)])  # GDAL makes tags of it, too
    assert {fact.field: fact.value for fact in found.facts if fact.source == "mtl"} == {
        "platform": "landsat-8",
        "sensor": "oli_tirs",
        "level": "L1TP",
        "cloud": 3.21,
        "off_nadir": 0.001,
        "acquired": "2019-06-07T10:20:30Z",
    }
    assert not found.conflicts()


def test_a_landsat_mtl_file_of_json_is_read(facts):
    keys = {"SPACECRAFT_ID": "LANDSAT_9", "SENSOR_ID": "OLI_TIRS", "DATE_ACQUIRED": "2022-01-02", "CLOUD_COVER": "-1"}
    mtl = {"LANDSAT_METADATA_FILE": {"PRODUCT_CONTENTS": {"PROCESSING_LEVEL": "L2SP"}, "IMAGE_ATTRIBUTES": keys}}
    assert known(facts("x_B4.tif", [("x_MTL.json", json.dumps(mtl))])) == {
        "platform": "landsat-9",
        "sensor": "oli_tirs",
        "level": "L2SP",
        "acquired": "2022-01-02",
    }


def test_a_sentinel_product_is_read(facts):
    band = f"{SAFE}/GRANULE/L2A_T31TFJ_A020658/IMG_DATA/R10m/T31TFJ_20190607T103031_B04_10m.tif"
    expected = {
        "platform": "sentinel-2a",
        "sensor": "msi",
        "level": "L2A",
        "acquired": "2019-06-07T10:30:31Z",
    }
    assert known(facts(band)) == expected
    found = facts(band, [(f"{SAFE}/MTD_MSIL2A.xml", MTD)])
    assert known(found) == expected | {"cloud": 7.5}
    assert not found.conflicts()


def test_an_envi_header_is_read(facts):
    found = facts("scene.tif", [("scene.hdr", ENVI)])
    assert known(found) == {"sensor": "AVIRIS", "cloud": 4.5, "acquired": "2019-06-07T10:30:31Z"}


def test_the_metadata_of_a_qgis_layer_are_read(facts):
    assert known(facts("scene.tif", [("scene.qmd", QMD)])) == {"acquired": "2019-06"}


def test_tags_are_trusted_more_than_files_and_those_more_than_names(facts):
    tags = {"PLATFORM": "Sentinel-2", "ACQUISITION_DATE": "2019-06-17"}
    found = facts("a_2019-06-27.tif", [("a_2019-06-27.json", STAC)], tags)
    assert found.acquisition.acquired == "2019-06-17"
    assert [conflict.sentence for conflict in found.conflicts()] == [
        "acquired: its tags say 2019-06-17, the STAC item says 2019-06-07T10:30:31Z",
        "acquired: its tags say 2019-06-17, the file name says 2019-06-27",
    ]


def test_when_the_file_was_written_is_used_for_want_of_a_better_date_only(facts):
    tags = {"TIFFTAG_DATETIME": "2025:01:02 10:00:00"}
    assert known(facts("scene.tif", tags=tags)) == {"acquired": "2025-01-02"}
    found = facts("scene_20190607.tif", tags=tags)
    assert found.acquisition.acquired == "2019-06-07"
    assert not found.conflicts()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (f"{SCENE}_B4.TIF", Acquisition("landsat-8", "oli_tirs", "L1TP", acquired="2019-06-07")),
        ("LT05_L2SP_196030_19900607_20200101_02_T1_SR_B1.TIF", Acquisition("landsat-5", "tm", "L2SP", None)),
        ("LC81960302019158LGN00_B4.TIF", Acquisition("landsat-8", "oli_tirs", acquired="2019-06-07")),
        ("LC81960302019366LGN00_B4.TIF", Acquisition()),
        ("LC81960300000158LGN00_B4.TIF", Acquisition()),
        (SAFE, Acquisition("sentinel-2a", "msi", "L2A", acquired="2019-06-07T10:30:31Z")),
        ("T31TFJ_20190607T103031_B8A_20m.jp2", Acquisition("sentinel-2", "msi", acquired="2019-06-07T10:30:31Z")),
        ("S2B_31TFJ_20190607_0_L2A.tif", Acquisition("sentinel-2b", "msi", "L2A", acquired="2019-06-07")),
        (
            "S1A_IW_GRDH_1SDV_20190607T053000_20190607T053025_027569_031C7F_1234.tif",
            Acquisition("sentinel-1a", "csar", "L1", acquired="2019-06-07T05:30:00Z"),
        ),
        (
            "20190607_100512_103c_3B_AnalyticMS.tif",
            Acquisition("planetscope", None, "L3B", acquired="2019-06-07T10:05:12Z"),
        ),
        ("20190607_100512_44_1034_3B_Visual.tif", Acquisition("planetscope", None, "L3B")),
        ("harbour_2019-06-07.tif", Acquisition(acquired="2019-06-07")),
        ("harbour_20190607_v2.tif", Acquisition(acquired="2019-06-07")),
        ("2019-06-07_to_2019-06-17.tif", Acquisition()),
        ("harbour_20191307.tif", Acquisition()),
        ("harbour_20190231.tif", Acquisition()),
        ("id_1201906071.tif", Acquisition()),
        ("harbour_20990607.tif", Acquisition()),
        ("harbour_19000101.tif", Acquisition()),
        ("harbour_07062019.tif", Acquisition()),
        ("x" * 300 + "_20190607.tif", Acquisition()),
        ("", Acquisition()),
    ],
)
def test_a_name_tells_what_its_convention_says(name, expected):
    found = {fact.field: fact.value for fact in name_facts(name)}
    wanted = {key: value for key, value in vars(expected).items() if value is not None}
    assert {key: found[key] for key in wanted} == wanted
    assert wanted or not found


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        '{"stac_version": "1.0.0"}',
        '{"stac_version": 1, "properties": {}}',
        '{"stac_version": "0.9.0", "properties": {"platform": "sentinel-2a"}}',
        '{"stac_version": "1.0.0", "properties": []}',
        item(datetime=7, platform=[], instruments="msi", gsd="10", **{"eo:cloud_cover": 1e400}),
        item(datetime="later", platform="\x00", instruments=[{}], gsd=-1),
        "[" * 200_000,
        item(platform="x" * 5_000_000),
    ],
)
def test_a_damaged_item_says_nothing(facts, content):
    assert known(facts("scene.tif", [("scene.json", content)])) == {}


@pytest.mark.parametrize(
    "content",
    [
        "<qgis>",
        "<a>" * 100_000,
        "<qgis><instant>never</instant></qgis>",
        '<!DOCTYPE q [<!ENTITY x SYSTEM "file:///etc/passwd">]><qgis><instant>&x;</instant></qgis>',
        '<!DOCTYPE q [<!ENTITY a "2019-06-07">]><qgis><instant>&a;</instant></qgis>',
        "\x00<qgis/>",
    ],
)
def test_damaged_or_hostile_xml_says_nothing(facts, content, gdal_exceptions):
    assert known(facts("scene.tif", [("scene.qmd", content)])) == {}


def test_endless_lines_take_no_time(facts):
    hostile = "ENVI\n" + "a " * 2_000_000
    assert known(facts("scene.tif", [("scene.hdr", hostile), ("scene_MTL.txt", hostile)])) == {}


def test_only_plain_files_of_bounded_size_are_read(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "large").write_text('{"a": 1}' + " " * (4 << 20))
    (tmp_path / "latin").write_bytes(b'{"a": "\xe9"}')
    for name in ("pipe", "large", "latin", "absent", "."):
        assert read_text(tmp_path / name) is None
        assert read_json(tmp_path / name) is None
        assert read_xml(tmp_path / name) == {}


def test_nothing_is_looked_for_beside_a_raster_in_an_archive_of_files(write_raster, noise, tmp_path):
    (tmp_path / "scene.json").write_text(STAC)
    path = write_raster(noise(1, 5, 5), "scene.tif")
    with Raster(f"/vsisubfile/0_{path.stat().st_size},{path}") as raster:
        assert known(read_facts(raster)) == {}
