import numpy as np
import pytest
import torch
from osgeo import gdal

from frors_qgis.engine.encoders.checkpoint import load_checkpoint
from frors_qgis.engine.encoders.device import Device
from frors_qgis.engine.encoders.installed import DEFAULT_ENCODER, encoder_path
from frors_qgis.engine.encoders.registry import build_encoder, load_checkpoint_file, load_trunk
from frors_qgis.engine.encoders.resnet import normalise
from frors_qgis.protocol import EngineError, ErrorCode

WINDOW = np.array([[0.0, 0.0, 4.0, 4.0]])


@pytest.fixture(scope="module")
def sample(sample_path):
    return np.ascontiguousarray(gdal.Open(str(sample_path)).ReadAsArray()[:3].transpose(1, 2, 0))


def crop(sample, x, y, cells, halo):
    return sample[y - halo : y + 32 * cells + halo, x - halo : x + 32 * cells + halo][None]


def encode(encoder, pixels, windows, valid=None):
    pixels = np.ascontiguousarray(pixels)
    return encoder.encode(pixels, np.ones(pixels.shape[:3], bool) if valid is None else valid, windows)


def test_an_embedding_has_256_dimensions_and_unit_length(encoder, sample):
    embeddings = encode(encoder, crop(sample, 400, 400, 4, encoder.halo), WINDOW)
    assert embeddings.shape == (1, 1, 256)
    assert embeddings.dtype == np.float32
    assert np.linalg.norm(embeddings[0, 0]) == pytest.approx(1, abs=1e-5)


def test_a_window_of_a_large_block_agrees_with_the_same_window_alone_at_every_level(encoder, sample):
    block = crop(sample, 300, 300, 24, encoder.halo)
    generator = np.random.default_rng(7)
    for cells in (4, 8):
        corners = generator.integers(0, 24 - cells + 1, (10, 2))
        dense = encode(encoder, block, np.array([(x, y, cells, cells) for x, y in corners], float))[0]
        alone = np.concatenate(
            [crop(sample, 300 + 32 * int(x), 300 + 32 * int(y), cells, encoder.halo) for x, y in corners]
        )
        embeddings = encode(encoder, alone, np.array([(0.0, 0.0, cells, cells)]))[:, 0]
        cosines = (dense * embeddings).sum(axis=1)
        assert cosines.mean() >= 0.99
        assert cosines.min() >= 0.97


def test_the_content_of_pixels_that_are_not_valid_does_not_matter(encoder, sample):
    pixels = crop(sample, 400, 400, 4, encoder.halo).copy()
    valid = np.ones(pixels.shape[:3], bool)
    valid[0, :, : encoder.halo + 40] = False
    first = encode(encoder, pixels, WINDOW, valid)
    pixels[~valid] = 255
    np.testing.assert_array_equal(first, encode(encoder, pixels, WINDOW, valid))


def test_blocks_encoded_together_and_apart_agree(encoder, sample):
    pair = np.concatenate([crop(sample, x, 400, 4, encoder.halo) for x in (300, 600)])
    together = encode(encoder, pair, WINDOW)[:, 0]
    apart = np.stack([encode(encoder, pair[i : i + 1], WINDOW)[0, 0] for i in (0, 1)])
    assert (together * apart).sum(axis=1).min() > 0.999


@pytest.fixture(scope="module")
def card():
    """The encoder on what passes for a graphics card: a CPU under another name, with a plain trunk and in batches.

    Kernels and memory of a real one are not tested by it, nor are its dense products.
    """
    path = encoder_path(DEFAULT_ENCODER)
    return build_encoder(load_checkpoint(path), path, Device("cpu:0", torch.float32, "stands for a graphics card"))


def test_a_graphics_card_s_batch_is_tried_out_once_for_each_size_of_block(card, monkeypatch):
    tried = []
    monkeypatch.setattr(card, "_seconds", lambda size, blocks: tried.append(blocks) or max(4, blocks))
    assert [card.batch(320, 320), card.batch(320, 320)] == [4, 4]
    assert tried == [1, 2, 4, 8]
    assert card.batch(320, 352) == 4
    assert len(tried) == 8


def test_the_trunk_is_timed_for_as_many_blocks_as_are_asked_for(card):
    assert 0 < card._seconds((320, 320), 2) < 60


def test_a_batch_too_large_for_the_memory_of_a_card_is_an_error_only_when_one_block_is(card, monkeypatch):
    def seconds(size, blocks):
        if blocks > most:
            raise torch.OutOfMemoryError
        return 1.0

    monkeypatch.setattr(card, "_seconds", seconds)
    most = 2
    assert card.batch(64, 64) == 2
    most = 0
    with pytest.raises(EngineError, match="ran out of memory"):
        card.batch(96, 96)


@pytest.mark.parametrize(
    "error",
    [
        torch.OutOfMemoryError(),
        RuntimeError("CUDA error: out of memory\nSearch for `cudaErrorMemoryAllocation' in ..."),
        RuntimeError("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`"),
    ],
)
def test_a_card_without_memory_for_the_encoder_itself_does_not_make_its_file_damaged(monkeypatch, error):
    def no_memory(*_):
        raise error

    monkeypatch.setattr("frors_qgis.engine.encoders.encoder.fused", no_memory)
    with pytest.raises(EngineError, match="ran out of memory") as caught:
        load_checkpoint_file(encoder_path(DEFAULT_ENCODER), "cpu")
    assert caught.value.code is ErrorCode.OUT_OF_MEMORY


def test_a_batch_that_no_longer_fits_is_encoded_in_halves_and_tried_no_more(card, sample, monkeypatch):
    blocks = np.concatenate([crop(sample, x, 400, 4, card.halo) for x in (300, 450, 600, 700)])
    expected = encode(card, blocks, WINDOW)
    pooled = card._pooled

    def short_of_memory(rgb, *arguments):
        if len(rgb) > 1:
            raise torch.OutOfMemoryError
        return pooled(rgb, *arguments)

    monkeypatch.setattr(card, "_pooled", short_of_memory)
    np.testing.assert_allclose(encode(card, blocks, WINDOW), expected, atol=1e-4)
    assert card.batch(*blocks.shape[1:3]) == 1


def test_a_graphics_card_gives_what_a_cpu_gives(card, encoder, sample):
    blocks = np.concatenate([crop(sample, x, 400, 4, encoder.halo) for x in (300, 450, 600)])
    given, expected = encode(card, blocks, WINDOW)[:, 0], encode(encoder, blocks, WINDOW)[:, 0]
    assert (given * expected).sum(axis=1).min() > 0.995


def test_pixels_reach_a_card_from_pinned_memory_and_a_pause_waits_for_its_kernels(card, sample, monkeypatch):
    """Of a card's transfers only what is asked of torch: the tensors stay where they are."""
    blocks = crop(sample, 300, 400, 4, card.halo)
    expected, done = encode(card, blocks, WINDOW), []
    to = torch.Tensor.to

    def to_card(tensor, *arguments, **options):
        if "cuda" in arguments:
            assert options.pop("non_blocking", False) == (tensor.dtype in (torch.uint8, torch.bool))
            done.append("sent" if options == {} else options)
            arguments = tuple("cpu" if argument == "cuda" else argument for argument in arguments)
        return to(tensor, *arguments, **options)

    monkeypatch.setattr(torch.Tensor, "to", to_card)
    monkeypatch.setattr(torch.Tensor, "pin_memory", lambda tensor: done.append("pinned") or tensor)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda: done.append("computed"))
    monkeypatch.setattr(card, "device", Device("cuda", torch.float32, "stands for a graphics card"))
    valid = np.ones(blocks.shape[:3], bool)
    given = card.encode(blocks, valid, WINDOW, lambda: done.append("paused"))
    np.testing.assert_allclose(given, expected, atol=1e-4)
    assert done[:4] == ["pinned", "sent", "pinned", "sent"]
    paused = [place for place, what in enumerate(done) if what == "paused"]
    assert len(paused) == 3
    assert all(done[place - 1] == "computed" for place in paused)


def test_a_picture_is_more_like_itself_turned_than_like_another(encoder, sample):
    one, other = (crop(sample, x, y, 8, encoder.halo) for x, y in ((300, 300), (900, 700)))
    window = np.array([[0.0, 0.0, 8.0, 8.0]])
    a, turned, b = (encode(encoder, p, window)[0, 0] for p in (one, np.rot90(one, 1, (1, 2)), other))
    assert a @ turned > a @ b


def test_whole_images_without_context_have_unit_embeddings_too(encoder, sample):
    images = np.stack([sample[y : y + 160, 300:460] for y in (300, 600)])
    embeddings = encoder.encode_images(images)
    assert embeddings.shape == (2, 256)
    np.testing.assert_allclose(np.linalg.norm(embeddings, axis=1), 1, atol=1e-5)
    assert embeddings[0] @ embeddings[1] < 0.99


def test_maps_of_stage_3_that_were_kept_give_the_embeddings_and_classes_of_their_images(sample):
    path = encoder_path(DEFAULT_ENCODER)
    images = sample[None, 300:460, 300:460]
    pixels = torch.from_numpy(images.copy()).permute(0, 3, 1, 2).float()
    with torch.inference_mode():
        stage3 = load_trunk(path).early(normalise(pixels, torch.ones_like(pixels[:, :1])))
    encoder = load_checkpoint_file(path, "cpu")
    assert float(encoder.embed_stage3(stage3)[0] @ encoder.encode_images(images)[0]) > 0.999
    assert encoder.suggests
    probabilities = encoder.suggest_stage3(stage3)
    assert probabilities.shape == (1, len(encoder.classes))
    assert float(probabilities.sum()) == pytest.approx(1, abs=1e-5)


def test_every_window_is_given_a_class_with_a_probability(sample):
    encoder = load_checkpoint_file(encoder_path(DEFAULT_ENCODER), "cpu")
    pixels = np.ascontiguousarray(crop(sample, 300, 300, 8, encoder.halo))
    windows = np.array([(0.0, 0.0, 4.0, 4.0), (4.0, 4.0, 4.0, 4.0)])
    probabilities = encoder.suggest(pixels, np.ones(pixels.shape[:3], bool), windows)
    assert probabilities.shape == (1, 2, len(encoder.classes))
    np.testing.assert_allclose(probabilities.sum(axis=2), 1, atol=1e-5)
    assert len(encoder.classes) == 51
