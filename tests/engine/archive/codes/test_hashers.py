"""Codes of embeddings: what their bits mean, and how well they rank."""

from __future__ import annotations

import numpy as np
import pytest

from frors_qgis.engine.archive.codes.fitted_hashers import fit_itq, fit_lsh, fit_signs
from frors_qgis.engine.archive.codes.hamming import as_words, distances, nearest, popcounts
from frors_qgis.engine.archive.codes.hasher import ProjectionHasher


@pytest.fixture(scope="module")
def vectors():
    """2,000 unit embeddings of 64 numbers, off the origin and spread along few axes, as real ones are."""
    generator = np.random.default_rng(4)
    axes = np.linalg.qr(generator.standard_normal((64, 64)))[0]
    drawn = generator.standard_normal((2000, 64)) / np.arange(1, 65) @ axes + 0.1
    return (drawn / np.linalg.norm(drawn, axis=1, keepdims=True)).astype(np.float32)


def overlap(hasher: ProjectionHasher, vectors: np.ndarray) -> float:
    """Share of the 20 best by cosine, about the mean, that are among the 20 nearest codes."""
    codes = hasher.encode(vectors)
    centred = vectors - vectors.mean(axis=0)
    shares = []
    for query in range(0, 2000, 50):
        best = np.argsort(-(centred @ centred[query]))[:20]
        shares.append(np.isin(best, nearest(codes, codes[query], 20)[0]).mean())
    return float(np.mean(shares))


def test_a_bit_is_the_side_of_its_hyperplane_and_the_first_is_the_lowest_of_the_first_byte():
    hasher = ProjectionHasher(np.eye(16, dtype=np.float32), np.full(16, -0.5, np.float32))
    vectors = np.zeros((3, 16), np.float32)
    vectors[0, 0], vectors[1, 9], vectors[2, 3] = 1, 0.6, 0.5
    assert hasher.encode(vectors).tolist() == [[1, 0], [0, 2], [0, 0]]


@pytest.mark.parametrize("bits", [16, 32, 64, 128])
def test_random_hyperplanes_make_any_number_of_bits_and_the_same_for_a_seed(vectors, bits):
    hasher = fit_lsh(vectors, bits, seed=3)
    codes = hasher.encode(vectors)
    assert (codes.shape, codes.dtype) == ((2000, bits // 8), np.uint8)
    assert (fit_lsh(vectors, bits, seed=3).encode(vectors) == codes).all()
    assert (fit_lsh(vectors, bits, seed=4).encode(vectors) != codes).any()


def test_the_distance_of_random_hyperplanes_is_the_angle(vectors):
    hasher = fit_lsh(vectors, 4096)
    centred = vectors - vectors.mean(axis=0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    words = as_words(hasher.encode(vectors))
    angles = np.arccos(np.clip(centred @ centred[0], -1, 1))
    np.testing.assert_allclose(distances(words, words[0]) / 4096, angles / np.pi, atol=0.04)


def test_signs_take_one_bit_of_each_number_and_half_of_the_chips_have_it(vectors):
    codes = fit_signs(vectors).encode(vectors)
    assert codes.shape == (2000, 8)
    bits = np.unpackbits(codes, axis=1, bitorder="little")
    assert (bits == (vectors > vectors.mean(axis=0))).mean() > 0.999
    assert ((bits.mean(axis=0) > 0.2) & (bits.mean(axis=0) < 0.8)).all()


def test_itq_loses_less_than_random_hyperplanes_at_equal_bits(vectors):
    assert overlap(fit_itq(vectors, 32), vectors) > overlap(fit_lsh(vectors, 32), vectors) + 0.05


def test_itq_rotates_principal_axes_and_no_more(vectors):
    matrix = fit_itq(vectors, 16).matrix
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(16), atol=1e-5)


@pytest.mark.parametrize("bits", [0, 65, 72, 2000])
def test_itq_makes_no_more_bits_than_dimensions(vectors, bits):
    with pytest.raises(ValueError, match="ITQ makes at most"):
        fit_itq(vectors, bits)


@pytest.mark.parametrize("bits", [0, 7, 12, 8192])
def test_codes_have_whole_bytes_and_an_end(vectors, bits):
    with pytest.raises(ValueError, match="multiple of 8"):
        fit_lsh(vectors, bits)


def test_there_is_no_hasher_of_nothing_or_of_what_is_not_finite(vectors):
    for bad in (vectors[:0], vectors[0], np.full((4, 64), np.nan, np.float32)):
        with pytest.raises(ValueError, match="finite"):
            fit_lsh(bad, 16)
    with pytest.raises(ValueError, match="finite"):
        ProjectionHasher(np.full((8, 4), np.inf, np.float32), np.zeros(8, np.float32))
    with pytest.raises(ValueError, match="biases"):
        ProjectionHasher(np.ones((8, 4), np.float32), np.zeros(7, np.float32))


def test_embeddings_of_another_length_are_refused(vectors):
    with pytest.raises(ValueError, match="64 numbers"):
        fit_lsh(vectors, 16).encode(vectors[:, :32])


def test_a_query_weighs_bits_and_ranks_better_than_by_counting_them(vectors):
    hasher = fit_itq(vectors, 32)
    codes = hasher.encode(vectors)
    signs = 2.0 * np.unpackbits(codes, axis=1, bitorder="little") - 1
    weighed, counted = [], []
    for query in vectors[::100]:
        agreement = hasher.agreement(query, codes)
        np.testing.assert_allclose(agreement, signs @ (hasher.matrix @ query + hasher.bias), rtol=1e-3, atol=1e-5)
        best = np.argsort(-(vectors @ query))[:20]
        weighed.append(np.isin(best, np.argsort(-agreement)[:20]).mean())
        counted.append(np.isin(best, nearest(codes, hasher.encode(query[None])[0], 20)[0]).mean())
    assert np.mean(weighed) > np.mean(counted) + 0.03


@pytest.mark.parametrize("width", [1, 2, 4, 8, 12, 16, 20, 24, 32, 33, 256])
def test_the_nearest_codes_equal_counting_bits_with_ties_by_position(width):
    generator = np.random.default_rng(width)
    codes = generator.integers(0, 256, (500, width), dtype=np.uint8)
    codes[::3] = codes[0]
    for k, share in ((1, 1.0), (40, 1.0), (700, 1.0), (40, 0.5), (40, 0.01), (5, 0.0)):
        mask = generator.random(500) < share
        code = generator.integers(0, 256, width, dtype=np.uint8)
        counted = np.unpackbits(codes ^ code, axis=1).sum(axis=1)
        best = [place for place in np.lexsort((np.arange(500), counted)) if mask[place]][:k]
        places, found = nearest(codes, code, k, None if share == 1 else mask)
        assert places.tolist() == best
        assert found.tolist() == counted[best].tolist()
        words = as_words(codes)
        assert (distances(words, as_words(code[None])[0]) == counted).all()
        assert (popcounts(words) == np.unpackbits(codes, axis=1).sum(axis=1)).all()


def test_pieces_that_are_searched_one_after_another_make_one_ranking(monkeypatch):
    codes = np.random.default_rng(0).integers(0, 4, (1000, 2), dtype=np.uint8)
    mask = np.arange(1000) % 7 < 4
    whole = [nearest(codes, codes[5], 300, chosen) for chosen in (None, mask)]
    monkeypatch.setattr("frors_qgis.engine.archive.codes.hamming._CHUNK", 64)
    for expected, chosen in zip(whole, (None, mask), strict=True):
        places, found = nearest(codes, codes[5], 300, chosen)
        assert (places == expected[0]).all()
        assert (found == expected[1]).all()
