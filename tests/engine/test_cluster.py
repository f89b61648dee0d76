import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from osgeo import gdal, osr

pytest.importorskip("distributed")

from frors_qgis.engine import cluster, cluster_run
from frors_qgis.engine.archive.archive import Archive
from frors_qgis.engine.call import Call
from frors_qgis.engine.cluster_versions import refused, told
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_sha256
from frors_qgis.engine.indexing.plan import Levels
from frors_qgis.engine.indexing.run import IndexRun
from frors_qgis.engine.parameters import Parameters
from frors_qgis.engine.service import Service
from frors_qgis.protocol import EngineError, ErrorCode
from tests.engine.conftest import REPOSITORY
from tests.engine.dask_cluster import DaskCluster, WideColourEncoder, use_small_parts
from tests.engine.dask_traffic import traffic

LEVELS = Levels(windows=(8,))
UTM_32 = osr.GetUserInputAsWKT("EPSG:32632")


@pytest.fixture(scope="module")
def dask_cluster(tmp_path_factory):
    with DaskCluster(tmp_path_factory.mktemp("cluster")) as running:
        yield running


@pytest.fixture
def three_workers(dask_cluster):
    """The cluster with all its workers; nothing of what other tests had it do is under way."""
    from distributed import Client

    while len(dask_cluster.workers) < 3:
        dask_cluster.start_worker()
    with Client(dask_cluster.address, set_as_default=False) as client:
        client.wait_for_workers(3, timeout=60)
        while any(client.processing().values()):
            time.sleep(0.05)
    dask_cluster.made()
    return dask_cluster


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    use_small_parts(monkeypatch.setattr)


@pytest.fixture(scope="module")
def rasters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rasters")
    pictures = np.random.default_rng(8).integers(1, 255, (2, 3, 2000, 1500), dtype=np.uint8)
    pictures[1, :, :900, :700] = 0
    paths = []
    for number, picture in enumerate(pictures):
        path = folder / f"{number}.tif"
        dataset = gdal.GetDriverByName("GTiff").Create(str(path), 1500, 2000, 3)
        dataset.SetGeoTransform((500000.0, 10.0, 0.0, 5000000.0, 0.0, -10.0))
        dataset.SetProjection(UTM_32)
        dataset.GetRasterBand(1).SetNoDataValue(0)
        dataset.WriteRaster(0, 0, 1500, 2000, picture.tobytes())
        paths.append(str(path))
    return paths


@pytest.fixture(scope="module")
def expected(rasters, tmp_path_factory):
    """What is in the archive when this computer has encoded the rasters alone."""
    path, sha256 = tmp_path_factory.mktemp("alone") / "alone.gpkg", encoder_sha256(DEFAULT_ENCODER)
    with (
        pytest.MonkeyPatch.context() as patch,
        Archive.create(path, encoder=DEFAULT_ENCODER, encoder_sha256=sha256, dimension=256) as alone,
    ):
        use_small_parts(patch.setattr)
        IndexRun(alone, LEVELS, WideColourEncoder, lambda *_: None, lambda: None).index(rasters)
        return content(alone)


@pytest.fixture
def index(tmp_path, rasters):
    """Indexes the rasters on a cluster."""

    def run(address, archive="shared.gpkg", progress=lambda *_: None, call=None, **values):
        location = archive if ":" in archive else str(tmp_path / archive)
        values = {"archive": location, "rasters": rasters, "windows": [8], "cluster": address} | values
        service = Service(tmp_path)
        return service.methods["index"](Parameters(values), call or Call(progress))

    return run


def client_command(archive, rasters, address, *options):
    """What indexes the same in a process of its own."""
    index = ["index", str(archive), *rasters, "--windows", "8", "--cluster", address]
    return [sys.executable, "-m", "tests.engine.dask_cluster", *index, *options]


def content(archive):
    ids = range(1, archive.chip_count() + 1)
    return [(chip, tuple(archive.embedding(chip.id))) for chip in archive.chips(ids)]


def content_at(location):
    with Archive.open(location) as archive:
        assert archive.verify() == []
        return content(archive)


def test_a_cluster_s_archive_is_the_one_that_this_computer_makes_alone(three_workers, index, expected, tmp_path):
    result = index(three_workers.address)
    assert [raster["state"] for raster in result["rasters"]] == ["indexed", "indexed"]
    assert result["device"] == f"3 workers at {three_workers.address} (float32)"
    assert content_at(tmp_path / "shared.gpkg") == expected
    made = three_workers.made()
    assert len(made) == len(set(made)) == 12
    assert not list(tmp_path.glob(".*.parts"))
    assert [raster["state"] for raster in index(three_workers.address)["rasters"]] == ["unchanged", "unchanged"]
    assert three_workers.made() == []


def test_parts_go_into_a_database_as_into_a_file(three_workers, index, expected, tmp_path, postgres):
    location = postgres.location("cluster")
    with pytest.raises(EngineError, match="name a folder that this computer and the cluster's workers share"):
        index(three_workers.address, location)
    index(three_workers.address, location, parts=str(tmp_path / "shared"))
    assert content_at(location) == expected
    assert list((tmp_path / "shared").iterdir()) == []


def test_pixels_and_vectors_go_past_the_scheduler(three_workers, index, expected):
    from distributed import Client

    with Client(three_workers.address, set_as_default=False) as client:
        before = client.run_on_scheduler(traffic)
        index(three_workers.address)
        moved = client.run_on_scheduler(traffic) - before
    assert 12 * len("0.part") < moved < 256 * 2 * len(expected)  # of which vectors would come in as well as go out


def test_where_workers_have_graphics_cards_these_encode_and_the_others_do_not(three_workers, index, expected, tmp_path):
    from distributed import Client

    card = three_workers.start_worker("--resources", "GPU=1")
    try:
        with Client(three_workers.address, set_as_default=False) as client:
            client.wait_for_workers(4, timeout=60)
        assert index(three_workers.address)["device"].startswith("1 workers at ")
        assert content_at(tmp_path / "shared.gpkg") == expected
        makers = three_workers.made_by()
        assert (list(makers), len(set(makers[card.pid]))) == ([card.pid], 12)
        all_ = index(three_workers.address, "other.gpkg", device="cpu")
        assert all_["device"].startswith("4 workers at ")
        assert len(three_workers.made_by()) > 1
    finally:
        three_workers.kill_worker()


def test_a_worker_that_is_killed_costs_one_part_at_most(three_workers, index, expected, tmp_path):
    def kill(fraction, message, eta):
        if 0 < fraction < 1 and len(three_workers.workers) == 3:
            three_workers.kill_worker()

    index(three_workers.address, progress=kill)
    assert content_at(tmp_path / "shared.gpkg") == expected
    made = three_workers.made()
    assert len(set(made)) == 12
    assert len(made) <= 13


def test_a_client_that_is_killed_loses_nothing_and_the_next_one_goes_on(
    three_workers, index, expected, rasters, tmp_path
):
    archive = tmp_path / "shared.gpkg"
    command = client_command(archive, rasters, three_workers.address)
    with subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as client:
        while not (archive.exists() and has_chips(archive)):
            assert client.poll() is None
            time.sleep(0.02)
        client.kill()
    chips = len(content_at(archive))
    assert 0 < chips < len(expected)
    left = sorted((tmp_path / ".shared.gpkg.parts").glob("*.part"))
    if left:
        left[0].write_bytes(left[0].read_bytes()[:-9])  # a disk that lost power
    index(three_workers.address)
    assert content_at(archive) == expected
    made = three_workers.made()
    assert len(set(made)) == 12
    assert len(made) <= 12 + 3 + bool(left)


def has_chips(path):
    try:
        with Archive.open(path) as archive:
            return archive.chip_count() > 0
    except EngineError:
        return False


def test_a_worker_a_shard_and_a_client_that_are_killed_lose_nothing_and_leave_nothing_double(
    three_workers, index, expected, rasters, tmp_path, postgres, shards
):
    location, parts = postgres.location("killed"), str(tmp_path / "shared")
    sha256 = encoder_sha256(DEFAULT_ENCODER)
    with Archive.create(location, encoder=DEFAULT_ENCODER, encoder_sha256=sha256, dimension=256) as archive:
        for name, server in shards.items():
            archive.add_shard(name, server.location(archive.stem))

    def kill(fraction, message, eta):
        if 0 < fraction < 1 and len(three_workers.workers) == 3:
            three_workers.kill_worker()
        if fraction > 0.3:
            shards["shard_one"].stop()

    try:
        with pytest.raises(EngineError, match=r"A shard of killed .* cannot be reached \(.*shard_one") as caught:
            index(three_workers.address, location, parts=parts, progress=kill)
    finally:
        shards["shard_one"].start()
    assert caught.value.code is ErrorCode.ARCHIVE_UNREACHABLE
    assert len(three_workers.workers) == 2
    before = content_at(location)
    assert 0 < len(before) < len(expected)
    assert before == expected[: len(before)]

    command = client_command(location, rasters, three_workers.address, "--parts", parts)
    with (
        shards["shard_two"].holding_up("killed") as holds_up,
        subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.DEVNULL) as client,
    ):
        while not holds_up():
            assert client.poll() is None
            time.sleep(0.02)
        client.kill()
        while postgres.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"):  # that of who writes
            time.sleep(0.02)
    after = content_at(location)
    assert len(before) <= len(after) < len(expected)
    assert after == expected[: len(after)]

    index(three_workers.address, location, parts=parts)
    assert content_at(location) == expected
    held = [server.execute("SELECT COUNT(*) FROM killed.chips")[0][0] for server in shards.values()]
    assert all(held)
    assert sum(held) == len(expected)  # no row more than those that are read
    made = three_workers.made()
    assert len(set(made)) == 12
    assert len(made) <= 12 + 1 + 2 * 3


def test_what_was_encoded_before_a_run_is_cancelled_is_used_by_the_next(three_workers, index, expected, tmp_path):
    call = Call(lambda fraction, message, eta: call.cancel() if fraction > 0.2 else None)
    with pytest.raises(EngineError, match="Cancelled") as caught:
        index(three_workers.address, call=call)
    assert caught.value.code is ErrorCode.CANCELLED
    index(three_workers.address)
    assert content_at(tmp_path / "shared.gpkg") == expected
    assert len(three_workers.made()) <= 12 + 3


def test_a_raster_that_a_worker_cannot_read_does_not_keep_the_others_from_the_archive(
    three_workers, index, rasters, write_raster, tmp_path
):
    broken = write_raster(np.full((3, 900, 900), 9, np.uint8), "broken.tif", options=["COMPRESS=DEFLATE"])
    data = broken.read_bytes()
    broken.write_bytes(data[:-2000] + bytes(2000))
    result = index(three_workers.address, rasters=[str(broken), rasters[0]])
    assert [raster["state"] for raster in result["rasters"]] == ["failed", "indexed"]
    assert result["rasters"][0]["error"]["code"] == "raster_unreadable"
    assert not list(tmp_path.glob(".*.parts"))


def test_workers_of_other_versions_are_refused_with_a_report_and_nothing_is_made(
    three_workers, index, tmp_path, monkeypatch
):
    other = cluster.own_versions() | {"torch": "1.13.1"}
    monkeypatch.setattr(cluster, "own_versions", lambda: other)
    with pytest.raises(
        EngineError, match=r"must have what this computer has; .*: torch .* ≠ 1\.13\.1 \(tcp:"
    ) as caught:
        index(three_workers.address)
    assert caught.value.code is ErrorCode.CLUSTER_UNUSABLE
    assert not list(tmp_path.glob("*shared.gpkg*"))
    assert three_workers.made() == []


def test_a_worker_of_another_version_that_joins_later_is_told_of(three_workers, index, monkeypatch):
    require = cluster.Cluster.require

    def as_if_it_had_joined_then(self, encoder):
        require(self, encoder)
        self._own = self._own | {"torch": "1.13.1"}

    monkeypatch.setattr(cluster.Cluster, "require", as_if_it_had_joined_then)
    with pytest.raises(EngineError, match=r"has joined the cluster differs .* torch .* ≠ 1\.13\.1") as caught:
        index(three_workers.address)
    assert caught.value.code is ErrorCode.CLUSTER_UNUSABLE
    assert three_workers.made() == []


def test_a_scheduler_that_is_lost_ends_the_run_and_what_was_encoded_is_kept(
    three_workers, index, expected, tmp_path, monkeypatch
):
    monkeypatch.setattr(cluster, "_LOST_SECONDS", 1.0)
    (tmp_path / "cluster").mkdir()
    with DaskCluster(tmp_path / "cluster") as short:
        from distributed import Client

        with Client(short.address, set_as_default=False) as client:
            client.wait_for_workers(3, timeout=60)

        def kill(fraction, message, eta):
            if fraction > 0.2:
                short.kill_scheduler()

        with pytest.raises(EngineError, match="is lost: index again when its scheduler runs") as caught:
            index(short.address, progress=kill)
        assert caught.value.code is ErrorCode.CLUSTER_UNUSABLE
    assert 0 < len(content_at(tmp_path / "shared.gpkg")) < len(expected)
    index(three_workers.address)
    assert content_at(tmp_path / "shared.gpkg") == expected
    assert len(three_workers.made()) < 12


def test_a_folder_that_workers_do_not_see_is_refused(three_workers, index, tmp_path, monkeypatch):
    monkeypatch.setattr(cluster.Path, "touch", lambda self: None)  # where the workers look, there is no such file
    with pytest.raises(EngineError, match=r"do not see the folder .*: tcp:.*Choose one that all computers share"):
        index(three_workers.address, parts=str(tmp_path / "mine"))


def test_no_scheduler_is_said_within_seconds(index, monkeypatch):
    monkeypatch.setattr(cluster, "_CONNECT_SECONDS", 1)
    start = time.monotonic()
    with pytest.raises(EngineError, match=r"No cluster answers at tcp://127\.0\.0\.1:9: check the address"):
        index("tcp://127.0.0.1:9")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize("address", ["10.0.0.1:8786", "http://10.0.0.1:8786", "tcp://10.0.0.1"])
def test_what_is_no_address_is_refused(index, address):
    with pytest.raises(EngineError, match="is no address of a cluster: give one such as"):
        index(address)


def test_without_dask_a_sentence_says_what_to_install(index, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(EngineError, match="needs the package distributed, which the Python at") as caught:
        index("tcp://127.0.0.1:9")
    assert caught.value.code is ErrorCode.ENGINE_MISSING


def test_the_folders_of_parts_of_two_archives_are_two(tmp_path):
    def folder(archive):
        values = {"archive": archive, "cluster": "tcp://127.0.0.1:9", "parts": str(tmp_path)}
        return cluster_run.cluster_of(Parameters(values))._folder

    assert folder("a.gpkg") == folder(str(Path("a.gpkg").absolute())) != folder("b.gpkg")


def test_versions_that_matter_are_told_from_those_that_do_not():
    own = {"FRORS": "0.2.0", "torch": "2.13.0", "gdal": "3.6.2", "numpy": "1.26.4"}
    others = {f"tcp://{n}": own | {"torch": "2.12.0"} for n in range(5)}
    others |= {"tcp://bare": {}, "tcp://newer": own | {"gdal": "3.10.0"}}
    assert refused(own, others) == (
        "torch 2.12.0 ≠ 2.13.0 (tcp://0, tcp://1, tcp://2, +2); FRORS - ≠ 0.2.0 (tcp://bare)"
    )
    assert told(own, {"tcp://newer": others["tcp://newer"]}) == "gdal 3.10.0 ≠ 3.6.2 (tcp://newer)"
