import shutil

import pytest

from frors_qgis.engine.encoder_pool import EncoderPool
from frors_qgis.engine.encoders import installed
from frors_qgis.engine.encoders.checkpoint import load_checkpoint, save_checkpoint
from frors_qgis.engine.encoders.installed import (
    DEFAULT_ENCODER,
    encoder_classes,
    encoder_dimension,
    encoder_path,
    encoder_sha256,
    installed_encoders,
    new_encoder_path,
    own_folder,
)
from frors_qgis.protocol import EngineError, ErrorCode
from frors_qgis.resources import resource_path

SHIPPED = sorted(path.stem for path in resource_path("encoders").glob("*.safetensors"))
"""In a working tree the frozen trunk may be among them."""


@pytest.fixture
def own(tmp_path, monkeypatch):
    """A folder of own encoders, with one called roofs."""
    monkeypatch.setenv("FRORS_ENCODERS", str(tmp_path))
    shutil.copy(encoder_path(DEFAULT_ENCODER), tmp_path / "roofs.safetensors")
    return tmp_path


def test_an_own_encoder_is_installed_like_those_that_come_with_frors(own):
    assert installed_encoders() == sorted([*SHIPPED, "roofs"])
    assert encoder_path("roofs") == own / "roofs.safetensors"
    assert encoder_sha256("roofs") == encoder_sha256(DEFAULT_ENCODER)
    assert encoder_dimension("roofs") == 256
    assert "aid/Airport" in encoder_classes("roofs")


@pytest.mark.parametrize("name", [DEFAULT_ENCODER, DEFAULT_ENCODER.upper()])
def test_an_own_encoder_never_takes_the_place_of_one_that_comes_with_frors(own, name):
    (own / f"{name}.safetensors").write_bytes(b"another")
    assert installed_encoders() == sorted([*SHIPPED, "roofs"])
    assert encoder_path(DEFAULT_ENCODER).parent != own


def test_without_a_folder_of_own_encoders_there_are_those_that_come_with_frors(tmp_path, monkeypatch):
    monkeypatch.setenv("FRORS_ENCODERS", str(tmp_path / "nowhere"))
    assert installed_encoders() == SHIPPED


def test_own_encoders_lie_beside_the_plugin_s_environment_where_no_folder_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv("FRORS_ENCODERS")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setattr(installed.sys, "platform", "linux")
    assert own_folder() == tmp_path / ".local" / "share" / "frors" / "encoders"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert own_folder() == tmp_path / "data" / "frors" / "encoders"
    monkeypatch.setattr(installed.sys, "platform", "darwin")
    assert own_folder() == tmp_path / "Library" / "Application Support" / "frors" / "encoders"
    monkeypatch.setattr(installed.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert own_folder() == tmp_path / "Local" / "frors" / "encoders"


@pytest.mark.parametrize(
    ("identifier", "sentence"),
    [
        ("../roofs", "cannot be the id"),
        ("a/b", "cannot be the id"),
        ("", "cannot be the id"),
        (".hidden", "cannot be the id"),
        ("roof.old", "cannot be the id"),
        ("x" * 41, "cannot be the id"),
        ("dächer", "cannot be the id"),
        (DEFAULT_ENCODER, "one of FRORS's own"),
        ("FRORS", "one of FRORS's own"),
        ("resnet50-imagenet", "one of FRORS's own"),
        ("roofs", "already"),
        ("Roofs", "already"),
    ],
)
def test_an_id_that_is_no_name_or_taken_is_refused(own, identifier, sentence):
    with pytest.raises(EngineError, match=sentence) as caught:
        new_encoder_path(identifier)
    assert caught.value.code is ErrorCode.BAD_REQUEST


def test_a_free_id_gets_a_file_among_the_own_encoders(own):
    assert new_encoder_path("roofs-2") == own / "roofs-2.safetensors"


def test_an_own_encoder_that_is_no_checkpoint_is_refused_by_name(own):
    (own / "bad.safetensors").write_bytes(b"no checkpoint")
    with pytest.raises(EngineError, match=r"bad\.safetensors cannot be used") as caught:
        EncoderPool().get("bad", "cpu")
    assert caught.value.code is ErrorCode.ENCODER_DAMAGED


def test_a_file_that_was_replaced_is_another_encoder(own):
    pool, before = EncoderPool(), encoder_sha256("roofs")
    first = pool.get("roofs", "cpu")
    assert pool.get("roofs", "cpu") is first
    checkpoint = load_checkpoint(own / "roofs.safetensors")
    save_checkpoint(own / "roofs.safetensors", checkpoint.description | {"id": "newer"}, checkpoint.tensors)
    assert encoder_sha256("roofs") != before
    assert pool.get("roofs", "cpu") is not first
