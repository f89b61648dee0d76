"""Files of arrays that several processes may want to write."""

import numpy as np
import pytest

from frors_qgis.engine.archive.array_file import write_arrays
from frors_qgis.engine.archive.writer_lock import WriterLock
from frors_qgis.protocol import EngineError, ErrorCode


def test_a_file_that_another_process_writes_is_left_to_it(tmp_path):
    path, other = tmp_path / "a.codes", tmp_path / "a.codes.1.part"
    other.write_bytes(b"half")
    with WriterLock(path):
        with pytest.raises(EngineError) as caught:
            write_arrays(path, "codes", {}, {"codes": np.arange(3)})
        assert caught.value.code == ErrorCode.ARCHIVE_BUSY
        assert other.exists()
    write_arrays(path, "codes", {}, {"codes": np.arange(3)})
    assert [left.name for left in tmp_path.iterdir()] == ["a.codes"]
