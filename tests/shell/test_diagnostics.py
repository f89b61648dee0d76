from pathlib import Path

import pytest
from qgis.core import Qgis
from qgis.PyQt.QtWidgets import QApplication

from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.shell import diagnostics
from frors_qgis.shell.diagnostics import without_folders


@pytest.fixture
def report(ready, window, wait_until):
    """Triggers the menu entry and gives what is then on the clipboard."""

    def report_text():
        QApplication.clipboard().setText("")
        (action,) = [action for _, action in window.raster_menu if "report" in action.text()]
        action.trigger()
        wait_until(lambda: QApplication.clipboard().text())
        return QApplication.clipboard().text()

    return report_text


def test_the_report_names_versions_device_archive_and_the_end_of_the_log(ready, report):
    ready._client.line_logged.emit("Encoding on the CPU.")
    text = report()
    for part in (Qgis.version(), "cpu (float32): asked for", "numpy", "encoder: ", "rasters: ", "Encoding on the CPU."):
        assert part in text


def test_the_report_holds_no_folder_of_the_user(ready, report, tmp_path):
    ready._client.line_logged.emit(f"Cannot read {tmp_path}/secret client/roofs.tif, see {Path.home()}/notes.txt.")
    text = report()
    assert "roofs.tif" in text
    assert "notes.txt" in text
    for part in (str(tmp_path), "secret client", str(Path.home())):
        assert part not in text


def test_without_an_engine_the_report_says_why(ready, report, monkeypatch):
    def none():
        raise EngineError(ErrorCode.ENGINE_MISSING, "No Python was found.")

    monkeypatch.setattr(diagnostics, "find_interpreter", none)
    assert "engine_missing: No Python was found." in report()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/data/city of X/a.tif is gone", ".../a.tif is gone"),
        (r"C:\Users\Ada Lovelace\rasters\a.tif is gone", ".../a.tif is gone"),
        (r"\\server\share\a.tif", ".../a.tif"),
        ("D:/x/y.gpkg: 3 chips", ".../y.gpkg: 3 chips"),
        ("0.5 m, 12/24 GB, cpu/float32", "0.5 m, 12/24 GB, cpu/float32"),
        ("https://example.org/a/b", "https:.../b"),
    ],
)
def test_of_paths_only_the_last_part_is_left(text, shown):
    assert without_folders(text) == shown
