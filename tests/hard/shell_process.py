"""QGIS without windows, with the plugin's algorithms, client and settings: a process that is there to be killed.

python -m tests.hard.shell_process

It takes the default profile, which lies in HOME. The first line that it says tells what the settings file holds. Orders
come in by stdin, one JSON object a line: {"id", "run": algorithm, "params"} and {"id", "call": method, "params"}, which
is for the engine, are answered by {"id", "result"} or {"id", "error"}; {"change": first} changes the settings for ever,
as the options page does, from a number on, and says {"written"} when one is written.
"""

from __future__ import annotations

import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from qgis.core import QgsApplication, QgsProcessingContext, QgsProcessingException, QgsProcessingFeedback, QgsSettings
from qgis.PyQt.QtCore import QCoreApplication

from frors_qgis.client.client import EngineClient
from frors_qgis.client.engine_options import read_engine_options
from frors_qgis.processing.provider import FrorsProvider
from frors_qgis.protocol import EngineError
from frors_qgis.shell.settings import Settings

_OTHERS = "somebody/else"


def _serve(role: str, folder: Path) -> list[str]:
    command = [sys.executable, "-m", "tests.hard.quick_engine", "serve", "--role", role, "--folder", str(folder)]
    return command + read_engine_options().arguments()


def _say(**message: Any) -> None:
    print(json.dumps(message), flush=True)


def main() -> None:
    QCoreApplication.setOrganizationName("QGIS")
    QCoreApplication.setApplicationName("QGIS3")
    application = QgsApplication([], False)
    application.initQgis()
    settings = Settings()
    client = EngineClient(command=_serve)
    provider = FrorsProvider(client)
    QgsApplication.processingRegistry().addProvider(provider)
    options = read_engine_options()
    _say(
        threads=options.threads,
        cache=options.cache_mib,
        archive=settings.last_archive(),
        others=QgsSettings().value(_OTHERS, ""),
    )
    QgsSettings().setValue(_OTHERS, "kept")
    for line in sys.stdin:
        order = json.loads(line)
        try:
            if "change" in order:
                _change(settings, client, order["change"])
            elif "call" in order:
                _say(id=order["id"], result=client.call(order["call"], order["params"]))
            else:
                _say(id=order["id"], result=_run(order["run"], order["params"]))
        except (EngineError, QgsProcessingException) as error:
            _say(id=order["id"], error=str(error))
    client.shut_down()


def _run(name: str, params: dict[str, Any]) -> dict[str, Any]:
    algorithm = QgsApplication.processingRegistry().createAlgorithmById(name)
    results, fine = algorithm.run(params, QgsProcessingContext(), feedback := QgsProcessingFeedback(False))
    if not fine:
        raise QgsProcessingException(feedback.textLog()[-500:])
    return dict(results)


def _change(settings: Settings, client: EngineClient, first: int) -> None:
    for number in count(first):
        settings.set_engine("cpu", number, number, "128" if number % 2 else "")
        settings.remember_archive(f"/archives/{number}.gpkg")
        _say(written=number)
        if number % 8 == 0:
            client.call("hello")
            client.stop_engine()


if __name__ == "__main__":
    main()
