from __future__ import annotations

import shutil

import pytest
from qgis.core import QgsApplication, QgsProcessingException, QgsProject, QgsRasterLayer


def chips_of(client, archive):
    return client.call("info", {"archive": str(archive)})["chips"]


def test_rasters_are_brought_into_a_new_archive(run, client, raster, other_raster, tmp_path, make_feedback):
    archive, feedback = tmp_path / "new.gpkg", make_feedback()
    result = run("frors:index", {"RASTERS": [str(raster), str(other_raster)], "ARCHIVE": str(archive)}, None, feedback)
    assert result == {"ARCHIVE": str(archive), "CHIPS": chips_of(client, archive)}
    assert result["CHIPS"] > 40
    assert feedback.progress() == 100
    assert [info for info in feedback.infos if info.startswith("Indexed: ")] == [
        f"Indexed: {path} ({result['CHIPS'] // 2} chips)" for path in (raster, other_raster)
    ]
    assert feedback.errors == []


def test_what_an_existing_archive_holds_is_not_indexed_again(run, raster, other_raster, tmp_path, make_feedback):
    params, feedback = {"ARCHIVE": str(tmp_path / "grown.gpkg")}, make_feedback()
    run("frors:index", params | {"RASTERS": [str(raster)]}, None, make_feedback())
    run(
        "frors:index",
        params | {"RASTERS": [str(raster), str(other_raster)], "WINDOWS": ["128", "256"]},
        None,
        feedback,
    )
    states = [info for info in feedback.infos if info.endswith("chips)")]
    assert states[0].startswith(f"Unchanged since it was indexed: {raster} (")
    assert states[1].startswith(f"Indexed: {other_raster} (")


def test_pixel_size_windows_and_overlap_reach_the_engine(run, client, raster, tmp_path, make_feedback):
    archive = tmp_path / "coarse.gpkg"
    params = {"RASTERS": [str(raster)], "ARCHIVE": str(archive), "GSD": 0.6, "WINDOWS": ["64"], "OVERLAP": 0}
    run("frors:index", params, None, make_feedback())
    information = client.call("info", {"archive": str(archive)})
    assert [(level["gsd"], level["cells"]) for level in information["levels"]] == [(pytest.approx(0.6, rel=0.01), 2)]
    assert 9 <= information["chips"] <= 16  # 200 pixels in steps of 64


def test_window_sizes_are_accepted_as_their_help_says(run, client, raster, tmp_path, make_feedback):
    windows = QgsApplication.processingRegistry().algorithmById("frors:index").parameterDefinition("WINDOWS")
    assert "'256,128' (the default)" in windows.help()
    archive = tmp_path / "usual.gpkg"
    params = {"RASTERS": [str(raster)], "ARCHIVE": str(archive), "WINDOWS": "256,128"}
    run("frors:index", params, None, make_feedback())
    assert {level["cells"] for level in client.call("info", {"archive": str(archive)})["levels"]} == {8, 4}


def test_rasters_that_fail_do_not_keep_the_others_from_being_indexed(run, client, raster, tmp_path, make_feedback):
    lost, text, never = (tmp_path / name for name in ("lost.tif", "text.tif", "never.tif"))
    shutil.copy(raster, lost)
    lost_layer = QgsRasterLayer(str(lost), "lost")
    lost.unlink()
    text.write_text("no raster")
    online = QgsRasterLayer("type=xyz&url=file:///none/%7Bz%7D/%7Bx%7D/%7By%7D.png", "tiles", "wms")
    feedback = make_feedback()
    params = {"RASTERS": [lost_layer, online, str(text), str(raster), str(never)], "ARCHIVE": str(tmp_path / "a.gpkg")}
    result = run("frors:index", params, None, feedback)
    assert result["CHIPS"] > 0
    plans = client.call("plan", {"rasters": [str(lost), str(text), str(never)]})["rasters"]
    assert '"tiles" is not a raster file' in feedback.errors[0]
    assert feedback.errors[1:] == [plan["error"]["message"] for plan in plans]
    assert f"Indexed: {raster} ({result['CHIPS']} chips)" in feedback.infos


def test_when_every_raster_fails_the_algorithm_fails_with_the_engines_sentence(
    run, client, raster, tmp_path, make_feedback, qgis_new_project
):
    lost = tmp_path / "lost.tif"
    shutil.copy(raster, lost)
    # By its id: QGIS never frees the frames of a failed run, and a layer that they hold crashes it when it ends.
    layer = QgsProject.instance().addMapLayer(QgsRasterLayer(str(lost), "lost")).id()
    lost.unlink()
    sentence = client.call("plan", {"rasters": [str(lost)]})["rasters"][0]["error"]["message"]
    with pytest.raises(QgsProcessingException) as caught:
        run("frors:index", {"RASTERS": [layer], "ARCHIVE": str(tmp_path / "none.gpkg")}, None, make_feedback())
    assert str(caught.value) == sentence


def test_a_file_that_is_no_archive_is_refused_and_left_alone(run, raster, tmp_path, make_feedback):
    text = tmp_path / "text.gpkg"
    text.write_text("no archive")
    with pytest.raises(QgsProcessingException, match=r"text\.gpkg"):
        run("frors:index", {"RASTERS": [str(raster)], "ARCHIVE": str(text)}, None, make_feedback())
    assert text.read_text() == "no archive"


def test_a_cancelled_run_keeps_what_is_indexed_and_the_next_goes_on(
    run, client, raster, long_raster, tmp_path, make_feedback
):
    archive, feedback = tmp_path / "half.gpkg", make_feedback("Indexing long")
    params = {"RASTERS": [str(raster), str(long_raster)], "ARCHIVE": str(archive)}
    with pytest.raises(QgsProcessingException, match="Cancelled"):
        run("frors:index", params, None, feedback)
    assert feedback.infos[-1].startswith("What has been indexed so far is kept")
    kept = chips_of(client, archive)
    assert kept > 0
    feedback = make_feedback()
    assert run("frors:index", params, None, feedback)["CHIPS"] > kept
    states = [info for info in feedback.infos if info.endswith("chips)")]
    assert states[0].startswith(f"Unchanged since it was indexed: {raster} (")
    assert states[1].startswith(f"Indexed: {long_raster} (")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"ARCHIVE": "/tmp/town.tif"}, "GeoPackage"),
        ({"GSD": 0}, "GSD"),
        ({"GSD": -1}, "GSD"),
        ({"OVERLAP": 91}, "OVERLAP"),
        ({"WINDOWS": []}, "WINDOWS"),
        ({"WINDOWS": ["100"]}, "WINDOWS"),
        ({"WINDOWS": "1,3"}, "WINDOWS"),
        ({"RASTERS": []}, "RASTERS"),
        ({"RASTERS": ["/nowhere/at/all.tif"]}, "RASTERS"),
    ],
)
def test_bad_values_are_refused_before_anything_is_done(run, raster, tmp_path, make_feedback, params, words):
    archive = tmp_path / "never.gpkg"
    with pytest.raises(QgsProcessingException, match=words):
        run("frors:index", {"RASTERS": [str(raster)], "ARCHIVE": str(archive)} | params, None, make_feedback())
    assert not archive.exists()
