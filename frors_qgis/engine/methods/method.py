"""What a method of the engine is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frors_qgis.engine.call import Call
from frors_qgis.engine.parameters import Parameters

Result = dict[str, Any]
Method = Callable[[Parameters, Call], Result]
