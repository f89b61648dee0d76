"""What is left of an archive whose maker was killed while it made it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from frors_qgis.engine.archive.drafts import remove_dead_drafts
from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.engine.archive_access import writable_archive

REPOSITORY = Path(__file__).resolve().parents[2]
MAKER = """
import sys, time
from frors_qgis.engine.archive import geopackage_archive as archive
from frors_qgis.engine.archive.writer_lock import WriterLock

def stop(*_):
    print("complete, without its name", flush=True)
    time.sleep(600)

archive._publish = stop
with WriterLock(sys.argv[1]):
    archive.GeoPackageArchive.create(sys.argv[1], encoder="trial", encoder_sha256="ab" * 32, dimension=16)
"""


def drafts(folder):
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(".draft"))


def test_a_draft_goes_when_the_next_archive_is_made_but_not_while_its_maker_lives(tmp_path):
    command = [sys.executable, "-c", MAKER, str(tmp_path / "one.gpkg")]
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment) as maker:
        try:
            assert maker.stdout.readline()
            (draft,) = drafts(tmp_path)
            with WriterLock(tmp_path / "two.gpkg"), writable_archive(str(tmp_path / "two.gpkg"), None, lambda _: None):
                assert drafts(tmp_path) == [draft]
        finally:
            maker.kill()
    shutil.copy(tmp_path / draft, tmp_path / ".two.gpkg.0123abcd.draft")
    (tmp_path / ".notes.0123abcd.draft").write_text("of somebody else")
    with WriterLock(tmp_path / "two.gpkg"), writable_archive(str(tmp_path / "two.gpkg"), None, lambda _: None):
        assert drafts(tmp_path) == [".notes.0123abcd.draft"]
    assert sorted(os.listdir(tmp_path)) == [".notes.0123abcd.draft", "two.gpkg"]


def test_the_draft_of_a_complete_archive_goes_without_it(colour_archive, tmp_path):
    colour_archive.close()
    archive_file = colour_archive.path
    os.link(archive_file, tmp_path / f".{archive_file.name}.0123abcd.draft")
    before = archive_file.read_bytes()
    with WriterLock(archive_file):
        remove_dead_drafts(archive_file)
    assert drafts(tmp_path) == []
    assert archive_file.read_bytes() == before
