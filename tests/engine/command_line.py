"""The command line, for tests: in a process of its own, as a stranger would use it, or, sooner done, in this one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from typing import Any

from frors_qgis.engine.__main__ import main
from tests.engine.door import REPOSITORY


def run(*arguments: Any, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command in a process of its own, which must end with the exit status `expect`."""
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "frors_qgis.engine", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)
    assert done.returncode == expect, done.stderr + done.stdout
    return done


def run_here(*arguments: Any, expect: int = 0) -> subprocess.CompletedProcess[str]:
    """Runs a command in this process, where torch need not be loaded anew; what libraries print is caught, too."""
    texts = [str(argument) for argument in arguments]
    with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
        with ExitStack() as stack:
            for file, descriptor in ((output, 1), (errors, 2)):
                kept = os.dup(descriptor)
                stack.callback(os.close, kept)
                stack.callback(os.dup2, kept, descriptor)
                os.dup2(file.fileno(), descriptor)
            stack.enter_context(redirect_stdout(output))
            stack.enter_context(redirect_stderr(errors))
            status = main(texts)
        said = []
        for file in (output, errors):
            file.flush()
            file.seek(0)
            said.append(file.read())
    assert status == expect, said[1] + said[0]
    return subprocess.CompletedProcess(texts, status, *said)


def last_object(done: subprocess.CompletedProcess[str]) -> Any:
    """The JSON object that a command printed as its last line."""
    return json.loads(done.stdout.splitlines()[-1])
