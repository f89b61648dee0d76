"""Small wheels of what FRORS needs, made in a test."""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import sys
import zipfile
from pathlib import Path

BASE_PYTHON = Path(sys._base_executable)
_PINNED = {
    "torch": "2.13.0+cpu",
    "torchvision": "0.28.0",
    "faiss_cpu": "1.15.1",
    "safetensors": "0.8.0",
    "numpy": "1.26.4",
}
_HIDE = """import pathlib
import sys

here = pathlib.Path(__file__).parent
names = ("torch", "torchvision", "faiss", "safetensors")
sys.modules.update({name: None for name in names if not (here / f"{name}.py").exists()})
"""


def write_wheels(folder: Path, *, real: bool) -> Path:
    """Makes a folder of hollow ones; if `real`, that of torch leads to the packages of whoever runs the tests.

    Hollow ones hide the packages that the system has, as the real ones would stand before them.
    """
    folder.mkdir()
    for name, version in _PINNED.items():
        files = {f"of_{name}.py": ""}
        if real and name == "torch":
            found = (importlib.util.find_spec("torch"), importlib.util.find_spec("faiss"))
            places = {str(Path(spec.origin).parent.parent) for spec in found}
            files["real.pth"] = "\n".join(sorted(places)) + "\n"
        elif name == "torch":
            files |= {f"of_{name}.py": _HIDE, "hollow.pth": f"import of_{name}\n"}
        _write_wheel(folder, name, version, files)
    return folder


def _write_wheel(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """A wheel of pure Python."""
    info = f"{name}-{version}.dist-info"
    whole = files | {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        record = []
        for file, text in whole.items():
            wheel.writestr(file, text)
            digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
            record.append(f"{file},sha256={digest},{len(text.encode())}")
        wheel.writestr(f"{info}/RECORD", "\n".join([*record, f"{info}/RECORD,,\n"]))
    return path
