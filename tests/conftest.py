"""What every test needs: the encoders of whoever runs the tests stay out of them."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session", autouse=True)
def no_own_encoders(tmp_path_factory):
    """A folder for the user's own encoders in which there are none, also for the processes that tests start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRORS_ENCODERS", str(tmp_path_factory.mktemp("own") / "encoders"))
        yield
