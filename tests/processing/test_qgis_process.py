"""The algorithms as a script or a server runs them: the real qgis_process, without a display."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from qgis.core import QgsCoordinateTransformContext, QgsRasterLayer, QgsVectorFileWriter, QgsVectorLayer

from tests.processing.labelled_layers import layer_of, tiles

REPOSITORY = Path(__file__).resolve().parents[2]


class QgisProcess:
    """qgis_process with the plugin, in a home of its own."""

    def __init__(self, home: Path) -> None:
        self.temporary = home / "tmp"
        self.temporary.mkdir(mode=0o700)
        lay_plugin = [sys.executable, REPOSITORY / "scripts" / "lay_plugin.py", home / "plugins"]
        subprocess.run(lay_plugin, check=True, capture_output=True)
        # The Python inside QGIS finds its library by these and by the first python3 on the PATH.
        mine = ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH", "DISPLAY", "WAYLAND_DISPLAY")
        self._environment = {name: value for name, value in os.environ.items() if name not in mine} | {
            "PATH": os.pathsep.join([str(Path(sys.base_exec_prefix) / "bin"), os.environ["PATH"]]),
            "QT_QPA_PLATFORM": "offscreen",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(self.temporary),
            "QGIS_CUSTOM_CONFIG_PATH": str(home / "profile"),
            "TMPDIR": str(self.temporary),
            "QGIS_PLUGINPATH": str(home / "plugins"),
            "FRORS_PYTHON": sys.executable,
        }
        self.home = home
        self("plugins", "enable", "frors_qgis")

    def __call__(self, *arguments: str, expect: int = 0) -> subprocess.CompletedProcess[str]:
        command = ["qgis_process", *arguments]
        done = subprocess.run(
            command, cwd=self.home, env=self._environment, capture_output=True, text=True, timeout=180
        )
        assert done.returncode == expect, done.stdout + done.stderr
        return done

    def set(self, name: str, value: str) -> None:
        """Sets an environment variable for what is run from now on."""
        self._environment[name] = value

    def leftovers(self) -> list[str]:
        """Command lines of engines that still run, and private folders that are still there."""
        found = [str(folder) for folder in self.temporary.glob("frors-*")]
        for file in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                line = file.read_bytes().replace(b"\0", b" ").decode()
            except OSError:
                continue
            if str(self.temporary) in line:
                found.append(line)
        return found


@pytest.fixture(scope="module")
def qgis_process(tmp_path_factory) -> QgisProcess:
    if shutil.which("qgis_process") is None:
        pytest.skip("qgis_process is not installed")
    return QgisProcess(tmp_path_factory.mktemp("home"))


def test_index_and_search_run_without_a_display_and_leave_nothing_behind(qgis_process, raster, extent):
    shutil.copy(raster, qgis_process.home / "town.tif")
    indexed = qgis_process("--json", "run", "frors:index", "--", "RASTERS=town.tif", "ARCHIVE=town.gpkg")
    results = json.loads(indexed.stdout)["results"]
    assert Path(results["ARCHIVE"]) == qgis_process.home / "town.gpkg"
    assert results["CHIPS"] > 40
    assert "Traceback" not in indexed.stderr
    assert qgis_process.leftovers() == []
    found = qgis_process(
        "run", "frors:search", "--",
        "ARCHIVE=town.gpkg", "RASTER=town.tif", f"EXTENT={extent}", "MATCHES=5", "OUTPUT=matches.gpkg",
    )  # fmt: skip
    assert "Matches found: 5" in found.stdout
    assert "Traceback" not in found.stderr
    assert qgis_process.leftovers() == []
    matches = QgsVectorLayer(str(qgis_process.home / "matches.gpkg"), "matches")
    assert [feature["rank"] for feature in matches.getFeatures()] == [1, 2, 3, 4, 5]
    assert matches.crs().authid() == "EPSG:4326"
    refused = qgis_process(
        "run", "frors:search", "--",
        "ARCHIVE=town.gpkg", "RASTER=town.tif", "EXTENT=0,99,0,99 [EPSG:26910]", "OUTPUT=none.gpkg",
        expect=1,
    )  # fmt: skip
    assert "The box lies outside" in refused.stderr
    assert not (qgis_process.home / "none.gpkg").exists()
    assert qgis_process.leftovers() == []


def test_features_are_evaluated_and_learnt_from_without_a_display(qgis_process, raster):
    own = qgis_process.home / "own"
    qgis_process.set("FRORS_ENCODERS", str(own))
    shutil.copy(raster, qgis_process.home / "labelled.tif")
    boxes = tiles(QgsRasterLayer(str(raster), "part"), 20.0, 6, 6)
    layer = layer_of(zip(["street", "wood", "roof"] * 12, boxes, strict=True))
    path = str(qgis_process.home / "labels.gpkg")
    options = QgsVectorFileWriter.SaveVectorOptions()
    QgsVectorFileWriter.writeAsVectorFormatV3(layer, path, QgsCoordinateTransformContext(), options)
    common = ("INPUT=labels.gpkg", "FIELD=kind", "RASTERS=labelled.tif")
    evaluated = qgis_process("--json", "run", "frors:evaluate", "--", *common, "REPORT=report.html")
    results = json.loads(evaluated.stdout)["results"]
    assert (results["QUERIES"], results["LABELS"]) == (36, 3)
    assert "What is taken for what" in (qgis_process.home / "report.html").read_text(encoding="utf-8")
    small = "SETTINGS=side=64 views=1 local_width=8 prototypes=2"
    trained = qgis_process("--json", "run", "frors:train", "--", *common, "ENCODER=town", "EPOCHS=0", small)
    assert json.loads(trained.stdout)["results"]["TRAINED"] == "town"
    assert sorted(path.name for path in own.iterdir()) == ["town.md", "town.safetensors"]
    assert "Traceback" not in evaluated.stderr + trained.stderr
    assert qgis_process.leftovers() == []
