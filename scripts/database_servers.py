"""An archive in PostgreSQL with two shards, for as long as pictures are taken of it in QGIS."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from open_qgis import REPOSITORY
from osgeo import gdal

sys.path.insert(0, str(REPOSITORY))

_CONNECTION = r"""[PostgreSQL]
connections\maps\host=127.0.0.1
connections\maps\port={port}
connections\maps\database=frors
connections\maps\saveUsername=true
connections\maps\username=owner
connections\maps\savePassword=true
connections\maps\password=sesame
"""


def missing() -> str | None:
    """Why there can be no such archive here; None where there can."""
    try:
        from tests.engine import postgres_server
    except ImportError as error:  # psycopg2 comes with PostgreSQL
        return str(error)
    return postgres_server.missing()


@contextmanager
def sharded_archive(raster: Path, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Gives the settings of a profile that knows the server of the archive `town`, and a story's environment.

    The archive begins with a part of the raster in `folder`: it must be there before its shards, which take the rest.
    """
    from tests.engine.postgres_server import PostgresServer
    from tests.engine.shard_servers import introduce

    with ExitStack() as stack:
        server, *shards = (stack.enter_context(PostgresServer()) for _ in range(3))
        names = dict(zip(("shard_one", "shard_two"), shards, strict=True))
        introduce(server, names)
        server.execute("ALTER ROLE owner PASSWORD 'sesame'")
        town = server.location("town")
        gdal.Translate(str(folder / "part.tif"), str(raster), srcWin=[0, 0, 400, 400])
        _engine("index", town, str(folder / "part.tif"))
        for name, shard in names.items():
            _engine("add-shard", town, name, shard.location("town"))
        _engine("index", town, str(raster))
        process = (shards[0].folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        yield _CONNECTION.format(port=server.port), {"FRORS_SHARD": process}


def _engine(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "frors_qgis.engine", *arguments], cwd=REPOSITORY, check=True)
